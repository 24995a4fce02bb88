//! There is no two-factor authentication.
//!
//! ## What it does
//!
//! Looks whether `auth_totp` is installed (14.0 and later bring it) or another module does it.
//!
//! ## Why it matters
//!
//! No user can protect the account with more than a password.
//!
//! ## Bad
//!
//! ```json
//! {"without": ["modules/auth_totp", "modules/auth_totp_mail_enforce"]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "auth_totp", "state": "installed"}]}
//! ```
//!
//! ## How to fix
//!
//! Install `auth_totp`; before 14.0 a module of the community, or single sign-on with a second factor.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/308.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("module-second-factor-missing", "MOD003", Group::Modules, Severity::High, 308);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let modules = ["auth_totp", "auth_passkey", "auth_u2f", "auth_saml", "auth_oidc"];
    if modules.iter().any(|name| view.has_module(name)) {
        return FINE;
    }
    if view.evidence.oauth.iter().any(|one| one.enabled) {
        return not_applicable("log-in goes through a provider, which asks for the second factor");
    }
    found(Report::of("ir.module.module", "auth_totp not installed", "no module gives a second factor"))
}
