//! A product gets no fixes any more.
//!
//! ## What it does
//!
//! Looks at what no distribution mends: PostgreSQL, nginx and Redis that were taken from their makers, images of containers that compose
//! files and Dockerfiles name, and the Python of environments, and compares their line of releases with the day on which its support ends.
//!
//! ## Why it matters
//!
//! What is found from now on stays open.
//!
//! ## Bad
//!
//! ```json
//! {"system": [{"name": "postgresql-13", "source": "postgresql-13", "version": "13.22-1.pgdg120+1", "source_version": "13.22-1.pgdg120+1"}]}
//! ```
//!
//! ```json
//! {"products": [{"name": "postgresql", "version": "12.4-alpine", "place": "compose.yml", "line": 5}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"system": [{"name": "postgresql-17", "source": "postgresql-17", "version": "17.6-1.pgdg120+1", "source_version": "17.6-1.pgdg120+1"}, {"name": "nginx", "source": "nginx", "version": "1.22.1-9+deb12u1", "source_version": "1.22.1-9+deb12u1"}]}
//! ```
//!
//! ```json
//! {"products": [{"name": "python", "version": "3.13.5", "place": "/opt/odoo/venv/pyvenv.cfg", "line": 3}]}
//! ```
//!
//! ## How to fix
//!
//! Upgrade to a line that gets fixes.
//!
//! ## References
//!
//! * <https://endoflife.date/>
//! * <https://www.postgresql.org/support/versioning/>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::matching::products;
use crate::rule::{Report, View};
use crate::support::{self, Support};

pub(super) const META: RuleMeta = RuleMeta::new("product-ended", "ADV007", Group::Versions, Severity::Medium, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let today = view.today();
    let mut out = Vec::new();
    for product in products(view.inventory) {
        if let Some((release, Support::Ended(day))) = support::product(&product.name, &product.version, &today) {
            let since = if day.is_empty() { String::new() } else { format!(" since {day}") };
            let title = support::title(&product.name);
            let message = format!("{title} {} gets no fixes{since}", release.cycle);
            out.push(
                Report::at(&product.place, product.line, format!("{title} {}", product.version), message)
                    .scope(product.name.clone()),
            );
        }
    }
    out
}
