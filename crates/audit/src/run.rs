//! Runs one audit.

use std::path::PathBuf;

use castellan_code::discover::{DiscoverError, DiscoverOptions, Limits};
use castellan_code::scan::{CodeScan, ScanOptions, scan};
use castellan_model::{AuditReport, Confidence, Persona, Series, Severity};

use crate::baseline::{Baseline, BaselineError};
use crate::settings::Settings;
use crate::suppress;

/// What the command line adds to the settings. `None` leaves the setting.
#[derive(Debug, Clone, Default)]
pub struct AuditOptions {
    /// Least severity that is shown.
    pub min_severity: Option<Severity>,
    /// Least confidence that is shown.
    pub min_confidence: Option<Confidence>,
    /// Who reads the report.
    pub persona: Option<Persona>,
    /// Series of every module.
    pub series: Option<Series>,
    /// Scan Odoo's own modules too.
    pub include_core: bool,
    /// Odoo's own sources, read to know its models and routes.
    pub odoo_path: Option<PathBuf>,
    /// The only rules that run; empty for all.
    pub only: Vec<String>,
    /// Baseline file.
    pub baseline: Option<PathBuf>,
}

/// Why an audit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A target is not there.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The baseline cannot be used.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
}

/// Scans the targets and sorts what was found.
///
/// # Errors
///
/// When a target does not exist or the baseline cannot be used.
pub fn audit(targets: &[PathBuf], settings: &Settings, options: &AuditOptions) -> Result<AuditReport, AuditError> {
    let baseline = match options.baseline.as_ref().or(settings.baseline.as_ref()) {
        Some(path) => Some(Baseline::load(path)?),
        None => None,
    };
    let scan_options = ScanOptions {
        discover: DiscoverOptions {
            exclude: settings.exclude.clone(),
            include_core: options.include_core || settings.include_core,
            series: options.series.or(settings.series),
            odoo_path: options.odoo_path.clone(),
            limits: Limits::default(),
        },
        disabled: settings.disable.clone(),
        only: options.only.clone(),
    };
    let scanned = scan(targets, &scan_options)?;
    let shown = targets.iter().map(|target| target.display().to_string()).collect();
    Ok(report(scanned, shown, settings, options, baseline.as_ref()))
}

fn report(
    mut scan: CodeScan,
    targets: Vec<String>,
    settings: &Settings,
    options: &AuditOptions,
    baseline: Option<&Baseline>,
) -> AuditReport {
    let persona = options.persona.or(settings.persona).unwrap_or(Persona::Regular);
    let least_confidence = options.min_confidence.or(settings.min_confidence).unwrap_or(match persona {
        Persona::Regular | Persona::Pedantic => Confidence::Medium,
        Persona::Auditor => Confidence::Low,
    });
    let least_severity = options.min_severity.or(settings.min_severity).unwrap_or(Severity::Info);
    let mut sorted = suppress::sort(&mut scan, settings, baseline);
    sorted.open.retain(|finding| {
        finding.severity >= least_severity && finding.confidence >= least_confidence && finding.persona <= persona
    });
    AuditReport {
        format: 1,
        castellan: env!("CARGO_PKG_VERSION").to_owned(),
        targets,
        modules: scan.modules,
        files: scan.files,
        lines: scan.lines,
        findings: sorted.open,
        suppressed: sorted.suppressed,
        foreign_markers: sorted.foreign,
        not_assessed: scan.not_assessed,
        rules: scan.rules,
    }
}
