//! `castellan who-can`, `what-can`, `why`: the rights of a live database, with the reasons.

use std::process::ExitCode;

use castellan_instance::evidence::{Access, Evidence, Operation, Rule, User};
use castellan_instance::rights::{self, Reasons, is_always_true};
use castellan_instance::view::{SUPERUSER, View};
use serde_json::{Value, json};

use super::{database, note, print};
use crate::exit::{self, Failure};
use crate::options::{AskArguments, WhatCanArguments, WhoCanArguments, WhyArguments};

/// Tables without which no answer is right.
const NEEDED: [&str; 4] = ["users", "groups", "access", "rules"];

pub fn who_can(arguments: &WhoCanArguments) -> Result<ExitCode, Failure> {
    let operation = operation(&arguments.operation)?;
    let evidence = read(&arguments.ask)?;
    let view = View::new(&evidence);
    check_model(&view, &arguments.model)?;
    let users = rights::who_can(&view, operation, &arguments.model);
    if arguments.ask.json {
        let rows: Vec<Value> = users
            .iter()
            .map(|(user, reasons)| {
                json!({
                    "id": user.id, "login": user.login, "narrowed_by_rules": reasons.is_narrowed(),
                    "administrator": view.is_administrator(user),
                    "access": reasons.rows.iter().map(|row| access_json(&view, row)).collect::<Vec<_>>(),
                })
            })
            .collect();
        print(&format!("{}\n", json!({"model": arguments.model, "operation": operation.name(), "users": rows})));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let mut out = format!("{} active users may {} {}\n", users.len(), operation.name(), arguments.model);
    for (user, reasons) in &users {
        let kind = if view.is_administrator(user) {
            ", administrator"
        } else if user.share {
            ", from outside"
        } else {
            ""
        };
        let rows: Vec<String> = reasons.rows.iter().map(|row| through(&view, user, row)).collect();
        out.push_str(&format!("  {}{kind}: {}{}\n", user.login, rows.join("; "), narrowed(reasons)));
    }
    out.push_str("the superuser may do everything\n");
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

pub fn what_can(arguments: &WhatCanArguments) -> Result<ExitCode, Failure> {
    let evidence = read(&arguments.ask)?;
    let view = View::new(&evidence);
    let user = user(&evidence, &arguments.subject)?;
    let mut models = rights::what_can(&view, user);
    models.retain(|(_, operations)| !arguments.changes || operations.changes());
    if arguments.ask.json {
        let rows: Vec<Value> = models
            .iter()
            .map(|(model, operations)| {
                let names: Vec<&str> =
                    Operation::ALL.into_iter().filter(|one| operations.has(*one)).map(Operation::name).collect();
                json!({"model": model, "operations": names})
            })
            .collect();
        print(&format!("{}\n", json!({"login": user.login, "id": user.id, "active": user.active, "models": rows})));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    let groups: Vec<String> = user.groups.iter().map(|group| view.group_label(*group)).collect();
    let mut out = format!(
        "{}{}{}\n  groups: {}\n",
        user.login,
        if user.active { "" } else { " (archived: cannot log in)" },
        if view.is_administrator(user) { " (administrator)" } else { "" },
        groups.join(", ")
    );
    for (model, operations) in &models {
        let all = Operation::ALL
            .into_iter()
            .filter(|one| operations.has(*one))
            .all(|one| !rights::reasons(&view, user, model, one).is_narrowed());
        let narrowed = if all { "" } else { "  narrowed by rules" };
        out.push_str(&format!("  {model:<44} {}{narrowed}\n", operations.text()));
    }
    out.push_str(&format!("{} models\n", models.len()));
    print(&out);
    Ok(ExitCode::from(exit::CLEAN))
}

pub fn why(arguments: &WhyArguments) -> Result<ExitCode, Failure> {
    let operation = operation(&arguments.operation)?;
    let evidence = read(&arguments.ask)?;
    let view = View::new(&evidence);
    let user = user(&evidence, &arguments.subject)?;
    check_model(&view, &arguments.model)?;
    let reasons = rights::reasons(&view, user, &arguments.model, operation);
    if arguments.ask.json {
        print(&format!(
            "{}\n",
            json!({
                "login": user.login, "model": arguments.model, "operation": operation.name(),
                "allowed": user.id == SUPERUSER || reasons.is_allowed(), "narrowed_by_rules": reasons.is_narrowed(),
                "access": reasons.rows.iter().map(|row| access_json(&view, row)).collect::<Vec<_>>(),
                "would_need": reasons.others.iter().map(|row| access_json(&view, row)).collect::<Vec<_>>(),
                "rules_of_everybody": reasons.everybody.iter().map(|rule| rule_json(rule)).collect::<Vec<_>>(),
                "rules_of_groups": reasons.grouped.iter().map(|rule| rule_json(rule)).collect::<Vec<_>>(),
            })
        ));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    print(&explain(&view, user, &arguments.model, operation, &reasons));
    Ok(ExitCode::from(exit::CLEAN))
}

fn explain(view: &View<'_>, user: &User, model: &str, operation: Operation, reasons: &Reasons<'_>) -> String {
    let what = format!("{} {model}", operation.name());
    if user.id == SUPERUSER {
        return format!("{} may {what}: the superuser has no limits\n", user.login);
    }
    if !reasons.is_allowed() {
        let mut out = format!("{} may not {what}: no access row of its groups grants it\n", user.login);
        for row in &reasons.others {
            let group = row.group.map_or_else(|| "everybody".to_owned(), |group| view.group_label(group));
            out.push_str(&format!("  granted to {group} by `{}` ({})\n", row.name, row.id));
        }
        return out;
    }
    let archived = if user.active { "" } else { ", but is archived and cannot log in" };
    let mut out = format!("{} may {what}{archived}\n", user.login);
    for row in &reasons.rows {
        out.push_str(&format!("  granted by `{}` ({}) {}\n", row.name, row.id, through(view, user, row)));
    }
    if reasons.everybody.is_empty() && reasons.grouped.is_empty() {
        out.push_str("  no record rule: every record\n");
    }
    for rule in &reasons.everybody {
        out.push_str(&format!("  only records where `{}` ({}): {}\n", rule.name, rule.id, domain(rule)));
    }
    for (number, rule) in reasons.grouped.iter().enumerate() {
        let word = if number == 0 { "only records where" } else { "   or records where" };
        out.push_str(&format!("  {word} `{}` ({}): {}\n", rule.name, rule.id, domain(rule)));
    }
    out
}

fn domain(rule: &Rule) -> String {
    let folded = rule.domain.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_always_true(&rule.domain) { "all records".to_owned() } else { folded }
}

/// How a row reaches a user: the group, and what brings it.
fn through(view: &View<'_>, user: &User, row: &Access) -> String {
    let Some(wanted) = row.group else { return "to everybody".to_owned() };
    let shortest = user
        .groups
        .iter()
        .map(|group| view.path(*group, wanted))
        .filter(|path| !path.is_empty())
        .min_by_key(Vec::len)
        .unwrap_or_else(|| vec![wanted]);
    let names: Vec<String> = shortest.iter().map(|group| view.group_label(*group)).collect();
    format!("through {}", names.join(", which brings "))
}

fn narrowed(reasons: &Reasons<'_>) -> &'static str {
    if reasons.is_narrowed() { "; narrowed by rules" } else { "" }
}

fn access_json(view: &View<'_>, row: &Access) -> Value {
    json!({
        "id": row.id, "name": row.name, "external_id": view.name("ir.model.access", row.id),
        "group": row.group.and_then(|group| view.name("res.groups", group)), "group_id": row.group,
    })
}

fn rule_json(rule: &Rule) -> Value {
    json!({"id": rule.id, "name": rule.name, "domain": rule.domain, "always_true": is_always_true(&rule.domain)})
}

fn read(ask: &AskArguments) -> Result<Evidence, Failure> {
    let target = database::needed(&ask.database, &ask.authority, ask.address)?;
    let (evidence, _) = target.read().map_err(Failure::own)?;
    for table in NEEDED {
        if let Some(reason) = evidence.gaps.get(table) {
            return Err(Failure::own(format!("{table}: {reason}; without them there is no right answer")));
        }
    }
    if let Some(reason) = evidence.gaps.get("names") {
        note(&format!("castellan: external ids: {reason}"));
    }
    Ok(evidence)
}

fn operation(text: &str) -> Result<Operation, Failure> {
    Operation::of(text)
        .ok_or_else(|| Failure::usage(format!("`{text}` is no operation: read, write, create or unlink")))
}

fn user<'e>(evidence: &'e Evidence, login: &str) -> Result<&'e User, Failure> {
    evidence
        .users
        .iter()
        .find(|user| user.login == login)
        .or_else(|| evidence.users.iter().find(|user| user.login.eq_ignore_ascii_case(login)))
        .ok_or_else(|| Failure::usage(format!("the database has no user with the log-in `{login}`")))
}

fn check_model(view: &View<'_>, model: &str) -> Result<(), Failure> {
    let known = view.evidence.models.iter().any(|one| one.model == model) || !view.access(model).is_empty();
    if known || view.evidence.gaps.contains_key("models") {
        return Ok(());
    }
    let near = view.evidence.models.iter().find(|one| one.model.replace('_', ".") == model.replace('_', "."));
    let hint = near.map(|one| format!("; did you mean `{}`?", one.model)).unwrap_or_default();
    Err(Failure::usage(format!("the database has no model `{model}`{hint}")))
}
