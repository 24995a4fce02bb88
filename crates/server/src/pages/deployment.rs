//! One deployment: how it stands, its past, its sources, credentials and schedules.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use castellan_model::{Answer as Line, AuditReport, calendar};
use castellan_report::html::{edges, plan, ring, trend as trend_chart, ways, words};
use castellan_report::texts::Texts;
use castellan_report::trend;
use maud::{Markup, html};
use secrecy::SecretString;
use serde::Deserialize;

use super::findings;
use super::forms::{Answer, Oops, Sent, Visitor};
use super::layout::{choice, csrf, field, grade, more, page as whole, when};
use super::portfolio::level;
use crate::api::audits::WhichJobs;
use crate::api::before;
use crate::api::problem::Problem;
use crate::app::App;
use crate::data::PAGE;
use crate::data::audits::Audit;
use crate::data::deployments::{Deployment, Told};
use crate::data::findings::Filter;
use crate::data::jobs::Job;
use crate::data::schedules::Told as ToldSchedule;
use crate::data::secrets::NAMES;
use crate::scope::Right;
use crate::sources::{Rpc, Sources};

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
            None => (without(&one)),
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
        (lately(&jobs))
    };
    Ok(whole(&one.name, &visitor, &body).into_response())
}

fn without(one: &Deployment) -> Markup {
    html! {
        div.empty {
            p { strong { "There is no audit yet." } }
            @if one.sources.is_empty() {
                p { "It has no sources: give it some in its settings, or push evidence that was collected elsewhere." }
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

/// A form for a deployment.
fn form(one: Option<&Deployment>, sent: &Sent) -> Markup {
    let sources = one.map(|one| one.sources.clone()).unwrap_or_default();
    let rpc = sources.rpc.clone().unwrap_or_default();
    let value = |name: &str, else_: String| if sent.get(name).is_empty() { else_ } else { sent.get(name).to_owned() };
    let of = |get: fn(&Deployment) -> String| one.map(get).unwrap_or_default();
    html! {
        div.two {
            (field("name", "Name", &value("name", of(|one| one.name.clone())), "Shop, production"))
            (field("environment", "Environment", &value("environment", of(|one| one.environment.clone())), "production"))
            (field("owner", "Who answers for it", &value("owner", of(|one| one.owner.clone())), ""))
            (field("tags", "Tags, with commas", &value("tags", of(|one| one.tags.join(", "))), "eu, retail"))
        }
        fieldset {
            legend { "Looked at from outside" }
            label { span { "Addresses, one a line" } textarea name="sites" placeholder="https://erp.example.com" { (value("sites", sources.sites.join("\n"))) } }
            label { input type="checkbox" name="consent" value="B" checked[sources.consent.as_deref() == Some("B")]; " With harmless requests that may be logged as odd" }
        }
        fieldset {
            legend { "The live database, through Odoo" }
            div.two {
                (field("rpc_url", "Address of Odoo", &value("rpc_url", rpc.url), "https://erp.example.com"))
                (field("rpc_database", "Database", &value("rpc_database", rpc.database), "prod"))
                (field("rpc_login", "Log-in of the account that reads", &value("rpc_login", rpc.login), "auditor@example.com"))
            }
        }
        fieldset {
            legend { "The live database, through PostgreSQL" }
            (field("sql", "Address, without password", &value("sql", sources.sql.clone().unwrap_or_default()), "postgresql://auditor@db.example.com/prod"))
        }
        fieldset {
            legend { "On the machine that scans, where the server allows it" }
            label { span { "Folders and files, one a line" } textarea name="paths" placeholder="/opt/odoo/addons" { (value("paths", sources.paths.join("\n"))) } }
            label { input type="checkbox" name="this_host" value="yes" checked[sources.this_host]; " This machine is part of it" }
        }
        fieldset {
            legend { "What is promised" }
            div.two {
                label { span { "Least score" } input type="number" name="min_score" min="0" max="100" value=(value("min_score", one.and_then(|one| one.min_score).map(|score| score.to_string()).unwrap_or_default())); }
                label { span { "Days until no critical finding may be open" } input type="number" name="critical_days" min="0" max="3650" value=(value("critical_days", one.and_then(|one| one.critical_days).map(|days| days.to_string()).unwrap_or_default())); }
            }
        }
    }
}

fn told(sent: &Sent, before: Option<&Deployment>) -> Result<Told, Oops> {
    let list = |name: &str| {
        sent.get(name)
            .split(['\n', ','])
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let rpc = sent.filled("rpc_url").map(|url| Rpc {
        url,
        database: sent.get("rpc_database").to_owned(),
        login: sent.get("rpc_login").to_owned(),
        dialect: before.and_then(|one| one.sources.rpc.as_ref()).and_then(|rpc| rpc.dialect.clone()),
    });
    // What this form does not show stays as the API set it.
    let rest = before.map(|one| one.sources.clone()).unwrap_or_default();
    let sources = Sources {
        sites: list("sites"),
        consent: sent.filled("consent"),
        rpc,
        sql: sent.filled("sql"),
        paths: list("paths"),
        this_host: sent.get("this_host") == "yes",
        ..rest
    };
    Ok(Told {
        client: None,
        name: sent.get("name").to_owned(),
        owner: sent.get("owner").to_owned(),
        environment: sent.get("environment").to_owned(),
        tags: list("tags"),
        sources,
        min_score: sent.number("min_score")?,
        critical_days: sent.number("critical_days")?,
    })
}

pub(super) async fn new(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    Ok(new_page(&app, &visitor, &Sent::default(), None).await?.into_response())
}

async fn new_page(app: &App, visitor: &Visitor, sent: &Sent, wrong: Option<&Problem>) -> Result<Markup, Oops> {
    let clients = app.data.clients(visitor.may(Right::Manage)?).await?;
    let choices: Vec<(String, String)> = clients.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    let body = html! {
        h1 { "Add a deployment" }
        @if let Some(problem) = wrong { div."card oops" role="alert" { p { (problem.detail) } } }
        form.form method="post" action="/deployments/new" {
            (csrf(visitor))
            (choice("client", "Client", sent.get("client"), &choices))
            (form(None, sent))
            p { button.first { "Add it" } }
        }
    };
    Ok(whole("Add a deployment", visitor, &body))
}

pub(super) async fn add(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let scope = visitor.may(Right::Manage)?;
    let client = sent.number("client")?.ok_or_else(|| Problem::invalid("choose a client"))?;
    match app.data.add_deployment(scope, &Told { client: Some(client), ..told(&sent, None)? }).await {
        Ok(added) => Ok(Redirect::to(&format!("/deployments/{}/edit", added.id)).into_response()),
        Err(error) => {
            let problem = Problem::from(error);
            let status =
                axum::http::StatusCode::from_u16(problem.status).unwrap_or(axum::http::StatusCode::BAD_REQUEST);
            Ok((status, new_page(&app, &visitor, &sent, Some(&problem)).await?).into_response())
        }
    }
}

pub(super) async fn edit(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>) -> Answer {
    let scope = visitor.may(Right::Manage)?;
    let one = app.data.deployment(scope, id).await?;
    let (secrets, schedules) = (app.data.secrets(scope, id).await?, app.data.schedules(scope, id).await?);
    let needs = NAMES.map(|name| match name {
        "rpc" => (name, one.sources.rpc.is_some(), "Password or API key of the account that reads through Odoo"),
        _ => (name, one.sources.sql.is_some(), "Password of the role in PostgreSQL"),
    });
    let body = html! {
        p.more { a href=(format!("/deployments/{id}")) { (one.name) } " / settings" }
        h1 { "Settings of " (one.name) }
        div.split {
            form.form method="post" action=(format!("/deployments/{id}/edit")) { (csrf(&visitor)) (form(Some(&one), &Sent::default())) p { button.first { "Save" } } }
            div {
                section.card {
                    h2 { "Credentials" }
                    p.quiet { "They are sealed, never shown, and opened for a scan only." }
                    @if needs.iter().all(|(_, needed, _)| !needed) { p { "Its sources need none." } }
                    @for (name, needed, label) in needs { @if needed {
                        @let known = secrets.iter().find(|one| one.name == name);
                        p { (label) ": " @if let Some(known) = known { span."state done" { "given " (when(known.updated)) } } @else { span."state failed" { "missing" } } }
                        form.inline method="post" action=(format!("/deployments/{id}/secrets")) {
                            (csrf(&visitor)) input type="hidden" name="name" value=(name);
                            label { span.quiet { "New value" } br; input type="password" name="value" autocomplete="off" required; } button { "Seal" }
                        }
                    } }
                }
                section.card.more {
                    h2 { "Schedules" }
                    @if schedules.is_empty() { p.quiet { "It is scanned only when somebody asks." } }
                    ul { @for schedule in &schedules { li {
                        code { (schedule.cron) } " " (schedule.zone) ", next " (when(schedule.next)) " "
                        form.inline method="post" action=(format!("/deployments/{id}/schedules/{}/remove", schedule.id)) { (csrf(&visitor)) button.plain { "Remove" } }
                    } } }
                    form method="post" action=(format!("/deployments/{id}/schedules")) {
                        (csrf(&visitor))
                        label { span.quiet { "Minute, hour, day, month, weekday" } br; input name="cron" value="30 2 * * *" required; } br;
                        label { span.quiet { "Time zone" } br; input name="zone" value="UTC" required; } br;
                        p { button { "Add" } }
                    }
                }
                section.card.more {
                    h2 { "Remove it" }
                    p { "Its audits, findings and credentials go with it." }
                    form method="post" action=(format!("/deployments/{id}/remove")) data-sure=(format!("Remove {} with everything that is of it?", one.name)) {
                        (csrf(&visitor))
                        label { span.quiet { "Type its name" } br; input name="sure" autocomplete="off" required; }
                        p { button.danger { "Remove" } }
                    }
                }
            }
        }
    };
    Ok(whole("Settings", &visitor, &body).into_response())
}

pub(super) async fn change(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    let scope = visitor.may(Right::Manage)?;
    let before = app.data.deployment(scope, id).await?;
    app.data.change_deployment(scope, id, &told(&sent, Some(&before))?).await?;
    Ok(Redirect::to(&format!("/deployments/{id}/edit")).into_response())
}

pub(super) async fn remove(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    let scope = visitor.may(Right::Manage)?;
    if app.data.deployment(scope, id).await?.name != sent.get("sure") {
        return Err(Problem::invalid("this is not its name: nothing was removed").into());
    }
    app.data.remove_deployment(scope, id).await?;
    Ok(Redirect::to("/").into_response())
}

pub(super) async fn scan(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.scan_now(visitor.may(Right::Work)?, id).await?;
    Ok(Redirect::to(&format!("/deployments/{id}")).into_response())
}

pub(super) async fn put_secret(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    sent: Sent,
) -> Answer {
    let value = SecretString::from(sent.whole("value"));
    app.data.put_secret(visitor.may(Right::Manage)?, id, sent.get("name"), &value).await?;
    Ok(Redirect::to(&format!("/deployments/{id}/edit")).into_response())
}

pub(super) async fn add_schedule(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    sent: Sent,
) -> Answer {
    let told =
        ToldSchedule { cron: sent.get("cron").to_owned(), zone: sent.get("zone").to_owned(), jitter: 0, enabled: true };
    app.data.add_schedule(visitor.may(Right::Manage)?, id, &told).await?;
    Ok(Redirect::to(&format!("/deployments/{id}/edit")).into_response())
}

pub(super) async fn remove_schedule(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, schedule)): Path<(i64, i64)>,
    _: Sent,
) -> Answer {
    app.data.remove_schedule(visitor.may(Right::Manage)?, id, schedule).await?;
    Ok(Redirect::to(&format!("/deployments/{id}/edit")).into_response())
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
                        td data-label="Reports" { @if audit.has_report { @for format in ["html", "pdf", "summary", "csv", "sarif", "json"] { a href=(format!("/api/v1/audits/{}/report?format={format}", audit.id)) { (format) } " " } } @else { span.quiet { "summary kept" } } }
                    } } }
                } }
                (more(&format!("/deployments/{id}/history"), &[], page.next.as_ref()))
            }
        }
    };
    Ok(whole("History", &visitor, &body).into_response())
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
