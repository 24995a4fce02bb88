//! `castellan upgrade`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use castellan_advisory::upgrade::target::TargetSource;
use castellan_advisory::upgrade::{Effect, ModulePlan, Place, UpgradePlan};
use castellan_audit::{AuditError, Targets, upgrade};
use castellan_report::wrap;

use super::{data, now, print};
use crate::exit::{self, Failure};
use crate::options::UpgradeArguments;

/// How many places of one kind are shown for a module, unless all are wanted.
const SHOWN: usize = 8;

pub fn run(arguments: &UpgradeArguments) -> Result<ExitCode, Failure> {
    let targets = Targets::of(&arguments.paths, None).map_err(Failure::usage)?;
    if targets.code.is_empty() {
        return Err(Failure::usage("name folders with modules, such as `castellan upgrade --to 19.0 addons`"));
    }
    let source = match &arguments.odoo_path {
        Some(folder) => Some(TargetSource::open(folder).ok_or_else(|| {
            Failure::usage(format!(
                "`{}` is no source of Odoo: it has no `addons/base` nor `odoo/addons/base`",
                folder.display()
            ))
        })?),
        None => None,
    };
    let plan =
        upgrade(&targets, arguments.from, arguments.to, source.as_ref(), &data(), now()).map_err(
            |error| match error {
                AuditError::Discover(error) => Failure { message: error.to_string(), code: exit::NOTHING },
                other => Failure::own(other.to_string()),
            },
        )?;
    if plan.modules.is_empty() {
        return Err(Failure {
            message: format!("there is no module of a series before {}", arguments.to),
            code: exit::NOTHING,
        });
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&plan).map_err(|error| Failure::own(error.to_string()))?;
        print(&format!("{text}\n"));
    } else {
        print(&text(&plan, arguments, super::scan::width()));
    }
    Ok(ExitCode::from(exit::CLEAN))
}

fn text(plan: &UpgradePlan, arguments: &UpgradeArguments, width: usize) -> String {
    let mut out = format!("from {} to {}, by {}\n", plan.from, plan.target, plan.steps.join(", "));
    for (series, end, ended) in &plan.support {
        let state = if *ended { "fixes ended with" } else { "fixes until the end of" };
        out.push_str(&format!("  {series:<6} {state} {end}\n"));
    }
    if !plan.python.is_empty() || !plan.postgresql.is_empty() {
        out.push_str(&format!(
            "  {} needs Python {} and PostgreSQL {}, or newer\n",
            plan.target, plan.python, plan.postgresql
        ));
    }
    for (title, list) in [
        (format!("modules of Odoo that {} does not have", plan.target), &plan.gone),
        ("modules that are neither here nor Odoo's".to_owned(), &plan.missing),
    ] {
        if !list.is_empty() {
            out.push_str(&format!("\n{title}\n"));
            for (name, needed_by) in list {
                out.push_str(&wrap(&format!("{name}, needed by {}", needed_by.join(", ")), "  ", "    ", width));
            }
        }
    }
    if !plan.circles.is_empty() {
        out.push_str(&wrap(&format!("need each other in a circle: {}", plan.circles.join(", ")), "\n", "  ", width));
    }
    out.push_str("\nmodules, those first that others need\n");
    for (number, module) in plan.modules.iter().enumerate() {
        let count = |effect: Effect| module.places.iter().filter(|place| place.effect == effect).count();
        let states: Vec<String> = [(Effect::Breaks, "break"), (Effect::Ignored, "ignored"), (Effect::Warns, "warn")]
            .into_iter()
            .filter(|(effect, _)| count(*effect) > 0)
            .map(|(effect, word)| format!("{} {word}", count(effect)))
            .collect();
        let state = if states.is_empty() { "nothing known in the way".to_owned() } else { states.join(", ") };
        let released = module.released.as_ref().map_or_else(String::new, |version| format!("; {version} is released"));
        let head = format!(
            "{}. {} {} ({}, {} lines): {state}{released}",
            number + 1,
            module.name,
            module.version,
            module.size,
            module.lines
        );
        out.push_str(&wrap(&head, "  ", "     ", width));
        places(&mut out, module, if arguments.all { usize::MAX } else { SHOWN }, width);
    }
    out.push_str(&format!(
        "\n{} modules: {} places break, {} are ignored, {} warn\n",
        plan.modules.len(),
        plan.count(Effect::Breaks),
        plan.count(Effect::Ignored),
        plan.count(Effect::Warns)
    ));
    if let (Some(minutes), Some(rate)) = (arguments.minutes_per_place, arguments.hourly_rate) {
        let places = plan.count(Effect::Breaks) + plan.count(Effect::Ignored);
        let hours = places as f64 * minutes / 60.0;
        out.push_str(&wrap(
            &format!(
                "{places} places that break or are ignored x {minutes} minutes = {hours:.1} hours x {rate} = {:.0}; tests, data and what no table knows are not in it",
                hours * rate
            ),
            "",
            "  ",
            width,
        ));
    }
    if !plan.compared_with_source {
        out.push_str(&wrap(
            &format!(
                "References to views, models and Python names of Odoo were not looked up: give the source of {} with --odoo-path.",
                plan.target
            ),
            "",
            "  ",
            width,
        ));
    }
    out
}

/// The places of a module, those of one kind together.
fn places(out: &mut String, module: &ModulePlan, most: usize, width: usize) {
    let mut kinds: BTreeMap<(Effect, &str, &str), Vec<&Place>> = BTreeMap::new();
    for place in &module.places {
        kinds.entry((place.effect, &place.since, &place.advice)).or_default().push(place);
    }
    for ((effect, since, advice), of_kind) in kinds {
        let head = format!("{} since {since}: {advice}", effect.name());
        out.push_str(&wrap(&head, "       ", "         ", width));
        let folder = format!("{}/", module.place);
        let mut shown: Vec<String> = Vec::new();
        let mut file = "";
        for place in of_kind.iter().take(most) {
            let line = place.line.to_string();
            match shown.last_mut() {
                Some(last) if place.file == file => last.push_str(&format!(", {line}")),
                _ => shown.push(format!("{}:{line}", place.file.strip_prefix(&folder).unwrap_or(&place.file))),
            }
            file = &place.file;
        }
        let more = of_kind.len().saturating_sub(most);
        let more = if more > 0 { format!("; {more} more (--all)") } else { String::new() };
        out.push_str(&wrap(&format!("{}{more}", shown.join("; ")), "         ", "         ", width));
    }
}
