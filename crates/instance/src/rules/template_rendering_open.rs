//! Everybody may put expressions into mails.
//!
//! ## What it does
//!
//! Looks at `mail.restrict.template.rendering`, which leaves expressions in mails to the group of template editors.
//!
//! ## Why it matters
//!
//! What is written into a mail is worked out on the server, with the rights of whoever sends it.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "mail.restrict.template.rendering", "value": "False"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "mail.restrict.template.rendering", "value": "True"}]}
//! ```
//!
//! ```json
//! {"without": ["modules/mail"]}
//! ```
//!
//! ## How to fix
//!
//! Switch on "Restrict mail templates edition" in the settings.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1336.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::{INTERNAL, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("template-rendering-open", "SET021", Group::Settings, Severity::Low, 1336);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters", "modules", "groups", "names"])?;
    if view.series() < 15 || !view.has_module("mail") {
        return not_applicable("the setting is new in 15.0, with the module mail");
    }
    if view.parameter("mail.restrict.template.rendering").is_some_and(|value| !matches!(value, "" | "False" | "0")) {
        return FINE;
    }
    // Without the parameter, the group of editors may still be in the hands of few.
    let editors = view.group("mail.group_mail_template_editor");
    let everybody =
        editors.zip(view.group(INTERNAL)).is_some_and(|(editors, internal)| view.closure(internal).contains(&editors));
    if !everybody && view.parameter("mail.restrict.template.rendering").is_none() {
        return FINE;
    }
    found(
        Report::of(
            "ir.config_parameter",
            "key mail.restrict.template.rendering",
            "every internal user may write expressions into mail templates",
        )
        .records(view.parameter_record("mail.restrict.template.rendering")),
    )
}
