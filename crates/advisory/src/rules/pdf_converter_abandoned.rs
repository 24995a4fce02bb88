//! Reports are printed by a program that nobody looks after.
//!
//! ## What it does
//!
//! Looks for wkhtmltopdf, which Odoo up to 19.0 needs to print. Its maker closed the project in 2023.
//!
//! ## Why it matters
//!
//! It is a browser of 2012 that reads what employees and customers wrote. Nothing that is found in it is mended.
//!
//! ## Bad
//!
//! ```json
//! {"system": [{"name": "wkhtmltox", "source": "wkhtmltox", "version": "1:0.12.6.1-3.bookworm"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"system": [{"name": "weasyprint", "source": "weasyprint", "version": "62"}]}
//! ```
//!
//! ## How to fix
//!
//! Let it reach nothing but Odoo (`report.url` on the loopback, no way out for its user), and take the engine of 20.0 when you upgrade.
//!
//! ## References
//!
//! * <https://wkhtmltopdf.org/status.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("pdf-converter-abandoned", "ADV008", Group::Versions, Severity::Low, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let found = view.inventory.system.iter().find(|one| matches!(one.name.as_str(), "wkhtmltox" | "wkhtmltopdf"));
    found
        .map(|one| {
            let text = format!("{} {}", one.name, one.version);
            Report::at(
                &one.place,
                one.line,
                text,
                format!("{} {} gets no fixes from anybody", one.name, one.version),
            )
        })
        .into_iter()
        .collect()
}
