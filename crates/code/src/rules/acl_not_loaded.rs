//! A file with access rows or record rules is never loaded.
//!
//! ## What it does
//!
//! Reports access and rule files of a module that its manifest does not list under `data`.
//!
//! ## Why it matters
//!
//! The rules that the file holds do not exist in the database. For record rules that means no restriction at all.
//!
//! ## Bad
//!
//! ```text
//! ==> models/note.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     name = fields.Char()
//!     company_id = fields.Many2one('res.company')
//! ==> security/rules.xml <==
//! <odoo>
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//! </record>
//! </odoo>
//! ==> __manifest__.py <==
//! {'name': 'Notes', 'version': '17.0.1.0.0', 'depends': ['base'], 'data': []}
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/note.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     name = fields.Char()
//!     company_id = fields.Many2one('res.company')
//! ==> security/rules.xml <==
//! <odoo>
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//! </record>
//! </odoo>
//! ==> __manifest__.py <==
//! {'name': 'Notes', 'version': '17.0.1.0.0', 'depends': ['base'], 'data': ['security/rules.xml']}
//! ```
//!
//! ## How to fix
//!
//! List the file under `data` in the manifest, before the views.
//!
//! ## Limits
//!
//! Files that Python code loads by hand are not seen.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Loaded, Program};
use crate::rule::{Check, Report};
use crate::source::{ModuleId, FileId};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-not-loaded", "DAT006", Group::Data, Severity::Medium, 862);

pub(super) const CHECK: Check = Check::Module(check);

fn check(program: &Program<'_>, id: ModuleId, out: &mut Vec<Report>) {
    let module = program.module(id);
    if module.manifest.not_installable {
        return;
    }
    let mut seen: Vec<FileId> = Vec::new();
    let rows = program.access.iter().map(|row| row.site);
    let rules = program.rules.iter().map(|rule| rule.site);
    for site in rows.chain(rules) {
        let file = program.file(site.file);
        if file.module != Some(id) || seen.contains(&site.file) {
            continue;
        }
        seen.push(site.file);
        let kept_apart = ["/tests/", "/migrations/", "/demo/", "/examples/"].iter().any(|part| file.path.contains(part));
        let reason = match program.loaded(site.file) {
            Some(Loaded::Data) => continue,
            Some(Loaded::Demo) => "is loaded as demonstration data only",
            None if kept_apart => continue,
            None => "is not listed in the manifest",
        };
        out.push(Report::at(site, format!("this security file {reason}")));
    }
}
