//! Log-ins are not limited.
//!
//! ## What it does
//!
//! Tries twelve log-ins with a name that nobody has, and only when asked for by name: `--test login-throttling`. Consent
//! C.
//!
//! ## Why it matters
//!
//! Passwords can be guessed as fast as the server answers.
//!
//! ## Bad
//!
//! ```http
//! > throttled-login-01
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-02
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-03
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-04
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-05
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-06
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-07
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-08
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-09
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-10
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-11
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//!
//! > throttled-login-12
//! 200
//! content-type: text/html
//!
//! Wrong login/password
//! ```
//!
//! ## Good
//!
//! ```http
//! > throttled-login-01
//! 200
//!
//! > throttled-login-02
//! 429
//! ```
//!
//! ```http
//! > throttled-login-12
//! 200
//! content-type: text/html
//!
//! Too many login failures, please wait a bit before trying again.
//! ```
//!
//! ```http
//! > throttled-login-01
//! 200
//! content-type: text/html
//!
//! <p class="alert alert-danger" role="alert">Identifiant ou mot de passe erroné</p>
//!
//! > throttled-login-12
//! 200
//! content-type: text/html
//!
//! <p class="alert alert-danger" role="alert">Trop d'échecs de connexion, veuillez patienter</p>
//! ```
//!
//! ## How to fix
//!
//! Limit `/web/login` at the proxy by address (`limit_req`), and let fail2ban read the log (`castellan harden fail2ban`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::alert;
use crate::probes::LOGINS;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-login-unlimited", "OUT040", Group::Outside, Severity::Medium, 307);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tries: Vec<_> =
        view.evidence.exchanges.iter().filter(|(name, _)| name.starts_with("throttled-login-")).collect();
    if tries.is_empty() {
        return Err(Unjudged::CouldNotTell("an active test: `--test login-throttling`".to_owned()));
    }
    let stopped = tries.iter().any(|(_, one)| {
        one.error.is_some() || matches!(one.status, 403 | 429 | 503) || one.body.contains("Too many login failures")
    });
    // Odoo says it in the language of the site: another reason than at first is a limit.
    let reasons: Vec<_> = tries.iter().filter_map(|(_, one)| alert(&one.body)).collect();
    let stopped = stopped || reasons.first() != reasons.last();
    if stopped || tries.len() < LOGINS as usize {
        return FINE;
    }
    found(Report::at("login", format!("{LOGINS} failed log-ins in a row were all answered")))
}
