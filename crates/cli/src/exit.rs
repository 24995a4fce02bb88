//! Exit codes: stable, documented in the README.

use castellan_model::Severity;

/// Nothing at or above the threshold.
pub const CLEAN: u8 = 0;
/// Castellan itself failed.
pub const FAILURE: u8 = 1;
/// The command line or the settings are wrong.
pub const USAGE: u8 = 2;
/// There was nothing to scan.
pub const NOTHING: u8 = 3;
/// A site was not reached, or not looked at whole: nothing at or above the threshold was seen, and that says little.
pub const INCOMPLETE: u8 = 4;

/// A score or coverage is below what castellan.toml asks for.
pub const BELOW: u8 = 5;

/// The code for the worst finding at or above the threshold: 10 info, 11 low, 12 medium, 13 high, 14 critical.
#[must_use]
pub const fn findings(worst: Severity) -> u8 {
    match worst {
        Severity::Info => 10,
        Severity::Low => 11,
        Severity::Medium => 12,
        Severity::High => 13,
        Severity::Critical => 14,
    }
}

/// Why a command stopped.
pub struct Failure {
    /// What failed, on what, and what to do.
    pub message: String,
    /// Exit code.
    pub code: u8,
}

impl Failure {
    /// Wrong use.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: USAGE }
    }

    /// Own failure.
    pub fn own(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: FAILURE }
    }
}
