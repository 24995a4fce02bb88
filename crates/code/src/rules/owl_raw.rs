//! A client template prints a value without escaping.
//!
//! ## What it does
//!
//! Reports `t-raw` in OWL and QWeb JavaScript templates on series where it is not escaped (up to 15.0).
//!
//! ## Why it matters
//!
//! A script in the value runs in the session of whoever opens the page.
//!
//! ## Bad
//!
//! ```text odoo-14.0
//! ==> static/src/a.xml <==
//! <templates>
//!     <t t-name="x.Note"><div t-raw="props.name"/></t>
//! </templates>
//! ```
//!
//! ## Good
//!
//! ```text odoo-16.0
//! ==> static/src/a.xml <==
//! <templates>
//!     <t t-name="x.Note"><div t-raw="props.name"/></t>
//! </templates>
//! ```
//!
//! ## How to fix
//!
//! Use `t-esc`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};


use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("owl-raw", "JS009", Group::JavaScript, Severity::Medium, 79).confidence(Confidence::Medium).series(SeriesRange::until(15));

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let attribute = view.element.attribute("t-raw")?;
    (view.element.is_owl && attribute.value.trim() != "0")
        .then(|| Report::at(view.site(attribute.range), format!("`{}` is printed without escaping", attribute.value.trim())))
}
