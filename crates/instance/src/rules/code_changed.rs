//! Code in the database was changed since the last audit.
//!
//! ## What it does
//!
//! Lists server actions, views, mail templates and printed reports that were made or changed after the last audit, with who did it and
//! when. Works with `--since DATE` or `--since REPORT.json`, the report of the last audit; without it nothing is assessed.
//!
//! ## Why it matters
//!
//! Code in the database runs on the server, passes by every review and leaves no trace in a repository. It is where somebody with an
//! administrator's account stays.
//!
//! ## Bad
//!
//! ```json
//! {"since": 1789000000, "actions": [{"id": 9, "name": "Sync", "state": "code", "code": "model.sync()", "changed": 1789500000, "changed_by": 2}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"since": 1789000000, "actions": [{"id": 9, "name": "Sync", "state": "code", "code": "model.sync()", "changed": 1780000000, "changed_by": 2}]}
//! ```
//!
//! ## How to fix
//!
//! Ask the person what the change is for, and read it. What should stay belongs in a module under version control.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/506.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::Template;
use crate::rule::{Judged, Records, Report};
use crate::view::{View, date};

pub(super) const META: RuleMeta = RuleMeta::new("code-changed", "JOB014", Group::Jobs, Severity::Medium, 506);

pub(super) fn check(view: &View<'_>) -> Judged {
    let since = view.since()?;
    view.need(&["actions", "views", "mail_templates", "reports", "users"])?;
    let evidence = view.evidence;
    let text = |name: &str, by: i64, at: i64| format!("{name}, by {} on {}", view.login(by), date(at));
    let actions = evidence
        .actions
        .iter()
        .filter(|one| one.changed > since && !one.code.trim().is_empty())
        .map(|one| (one.id, text(&one.name, one.changed_by, one.changed)));
    let of_template = |one: &Template| (one.id, text(&one.name, one.changed_by, one.changed));
    let views = evidence.views.iter().filter(|one| one.changed > since).map(of_template);
    let mails = evidence.mail_templates.iter().filter(|one| one.changed > since).map(of_template);
    let printed = evidence
        .reports
        .iter()
        .filter(|one| one.changed > since && !(one.file_name.is_empty() && one.attachment.is_empty()))
        .map(|one| (one.id, text(&one.name, one.changed_by, one.changed)));
    let kinds: [(&str, &str, Records); 4] = [
        ("ir.actions.server", "server actions", actions.collect()),
        ("ir.ui.view", "views", views.collect()),
        ("mail.template", "mail templates", mails.collect()),
        ("ir.actions.report", "printed reports", printed.collect()),
    ];
    Ok(kinds
        .into_iter()
        .filter(|(_, _, records)| !records.is_empty())
        .map(|(model, words, records)| {
            let message = format!("{words} that were made or changed since {}: {}", date(since), records.len());
            Report::of(model, format!("with code, write_date after {}", date(since)), message)
                .scope(model)
                .records(records)
        })
        .collect())
}
