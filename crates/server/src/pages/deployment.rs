//! One deployment: how it stands, its past, its scans.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use castellan_agent::protocol::Kind;
use castellan_model::{Answer as Line, AuditReport, calendar};
use castellan_report::html::{edges, plan, ring, trend as trend_chart, ways, words};
use castellan_report::texts::Texts;
use castellan_report::trend;
use maud::{Markup, html};
use serde::Deserialize;

use super::findings;
use super::forms::{Answer, Sent, Visitor};
use super::layout::{csrf, grade, more, page as whole, when};
use super::portfolio::level;
use crate::api::audits::WhichJobs;
use crate::api::before;
use crate::app::App;
use crate::clock::now;
use crate::data::PAGE;
use crate::data::agents::Agent;
use crate::data::audits::Audit;
use crate::data::deployments::Deployment;
use crate::data::findings::Filter;
use crate::data::jobs::Job;
use crate::scope::Right;

/// Findings on the first page of a deployment.
const FINDINGS: i64 = 10;

/// Whether a job is still to come or on its way.
fn is_live(job: &Job) -> bool {
    matches!(job.state.as_str(), "queued" | "running" | "cancelling")
}

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let one = app.data.deployment(scope, id).await?;
    let jobs = app.data.jobs(scope, Some(id), None, 5).await?.items;
    let audits = app.data.audits(scope, id, None, PAGE).await?.items;
    let report = app.data.newest_report(scope, id).await?;
    let filter = Filter { deployment: Some(id), state: Some("active".to_owned()), ..Filter::default() };
    let open = app.data.findings(scope, &filter, None, 500).await?.items;
    let numbers: BTreeMap<&str, i64> = open.iter().map(|one| (one.fingerprint.as_str(), one.id)).collect();
    let shown: Vec<_> = open.iter().take(usize::try_from(FINDINGS).unwrap_or(0)).cloned().collect();
    let texts = Texts::default();
    let live = jobs.iter().find(|job| is_live(job));
    let agents = app.data.agents(scope, id).await?;
    let body = html! {
        div.head {
            div {
                h1 { (one.name) }
                p.quiet { (one.client_name) @if !one.environment.is_empty() { " · " (one.environment) } @if !one.owner.is_empty() { " · " (one.owner) } @for tag in &one.tags { " " span.tag { (tag) } } }
            }
            div.actions {
                @if let Some(job) = live { span."state running" data-job=(job.id) aria-live="polite" { (job.state) } }
                @if scope.may(Right::Work) && live.is_none() && !one.sources.is_empty() { form method="post" action=(format!("/deployments/{id}/scan")) { (csrf(&visitor)) button.first { "Scan now" } } }
                a.button href=(format!("/deployments/{id}/history")) { "History" }
                @if scope.may(Right::Manage) { a.button href=(format!("/deployments/{id}/edit")) { "Settings" } }
            }
        }
        @if let Some(job) = jobs.first().filter(|job| job.state == "failed") {
            div."card oops" role="alert" { p { strong { "The last scan failed " (when(job.finished.unwrap_or(job.created))) ": " } (job.reason) } }
        }
        @match &report {
            None => (without(&one, !agents.is_empty())),
            Some(report) => {
                (overview(&one, report, &audits, &texts))
                (checklist(report, id))
                section {
                    h2 { "Open findings" }
                    @if shown.is_empty() { div.empty { p { "Nothing is open in what was looked at." } } } @else {
                        (findings::table(&shown, false, false))
                        p.more { a.button href=(format!("/findings?deployment={id}")) { "All findings" } }
                    }
                }
                (paths(report, &numbers, &texts))
                (plan(report, &texts))
            }
        }
        (speaking(&agents, &visitor))
        (lately(&jobs))
    };
    Ok(whole(&one.name, &visitor, &body).into_response())
}

fn without(one: &Deployment, has_agent: bool) -> Markup {
    html! {
        div.empty {
            p { strong { "There is no audit yet." } }
            @if has_agent {
                p { "Its agent sends the first evidence within a few minutes of its start." }
            } @else if one.sources.is_empty() {
                p { "It has no sources: give it some in its settings, let an agent take part, or push evidence that was collected elsewhere." }
            } @else {
                p { "Scan it now, or give it a schedule in its settings." }
            }
        }
    }
}

fn overview(one: &Deployment, report: &AuditReport, audits: &[Audit], texts: &Texts) -> Markup {
    let entries: Vec<trend::Entry> = audits.iter().map(Audit::entry).collect();
    html! {
        section.score aria-label="Score" {
            (ring(report, texts))
            div {
                p.lead { strong { (report.score.points) } " of 100 · Grade " strong { (report.score.grade) } }
                p { "Coverage: " (report.score.coverage) " % of the checklist looked at" }
                @if !report.score.cap.is_empty() { p.meta { (report.score.cap) ": the score is capped" } }
                p.meta { "Audit " (one.sequence) ", " (when(report.time)) }
                p { "Level: " (level(one)) }
            }
            (trend_chart(&entries, texts))
        }
        section.tiles aria-label="Open findings by severity" {
            div."tile critical" { strong { (one.open.critical) } span { "critical" } } div."tile high" { strong { (one.open.high) } span { "high" } }
            div."tile medium" { strong { (one.open.medium) } span { "medium" } } div."tile low" { strong { (one.open.low) } span { "low" } }
            div.tile { strong { (report.suppressed.len()) } span { "accepted" } } div.tile { strong { (report.not_assessed.len()) } span { "not assessed" } }
        }
    }
}

fn checklist(report: &AuditReport, id: i64) -> Markup {
    let class = |answer: Line| match answer {
        Line::Pass => "pass",
        Line::Fail => "fail",
        Line::NotAssessed => "open",
    };
    html! {
        section {
            h2 { "Checklist" }
            ul.answers { @for line in &report.checklist { li {
                div {
                    p { (line.number) ". " (line.title) }
                    @if !line.findings.is_empty() { p.meta { (line.findings.len()) " open, " (line.points) " of 100 points" } }
                    @if !line.missing.is_empty() { details { summary.meta { "not looked at: " (line.missing.len()) } ul { @for missing in &line.missing { li.meta { (words(missing)) } } } } }
                }
                span class={ "answer " (class(line.answer)) } { (line.answer.name()) }
            } } }
            p.more { a href=(format!("/deployments/{id}/history")) { "Reports of this and earlier audits" } }
        }
    }
}

fn paths(report: &AuditReport, numbers: &BTreeMap<&str, i64>, texts: &Texts) -> Markup {
    html! {
        @if !report.paths.is_empty() {
            section {
                h2 { "Ways in" }
                p.meta { "How somebody with little access gets far, in as few steps as there are." }
                div.wide tabindex="0" role="region" aria-label="Ways in as a graph" { (ways(&report.paths, texts)) }
                ol.steps { @for (from, to, action, finding) in edges(&report.paths) { li {
                    strong { (from) " → " (to) } ": " (words(action))
                    @if let Some(number) = numbers.get(finding) { " (" a href=(format!("/findings/{number}")) { "finding " (number) } ")" }
                } } }
            }
        }
    }
}

/// Agents, as far as they are there, and what they can be told.
fn speaking(agents: &[Agent], visitor: &Visitor) -> Markup {
    html! {
        @if !agents.is_empty() {
            section {
                h2 { "Agents" }
                div.wide tabindex="0" role="region" aria-label="Agents" { table.stack {
                    thead { tr { th scope="col" { "Agent" } th scope="col" { "State" } th scope="col" { "Heard" } th scope="col" { "Collected" } th.number scope="col" { "Waiting there" } th scope="col" { "Remark" } th scope="col" { span.hidden { "Action" } } } }
                    tbody { @for agent in agents { tr {
                        td data-label="Agent" { (agent.name) @if !agent.host.is_empty() && agent.host != agent.name { " (" (agent.host) ")" } }
                        td data-label="State" { (agent_state(agent)) }
                        td data-label="Heard" { @if let Some(seen) = agent.seen { (when(seen)) } @else { "never" } }
                        td data-label="Collected" { @if let Some(at) = agent.collected { (when(at)) } @else { "–" } }
                        td.number data-label="Waiting there" { (agent.spooled) }
                        td data-label="Remark" { (agent.problem) }
                        td { @if visitor.scope.may(Right::Work) && agent.state == "enrolled" { form method="post" action=(format!("/agents/{}/orders", agent.id)) {
                            (csrf(visitor)) input type="hidden" name="deployment" value=(agent.deployment); input type="hidden" name="kind" value="scan"; button { "Collect now" }
                        } } }
                    } } }
                } }
            }
        }
    }
}

/// The state of an agent, in a word.
pub(super) fn agent_state(agent: &Agent) -> Markup {
    let (class, text) = match agent.state.as_str() {
        "enrolled" if agent.is_lost(now()) => ("failed", "not heard"),
        "enrolled" => ("done", "there"),
        "invited" => ("queued", "invited"),
        _ => ("failed", "suspended"),
    };
    html! { span class={ "state " (class) } { (text) } }
}

/// Tells an agent to do something.
pub(super) async fn order(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    let kind = Kind::from_name(sent.get("kind")).unwrap_or(Kind::Ping);
    app.data.order(visitor.may(Right::Work)?, id, kind).await?;
    Ok(Redirect::to(&format!("/deployments/{}", sent.number("deployment")?.unwrap_or_default())).into_response())
}

fn lately(jobs: &[Job]) -> Markup {
    html! {
        @if !jobs.is_empty() {
            section { h2 { "Scans lately" } ul { @for job in jobs { li {
                span class={ "state " (job.state) } { (job.state) } " " (when(job.created)) ", by " (job.requested_by)
                @if !job.reason.is_empty() { ": " (job.reason) }
            } } } }
        }
    }
}

pub(super) async fn scan(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.scan_now(visitor.may(Right::Work)?, id).await?;
    Ok(Redirect::to(&format!("/deployments/{id}")).into_response())
}

/// Which two audits are compared, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Two {
    from: Option<i64>,
    to: Option<i64>,
    cursor: Option<String>,
}

pub(super) async fn history(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    Query(two): Query<Two>,
) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let one = app.data.deployment(scope, id).await?;
    let page = app.data.audits(scope, id, before(two.cursor.as_deref())?, PAGE).await?;
    let (to, from) = (two.to.unwrap_or(one.sequence), two.from.unwrap_or((one.sequence - 1).max(0)));
    let difference = if one.sequence > 1 { Some(app.data.difference(scope, id, from, to).await?) } else { None };
    let entries: Vec<trend::Entry> = page.items.iter().map(Audit::entry).collect();
    let shares = app.data.shares(scope, id).await?;
    let body = html! {
        p.more { a href=(format!("/deployments/{id}")) { (one.name) } " / history" }
        h1 { "History of " (one.name) }
        @if page.items.is_empty() { div.empty { p { "There is no audit yet." } } } @else {
            section.card { (trend_chart(&entries, &Texts::default())) }
            @if let Some(difference) = &difference {
                section {
                    h2 { "What changed from audit " (from) " to audit " (to) }
                    form.filters method="get" action=(format!("/deployments/{id}/history")) {
                        label { span { "From audit" } input type="number" name="from" min="0" max=(one.sequence) value=(from); }
                        label { span { "To audit" } input type="number" name="to" min="1" max=(one.sequence) value=(to); }
                        button { "Compare" }
                    }
                    p { strong { (difference.opened.len()) } " opened, " strong { (difference.closed.len()) } " closed, " (difference.still_open.len()) " still open" }
                    @if !difference.opened.is_empty() { h3 { "Opened" } (findings::table(&difference.opened, false, false)) }
                    @if !difference.closed.is_empty() { h3 { "Closed" } (findings::table(&difference.closed, false, false)) }
                }
            }
            section {
                h2 { "Audits" }
                div.wide tabindex="0" role="region" aria-label="Audits" { table.stack {
                    thead { tr { th.number scope="col" { "Audit" } th scope="col" { "When (UTC)" } th.number scope="col" { "Score" } th.number scope="col" { "Coverage" } th.number scope="col" { "Critical" } th.number scope="col" { "High" } th.number scope="col" { "Medium" } th.number scope="col" { "Accepted" } th scope="col" { "Reports" } } }
                    tbody { @for audit in &page.items { tr {
                        td.number data-label="Audit" { (audit.sequence) } td data-label="When" { (calendar::moment(audit.time)) } td.number data-label="Score" { (audit.points) " " (grade(&audit.grade)) } td.number data-label="Coverage" { (audit.coverage) " %" }
                        td.number data-label="Critical" { (audit.open.critical) } td.number data-label="High" { (audit.open.high) } td.number data-label="Medium" { (audit.open.medium) } td.number data-label="Accepted" { (audit.accepted) }
                        td data-label="Reports" { @if audit.has_report { @for format in ["html", "pdf", "summary", "csv", "sarif", "json"] { a href=(format!("/api/v1/audits/{}/report?format={format}", audit.id)) { (format) } " " }
                            @if scope.may(Right::Work) { form.inline method="post" action=(format!("/audits/{}/share", audit.id)) { (csrf(&visitor)) button.plain aria-label=(format!("Link to audit {}", audit.sequence)) { "Link" } } } } @else { span.quiet { "summary kept" } } }
                    } } }
                } }
                (more(&format!("/deployments/{id}/history"), &[], page.next.as_ref()))
            }
            @if !shares.is_empty() { section {
                h2 { "Links to reports" }
                ul { @for one in &shares { li {
                    "Audit " (one.sequence) ", by " (one.created_by) ", ends " (when(one.expires)) ", opened " (one.seen) " times"
                    @if scope.may(Right::Work) { " " form.inline method="post" action=(format!("/shares/{}/end", one.id)) { (csrf(&visitor)) input type="hidden" name="deployment" value=(id); button.plain { "End" } } }
                } } }
            } }
        }
    };
    Ok(whole("History", &visitor, &body).into_response())
}

/// Days that a link made on a page works.
const DAYS: i64 = 14;

pub(super) async fn share(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    let (share, secret) = app.data.share(visitor.may(Right::Work)?, id, DAYS, "en").await?;
    let link = format!("{}/shared/{secret}", app.web.url);
    let body = html! {
        p.more { a href=(format!("/deployments/{}/history", share.deployment)) { "History" } " / link" }
        h1 { "A link to audit " (share.sequence) }
        div.card {
            p { "Whoever has it reads this report, and nothing else, for " (DAYS) " days. It is not shown again." }
            p.secret { (link) }
            p.quiet { "As PDF: the same with " code { "/report.pdf" } " behind it. The history lists the link, how often it was opened, and ends it." }
        }
    };
    Ok(whole("Link", &visitor, &body).into_response())
}

pub(super) async fn unshare(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    app.data.end_share(visitor.may(Right::Work)?, id).await?;
    Ok(Redirect::to(&format!("/deployments/{}/history", sent.number("deployment")?.unwrap_or_default()))
        .into_response())
}

pub(super) async fn scans(State(app): State<Arc<App>>, visitor: Visitor, Query(which): Query<WhichJobs>) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let page = app.data.jobs(scope, which.deployment, before(which.cursor.as_deref())?, PAGE).await?;
    let body = html! {
        h1 { "Scans" }
        @if page.items.is_empty() { div.empty { p { strong { "Nothing was scanned yet." } } p { "Start a scan on the page of a deployment, or give it a schedule." } } } @else {
            div.wide tabindex="0" role="region" aria-label="Scans" { table.stack {
                thead { tr { th.number scope="col" { "Job" } th scope="col" { "Deployment" } th scope="col" { "State" } th scope="col" { "Wanted" } th scope="col" { "By" } th.number scope="col" { "Took" } th scope="col" { "Remark" } th scope="col" { span.hidden { "Action" } } } }
                tbody { @for job in &page.items { tr {
                    td.number data-label="Job" { (job.id) } td data-label="Deployment" { a href=(format!("/deployments/{}", job.deployment)) { (job.deployment_name) } }
                    td data-label="State" { span class={ "state " (job.state) } data-job=[is_live(job).then_some(job.id)] { (job.state) } } td data-label="Wanted" { (when(job.created)) } td data-label="By" { (job.requested_by) }
                    td.number data-label="Took" { @if let (Some(started), Some(finished)) = (job.started, job.finished) { (finished - started) " s" } @else { "–" } }
                    td data-label="Remark" { (job.reason) @if job.attempts > 1 { " (try " (job.attempts) ")" } }
                    td { @if scope.may(Right::Work) && is_live(job) { form method="post" action=(format!("/scans/{}/cancel", job.id)) { (csrf(&visitor)) button.plain { "Cancel" } } } }
                } } }
            } }
            (more("/scans", &[], page.next.as_ref()))
        }
    };
    Ok(whole("Scans", &visitor, &body).into_response())
}

pub(super) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.cancel(visitor.may(Right::Work)?, id).await?;
    Ok(Redirect::to("/scans").into_response())
}
