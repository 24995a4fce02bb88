//! Loading the module changes users, groups, rules or parameters by a function call.
//!
//! ## What it does
//!
//! Reports `<function>` elements that write, create or delete on models that decide about access.
//!
//! ## Why it matters
//!
//! The call runs as superuser at install and at every upgrade, and undoes what an administrator has set.
//!
//! ## Bad
//!
//! ```xml
//! <function model="res.users" name="write">
//!     <value eval="[2]"/>
//!     <value eval="{'groups_id': [(4, 3)]}"/>
//! </function>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <function model="x.note" name="write">
//!     <value eval="[2]"/>
//!     <value eval="{'name': 'a'}"/>
//! </function>
//! ```
//!
//! ## How to fix
//!
//! Declare the change as a record that a reviewer sees, or leave it to the administrator.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-function-danger", "DAT026", Group::Data, Severity::Medium, 269).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Record(check);

const MODELS: [&str; 7] =
    ["res.users", "res.groups", "ir.rule", "ir.model.access", "ir.access", "ir.actions.server", "ir.ui.view"];

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    let method = record.function.as_deref().unwrap_or_default();
    if matches!(method, "write" | "create" | "unlink" | "toggle_active") && MODELS.contains(&record.model.as_str()) && !view.program.is_demo(view.file) {
        out.push(Report::at(view.site(record.range), format!("loading this file calls `{method}` on `{}` as superuser", record.model)));
    }
}
