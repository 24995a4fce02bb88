//! Foreign code can be run, and Odoo runs as root.
//!
//! ## What it does
//!
//! Joins code that runs what others send, or a debugger that is open, with an Odoo that runs as root or in a container
//! that is as good as root.
//!
//! ## Why it matters
//!
//! There is no second wall: whoever runs code in Odoo owns the host, its backups and its neighbours.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "exec-eval", module = "shop_api", severity = "critical" }, { rule = "service-runs-as-root" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "exec-eval", module = "shop_api", severity = "critical" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "service-runs-as-root" }]
//! ```
//!
//! ## How to fix
//!
//! Repair the code, and run Odoo as an account of its own: `castellan harden systemd`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("code-execution-as-root", "JOI011", Group::Joined, Severity::Critical, 250);

const RUNS: &[u16] = &[78, 88, 94, 95, 470, 502, 1336];
const ROOT: &[&str] = &[
    "service-runs-as-root",
    "process-runs-as-root",
    "container-runs-as-root",
    "container-privileged",
    "container-docker-socket",
    "dockerfile-runs-as-root",
];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    let code = view.code().filter(|finding| RUNS.contains(&finding.cwe) && finding.severity >= Severity::High);
    let debugger = view.all(&["site-werkzeug-debugger", "odoo-debugger"]);
    view.join(
        &[code.chain(debugger).collect(), view.all(ROOT).collect()],
        "foreign code can be run in Odoo, and Odoo runs as root",
    )
}
