//! The settings of a deployment: its sources, credentials, schedules and agents.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use secrecy::SecretString;

use super::deployment::agent_state;
use super::forms::{Answer, Oops, Sent, Visitor};
use super::layout::{choice, csrf, field, page as whole, when};
use crate::api::problem::Problem;
use crate::app::App;
use crate::data::agents::Agent;
use crate::data::deployments::{Deployment, Told};
use crate::data::schedules::Told as ToldSchedule;
use crate::data::secrets::NAMES;
use crate::scope::Right;
use crate::sources::{Rpc, Sources};

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
    let agents = app.data.agents(scope, id).await?;
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
                        code { (schedule.cron) } " " (schedule.zone) @if let (Some(from), Some(to)) = (&schedule.window_from, &schedule.window_to) { ", from " (from) " to " (to) } ", next " (when(schedule.next)) " "
                        form.inline method="post" action=(format!("/deployments/{id}/schedules/{}/remove", schedule.id)) { (csrf(&visitor)) button.plain { "Remove" } }
                    } } }
                    form method="post" action=(format!("/deployments/{id}/schedules")) {
                        (csrf(&visitor))
                        label { span.quiet { "Minute, hour, day, month, weekday" } br; input name="cron" value="30 2 * * *" required; } br;
                        label { span.quiet { "Time zone" } br; input name="zone" value="UTC" required; } br;
                        label { span.quiet { "Late by chance, up to seconds" } br; input type="number" name="jitter" min="0" max="21600" value="0"; } br;
                        label { span.quiet { "Never before" } br; input name="window_from" placeholder="22:00"; } br;
                        label { span.quiet { "Never after" } br; input name="window_to" placeholder="05:00"; } br;
                        p { button { "Add" } }
                    }
                }
                (agents_card(&one, &agents, &visitor))
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
    let told = ToldSchedule {
        jitter: sent.number("jitter")?.unwrap_or_default(),
        window_from: sent.filled("window_from"),
        window_to: sent.filled("window_to"),
        ..ToldSchedule::new(sent.get("cron"), sent.get("zone"))
    };
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

fn agents_card(one: &Deployment, agents: &[Agent], visitor: &Visitor) -> Markup {
    html! {
        section.card.more {
            h2 { "Agents" }
            p.quiet { "An agent runs on the host of Odoo, collects there, and only ever speaks to this server first." }
            @if agents.is_empty() { p { "None takes part." } }
            ul { @for agent in agents { li {
                strong { (agent.name) } " " (agent_state(agent))
                @if !agent.key.is_empty() { " key " code { (agent.key) } } @else { " its token ends " (when(agent.token_expires)) }
                form.inline method="post" action=(format!("/agents/{}/remove", agent.id)) data-sure=(format!("Take nothing more from {}?", agent.name)) {
                    (csrf(visitor)) input type="hidden" name="deployment" value=(one.id); button.plain { "Remove" }
                }
            } } }
            form method="post" action=(format!("/deployments/{}/agents", one.id)) {
                (csrf(visitor))
                label { span.quiet { "Name, such as that of its host" } br; input name="name" required; }
                p { button { "Let one take part" } }
            }
        }
    }
}

/// Lets an agent take part: the token is shown once.
pub(super) async fn invite_agent(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    sent: Sent,
) -> Answer {
    let (agent, token) = app.data.invite_agent(visitor.may(Right::Manage)?, id, sent.get("name")).await?;
    let body = html! {
        p.more { a href=(format!("/deployments/{id}/edit")) { "Settings" } " / agent" }
        h1 { "Agent " (agent.name) }
        div.card {
            p { "Run this on its host, and enter the token when it asks. The token is good for one agent and one day, and is not shown again." }
            p.secret { code { (token) } }
            pre { "castellan agent enrol --server " (app.web.url) "\ncastellan agent show\ncastellan agent run" }
            p.quiet { "`castellan agent show` prints exactly what is sent, `castellan agent unit` a systemd unit that runs it without privileges." }
        }
    };
    Ok(whole("Agent", &visitor, &body).into_response())
}

pub(super) async fn remove_agent(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<i64>,
    sent: Sent,
) -> Answer {
    app.data.remove_agent(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to(&format!("/deployments/{}/edit", sent.number("deployment")?.unwrap_or_default())).into_response())
}
