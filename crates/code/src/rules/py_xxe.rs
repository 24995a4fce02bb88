//! An XML parser resolves entities of the document.
//!
//! ## What it does
//!
//! Reports `XMLParser` with `resolve_entities=True`, `no_network=False`, `load_dtd=True` or `huge_tree=True`, and
//! `xml.sax` and `minidom` on a client's data.
//!
//! ## Why it matters
//!
//! A document reads files of the server into its own text, or exhausts the memory.
//!
//! ## Bad
//!
//! ```python
//! from lxml import etree
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def load_file(self, data):
//!         return etree.fromstring(data, etree.XMLParser(resolve_entities=True))
//! ```
//!
//! ## Good
//!
//! ```python
//! from lxml import etree
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def load_file(self, data):
//!         return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
//! ```
//!
//! ## How to fix
//!
//! Use `resolve_entities=False, no_network=True`; Odoo's own default for `etree.fromstring` is safe.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/611.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-xxe", "PY007", Group::Python, Severity::High, 611);

pub(super) const CHECK: Check = Check::Call(&["XMLParser", "parseString", "make_parser"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.name == "XMLParser" {
        let on = |name: &str, value: bool| call.call.arguments.find_keyword(name).is_some_and(|keyword| python::boolean(&keyword.value) == Some(value));
        let weak = on("resolve_entities", true) || on("no_network", false) || on("load_dtd", true);
        let huge = on("huge_tree", true) && !on("resolve_entities", false);
        return if weak {
            Some(Report::here("this parser resolves entities of the document"))
        } else {
            huge.then(|| Report::here("this parser has no limit on the size of the tree").severity(Severity::Medium))
        };
    }
    let old = call.dotted.starts_with("xml.dom.minidom") || call.dotted.starts_with("xml.sax");
    let tainted = call.arguments.first().is_some_and(|value| call.is_tainted(*value));
    (old && tainted).then(|| Report::here(format!("`{}` expands entities of the document", call.dotted)).severity(Severity::Medium))
}
