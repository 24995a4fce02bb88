//! An attachment is readable by everybody on the internet.
//!
//! ## What it does
//!
//! Reports attachments created with `public=True` from data that is not constant.
//!
//! ## Why it matters
//!
//! The file answers under its id without login; ids are counted through in minutes.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def export(self, data):
//!         return self.env['ir.attachment'].create({'name': 'export.csv', 'datas': data, 'public': True})
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def export(self, data):
//!         return self.env['ir.attachment'].create({'name': 'export.csv', 'datas': data, 'res_model': 'x.note', 'res_id': self.id})
//! ```
//!
//! ## How to fix
//!
//! Bind the attachment to its record (`res_model`, `res_id`) and give out an access token.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-attachment-public", "ACC016", Group::Access, Severity::High, 732).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Call(&["create", "write"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.receiver?.model() != "ir.attachment" {
        return None;
    }
    let mut dictionaries: Vec<&Expr> = Vec::new();
    match call.expression(0, "vals")? {
        dict @ Expr::Dict(_) => dictionaries.push(dict),
        other => dictionaries.extend(python::elements(other).into_iter().flatten()),
    }
    for dict in dictionaries {
        let Expr::Dict(values) = dict else { continue };
        let key = |name: &str| values.items.iter().find(|item| item.key.as_ref().and_then(python::string) == Some(name));
        let public = key("public").is_some_and(|item| python::boolean(&item.value) == Some(true));
        let asset = ["res_model", "url", "type"].into_iter().any(|name| {
            key(name).is_some_and(|item| matches!(python::string(&item.value), Some("ir.ui.view" | "website" | "product.template" | "product.image" | "url")))
        });
        let name = key("name").and_then(|item| python::string(&item.value)).unwrap_or_default();
        let web = [".css", ".js", ".scss", ".png", ".svg", ".woff"].iter().any(|ending| name.ends_with(ending)) || name.contains("logo");
        if public && !asset && !web {
            return Some(Report::here("this file is readable by everybody on the internet"));
        }
    }
    None
}
