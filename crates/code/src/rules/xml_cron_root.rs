//! A scheduled job evaluates or fetches code as superuser.
//!
//! ## What it does
//!
//! Reports jobs whose code evaluates text or fetches and executes remote data.
//!
//! ## Why it matters
//!
//! The job runs as superuser, unattended; whoever controls the text or the remote side controls the database.
//!
//! ## Bad
//!
//! ```xml
//! <record id="cron_sync" model="ir.cron">
//!     <field name="name">Sync</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="code">safe_eval(model._fetch())</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="cron_sync" model="ir.cron">
//!     <field name="name">Sync</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="code">model._sync()</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Call a method of the model, run the job as a technical user with few rights, and parse the remote data instead
//! of evaluating it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-cron-root", "DAT028", Group::Data, Severity::Low, 250);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if record.model != "ir.cron" {
        return;
    }
    let Some(code) = record.field("code") else { return };
    let evaluates = ["eval(", "exec(", "urlopen(", "requests."].iter().any(|word| code.text.contains(word));
    if evaluates {
        out.push(Report::at(view.site(code.range), format!("the job `{}` evaluates or fetches text as superuser", record.id)));
    }
}
