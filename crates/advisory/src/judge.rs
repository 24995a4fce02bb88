//! Runs the rules over an inventory.

use castellan_model::{Excerpt, Finding, Location, NotAssessed, NotAssessedKind, Page, Position, Span, fingerprint};

use crate::data;
use crate::inventory::Inventory;
use crate::odoo::{Status, evaluate};
use crate::rule::{Report, Rule, View};
use crate::rules;
use crate::store::Data;

/// What the rules say.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// The weaknesses.
    pub findings: Vec<Finding>,
    /// What nothing tells.
    pub not_assessed: Vec<NotAssessed>,
}

/// Judges an inventory. `disabled` rules do not run; with `only`, no others do.
#[must_use]
pub fn judge(inventory: &Inventory, data: &Data, disabled: &[String], only: &[String]) -> Judgement {
    let view = View { inventory, data };
    let mut out = Judgement::default();
    for rule in rules::all() {
        let named = |list: &[String]| list.iter().any(|name| name == rule.meta.id || name == rule.meta.code);
        if named(disabled) || (!only.is_empty() && !named(only)) {
            continue;
        }
        let reports = (rule.check)(&view);
        if !reports.is_empty() {
            let page = Page::parse(rule.source);
            out.findings.extend(reports.iter().map(|report| finding(&rule, &page, report)));
        }
    }
    out.not_assessed = untold(&view);
    out
}

/// What nothing tells, said once for each source.
fn untold(view: &View<'_>) -> Vec<NotAssessed> {
    let note =
        |path: &str, reason: String| NotAssessed { path: path.to_owned(), kind: NotAssessedKind::Absent, reason };
    let mut out: Vec<NotAssessed> =
        view.inventory.gaps.iter().map(|gap| note(&view.inventory.subject, gap.clone())).collect();
    for install in &view.inventory.odoo {
        let open: Vec<String> = evaluate(install, &view.data.odoo)
            .into_iter()
            .filter(|answer| answer.status == Status::CannotTell)
            .map(|answer| answer.advisory.id.clone())
            .collect();
        if let Some(first) = open.first() {
            let reason = format!(
                "{} advisories about Odoo {} ({first} and others) cannot be told: nothing says from which day this build is",
                open.len(),
                install.series
            );
            out.push(note(&install.place, reason));
        }
    }
    let mended = view.inventory.python.iter().filter(|one| one.distribution).count();
    let ecosystem = rules::ecosystem(view.inventory);
    if mended > 0 && !ecosystem.as_deref().is_some_and(|ecosystem| view.data.table.knows(ecosystem)) {
        let reason = format!(
            "{mended} Python packages are of the distribution, which mends them without a new version: its own records tell, see `castellan update`"
        );
        out.push(note(&view.inventory.subject, reason));
    }
    if view.data.has_embedded_records() {
        let covered = |name: &String| {
            data::requirements().series.values().any(|pins| pins.contains_key(name)) || is_told(view, name)
        };
        let names: std::collections::BTreeSet<&String> =
            view.inventory.python.iter().filter(|one| !one.distribution).map(|one| &one.name).collect();
        let open = names.iter().filter(|name| !covered(name)).count();
        if open > 0 {
            let reason = format!(
                "{open} of {} Python packages are none that Odoo asks for, and the embedded data is about those alone: `castellan update --from` takes records of all",
                names.len()
            );
            out.push(note(&view.inventory.subject, reason));
        }
    }
    if let Some(ecosystem) = ecosystem
        && !view.inventory.system.is_empty()
        && !view.data.table.knows(&ecosystem)
    {
        let reason = format!(
            "{} packages of the system: no records of {ecosystem} are here, see `castellan update`",
            view.inventory.system.len()
        );
        out.push(note(&view.inventory.subject, reason));
    }
    out
}

/// Whether any record is about a package.
fn is_told(view: &View<'_>, package: &str) -> bool {
    view.data.table.about("PyPI", package).next().is_some()
}

fn finding(rule: &Rule, page: &Page, report: &Report) -> Finding {
    let meta = rule.meta;
    let position = |column: usize| Position { line: report.line, column: u32::try_from(column + 1).unwrap_or(1) };
    Finding {
        reach: None,
        adjusted: None,
        rule: meta.id.to_owned(),
        code: meta.code.to_owned(),
        message: report.message.clone(),
        why: page.why.clone(),
        help: report.help.clone().unwrap_or_else(|| page.fix.clone()),
        severity: report.severity.unwrap_or(meta.severity),
        confidence: report.confidence.unwrap_or(meta.confidence),
        persona: meta.persona,
        cwe: meta.cwe,
        module: None,
        fingerprint: fingerprint(meta.id, &report.place, &report.scope, "", 0),
        location: Location {
            path: report.place.clone(),
            span: Span { start: position(0), end: position(report.text.chars().count()) },
            excerpt: Excerpt { first_line: report.line, lines: vec![report.text.clone()] },
        },
        records: Vec::new(),
        query: None,
        related: Vec::new(),
        flow: Vec::new(),
        fix: None,
    }
}
