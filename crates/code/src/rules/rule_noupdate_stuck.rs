//! Access rows under noupdate are never repaired by an upgrade.
//!
//! ## What it does
//!
//! Reports `ir.model.access` records in a `noupdate` part.
//!
//! ## Why it matters
//!
//! A correction of the row in a later version of the module never reaches databases that have it installed.
//!
//! ## Bad
//!
//! ```xml
//! <data noupdate="1">
//! <record id="access_note" model="ir.model.access">
//!     <field name="name">note</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="group_id" ref="base.group_user"/>
//!     <field name="perm_read" eval="1"/>
//! </record>
//! </data>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="access_note" model="ir.model.access">
//!     <field name="name">note</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="group_id" ref="base.group_user"/>
//!     <field name="perm_read" eval="1"/>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Move access rows out of the `noupdate` part. Record rules are customarily under noupdate and are not reported.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-noupdate-stuck", "DAT019", Group::Data, Severity::Low, 1188);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    let is_row = |record: &crate::program::Record| record.noupdate && matches!(record.model.as_str(), "ir.model.access" | "ir.access");
    if !is_row(record) {
        return;
    }
    // One report for a file says it all.
    let first = view.program.xml.iter().find(|xml| xml.file == view.file).and_then(|xml| xml.records.iter().find(|other| is_row(other)));
    if first.is_some_and(|first| first.range == record.range) {
        out.push(Report::at(view.site(record.range), format!("the access row `{}` is frozen at its first version", record.id)));
    }
}
