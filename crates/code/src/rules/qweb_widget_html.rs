//! A text field is shown as HTML.
//!
//! ## What it does
//!
//! Joins views and models: the `html` widget on a Char or Text field.
//!
//! ## Why it matters
//!
//! Text fields are not cleaned when they are written: a script in them runs in the browser of whoever opens the
//! form.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!     body = fields.Text()
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><field name="body" widget="html"/></form></field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!     body = fields.Html()
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><field name="body" widget="html"/></form></field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Declare the field as `fields.Html`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Group, RuleMeta, Severity};
use ustr::Ustr;

use crate::rule::{Check, ElementView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("qweb-widget-html", "TPL009", Group::Template, Severity::High, 79);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    if element.tag == "field" && element.value("widget") == "html" && !element.view_model.is_empty() {
        let field = view.program.field(Ustr::from(&element.view_model), element.value("name"))?;
        return matches!(field.kind, "Char" | "Text")
            .then(|| Report::at(view.site(element.range), format!("`{}` is a {} field shown as HTML", field.name, field.kind)));
    }
    let options = element.attribute("t-options")?;
    let html = options.value.replace(['"', ' '], "'").contains("'widget':''html'") || options.value.contains("'widget': 'html'") || element.value("t-options-widget") == "'html'";
    let name = element.value("t-field").rsplit('.').next().unwrap_or_default();
    let declared = view.program.classes.iter().flat_map(|class| &class.fields).filter(|field| field.name == name);
    let mut kinds = declared.map(|field| field.kind).peekable();
    (html && kinds.peek().is_some() && kinds.all(|kind| matches!(kind, "Char" | "Text")))
        .then(|| Report::at(view.site(options.range), format!("`{name}` is a text field shown as HTML")))
}
