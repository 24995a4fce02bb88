//! Findings over all deployments, and one of them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use castellan_model::calendar;
use castellan_report::html::{evidence, words};
use castellan_report::texts::Texts;
use maud::{Markup, html};

use super::forms::{Answer, Sent, Visitor};
use super::layout::{choice, csrf, field, link, more, page as whole, when};
use crate::api::findings::WhichFindings;
use crate::api::problem::Problem;
use crate::app::App;
use crate::data::PAGE;
use crate::data::findings::{Change, Finding};
use crate::scope::Right;

const STATES: [(&str, &str); 7] = [
    ("active", "open in any way"),
    ("open", "open"),
    ("regressed", "open again"),
    ("accepted", "accepted"),
    ("false-positive", "false positive"),
    ("fixed", "fixed"),
    ("", "all"),
];

fn owned(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(mut which): Query<WhichFindings>,
) -> Answer {
    let scope = visitor.may(Right::Read)?;
    // Who comes without a wish sees what is to be done.
    if which.state.is_none() {
        which.state = Some("active".to_owned());
    }
    let page = app.data.findings(scope, &which.filter()?, which.cursor.as_deref(), PAGE).await?;
    let name = match which.deployment {
        Some(id) => Some(app.data.deployment(scope, id).await?.name),
        None => None,
    };
    let state = which.state.clone().unwrap_or_default();
    let filters = [
        ("deployment", which.deployment.map(|one| one.to_string()).unwrap_or_default()),
        ("state", if state.is_empty() { "all".to_owned() } else { state.clone() }),
        ("severity", which.severity.clone().unwrap_or_default()),
        ("text", which.text.clone().unwrap_or_default()),
        ("rule", which.rule.clone().unwrap_or_default()),
    ];
    let severities = owned(&[
        ("", "all"),
        ("critical", "critical"),
        ("high", "high or worse"),
        ("medium", "medium or worse"),
        ("low", "low or worse"),
    ]);
    let may_work = scope.may(Right::Work);
    let body = html! {
        h1 { "Findings" @if let Some(name) = &name { " of " a href=(format!("/deployments/{}", which.deployment.unwrap_or(0))) { (name) } } }
        form.filters method="get" action="/findings" role="search" aria-label="Filter" {
            @if let Some(id) = which.deployment { input type="hidden" name="deployment" value=(id); }
            (field("text", "Message or place", which.text.as_deref().unwrap_or_default(), ""))
            (choice("state", "State", &state, &owned(&STATES)))
            (choice("severity", "Severity", which.severity.as_deref().unwrap_or_default(), &severities))
            (field("rule", "Rule", which.rule.as_deref().unwrap_or_default(), ""))
            button { "Show" }
        }
        @if page.items.is_empty() {
            div.empty { p { strong { "Nothing here." } } p { "No finding is like that, in what was looked at." } }
        } @else {
            form method="post" action="/findings/decide" {
                (csrf(&visitor))
                input type="hidden" name="back" value=(link("/findings", &filters, &[]));
                (table(&page.items, may_work, name.is_none()))
                @if may_work { (bulk()) }
            }
            (more("/findings", &filters, page.next.as_ref()))
        }
    };
    Ok(whole("Findings", &visitor, &body).into_response())
}

/// A list of findings, with boxes to choose them.
pub(super) fn table(findings: &[Finding], boxes: bool, with_deployment: bool) -> Markup {
    html! {
        div.wide tabindex="0" role="region" aria-label="Findings" { table.stack {
            thead { tr {
                @if boxes { th scope="col" { input type="checkbox" data-all="finding" aria-label="All of this page" hidden; } }
                th scope="col" { "Severity" } th scope="col" { "What is wrong" } @if with_deployment { th scope="col" { "Deployment" } } th scope="col" { "State" } th scope="col" { "Mended by" } th scope="col" { "First seen" }
            } }
            tbody { @for one in findings { tr {
                @if boxes { td { input type="checkbox" name="finding" value=(one.id) aria-label=(format!("Choose finding {}", one.id)); } }
                td data-label="Severity" { span class={ "badge " (one.severity) } { (one.severity) } }
                td { a href=(format!("/findings/{}", one.id)) { (words(&one.message)) } br; span.place { (one.place) } }
                @if with_deployment { td data-label="Deployment" { a href=(format!("/deployments/{}", one.deployment)) { (one.deployment_name) } } }
                td data-label="State" { span class={ "state " (one.state) } { (one.state) } }
                td data-label="Mended by" { @if one.owner.is_empty() { span.quiet { "–" } } @else { (one.owner) } @if let Some(due) = one.due { br; span.quiet { "until " (calendar::date(due)) } } }
                td data-label="First seen" { (when(one.first_seen)) }
            } } }
        } }
    }
}

/// What can be decided.
fn decision() -> Markup {
    let states = owned(&[
        ("", "leave as it is"),
        ("open", "open"),
        ("accepted", "accepted"),
        ("false-positive", "false positive"),
    ]);
    html! {
        div.two {
            (choice("state", "State", "", &states))
            label { span { "Last day, when accepted" } input type="date" name="until"; }
            (field("reason", "Reason, when accepted or none", "", ""))
            (field("owner", "Who mends it", "", ""))
            label { span { "To be mended until" } input type="date" name="due"; }
        }
    }
}

fn bulk() -> Markup {
    html! { details.more { summary { "Decide about those that are chosen" } div.form { (decision()) p { button.first { "Decide" } } } } }
}

pub(super) async fn decide(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let scope = visitor.may(Right::Work)?;
    let ids: Vec<i64> = sent.all("finding").iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Err(Problem::invalid("choose findings first: the boxes stand in front of them").into());
    }
    let change = Change {
        state: sent.filled("state"),
        reason: sent.filled("reason"),
        until: sent.filled("until"),
        owner: sent.filled("owner"),
        due: sent.filled("due"),
    };
    app.data.change_findings(scope, &ids, &change).await?;
    let back = sent.get("back");
    let back = if back.starts_with("/findings") { back.to_owned() } else { "/findings".to_owned() };
    Ok(Redirect::to(&back).into_response())
}

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let (finding, body) = app.data.finding(scope, id).await?;
    let comments = app.data.comments(scope, id).await?;
    let may_work = scope.may(Right::Work);
    let texts = Texts::default();
    let content = html! {
        p.more { a href=(format!("/deployments/{}", finding.deployment)) { (finding.deployment_name) } " / " a href=(format!("/findings?deployment={}", finding.deployment)) { "findings" } }
        h1 { span class={ "badge " (finding.severity) } { (finding.severity) } " " (words(&finding.message)) }
        div.split {
            div {
                section.finding { p.meta { code { (finding.rule) } " · CWE-" (body.cwe) " · confidence " (body.confidence.as_str()) @if let Some(module) = &body.module { " · " (module) } } (evidence(&body, &texts)) }
                section {
                    h2 { "Discussion" }
                    @if comments.is_empty() { p.quiet { "Nobody said anything yet." } }
                    @for one in &comments { div.comment { p.quiet { (one.author) ", " (when(one.created)) } p { (one.text) } } }
                    @if may_work {
                        form.form method="post" action=(format!("/findings/{id}/comments")) { (csrf(&visitor)) label { span { "Say something" } textarea name="text" required {} } p { button { "Say it" } } }
                    }
                }
            }
            aside {
                section.card {
                    h2 { "History" }
                    dl.facts {
                        dt { "State" } dd { span class={ "state " (finding.state) } { (finding.state) } }
                        dt { "First seen" } dd { (when(finding.first_seen)) }
                        dt { "Last seen" } dd { (when(finding.last_seen)) }
                        dt { "Changed" } dd { (when(finding.changed)) }
                        @if !finding.decided_by.is_empty() { dt { "Decided by" } dd { (finding.decided_by) } dt { "Reason" } dd { (finding.reason) } }
                        @if let Some(until) = finding.decided_until { dt { "Holds until" } dd { (calendar::date(until - 1)) } }
                        @if !finding.owner.is_empty() { dt { "Mended by" } dd { (finding.owner) } }
                        @if let Some(due) = finding.due { dt { "Due" } dd { (calendar::date(due)) } }
                        dt { "Fingerprint" } dd { code { (finding.fingerprint) } }
                    }
                }
                @if may_work && finding.state != "fixed" {
                    h2 { "Decide" }
                    form.form method="post" action="/findings/decide" { (csrf(&visitor)) input type="hidden" name="finding" value=(id); input type="hidden" name="back" value=(format!("/findings/{id}")); (decision()) p { button.first { "Decide" } } p.quiet { "The score follows with the next scan." } }
                }
            }
        }
    };
    Ok(whole(&finding.rule, &visitor, &content).into_response())
}

pub(super) async fn comment(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    app.data.add_comment(visitor.may(Right::Work)?, id, sent.get("text")).await?;
    Ok(Redirect::to(&format!("/findings/{id}")).into_response())
}
