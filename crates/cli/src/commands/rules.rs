//! `castellan rules`.

use std::process::ExitCode;

use castellan_audit::{catalogue, controls_of, lines_of};
use castellan_model::{Group, RuleMeta};

use super::print;
use crate::exit::{self, Failure};
use crate::options::RulesArguments;

pub fn run(arguments: &RulesArguments) -> Result<ExitCode, Failure> {
    if let Some(own) = &arguments.own {
        return super::own_rules::run(own);
    }
    let all = catalogue();
    if let Some(wanted) = &arguments.rule {
        let rule = all
            .iter()
            .find(|rule| rule.meta.id == wanted.as_str() || rule.meta.code.eq_ignore_ascii_case(wanted))
            .ok_or_else(|| Failure::usage(format!("there is no rule `{wanted}`; `castellan rules` lists them")))?;
        let meta = &rule.meta;
        print(&format!(
            "{} ({})\n{} severity, {} confidence, CWE-{}, Odoo {}, since {}\n\n{}",
            meta.id,
            meta.code,
            meta.severity,
            meta.confidence,
            meta.cwe,
            meta.series,
            meta.since,
            castellan_report::rules::markdown(rule)
        ));
        print(&mapping(meta));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if arguments.json {
        let rows: Vec<serde_json::Value> = all
            .iter()
            .map(|rule| {
                let mut value = serde_json::to_value(rule.meta).unwrap_or_default();
                value["title"] = rule.page().title.into();
                value["checklist"] = lines_of(&rule.meta).into();
                let controls = controls_of(&rule.meta).into_iter();
                value["controls"] =
                    controls.map(|(framework, id)| format!("{framework} {id}")).collect::<Vec<_>>().into();
                value
            })
            .collect();
        print(&(serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let mut out = String::new();
    for group in Group::ALL {
        let mut of_group: Vec<_> = all.iter().filter(|rule| rule.meta.group == group).collect();
        if of_group.is_empty() {
            continue;
        }
        of_group.sort_by_key(|rule| rule.meta.code);
        out.push_str(&format!("{}\n", group.title()));
        for rule in of_group {
            out.push_str(&format!("  {} {:<8} {}\n", rule.meta.code, rule.meta.severity, rule.meta.id));
        }
        out.push('\n');
    }
    out.push_str(&format!("{} rules; `castellan rules ID` explains one\n", all.len()));
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

/// The lines of the checklist and the controls of frameworks that a finding of the rule speaks against.
fn mapping(meta: &RuleMeta) -> String {
    let lines: Vec<String> = lines_of(meta).iter().map(u8::to_string).collect();
    let mut out = format!("\nChecklist: {}\n", lines.join(", "));
    let mut last = "";
    for (framework, id) in controls_of(meta) {
        if framework == last {
            out.push_str(&format!(", {id}"));
        } else {
            out.push_str(&format!("{}{framework}: {id}", if last.is_empty() { "" } else { "\n" }));
            last = framework;
        }
    }
    if !last.is_empty() {
        out.push('\n');
    }
    out
}
