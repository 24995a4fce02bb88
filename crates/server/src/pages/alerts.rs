//! Who is told what, and what was sent.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};
use secrecy::SecretString;

use super::forms::{Answer, Oops, Sent, Visitor};
use super::layout::{choice, csrf, field, more, page as whole, when};
use crate::api::problem::Problem;
use crate::api::{Part, before};
use crate::app::App;
use crate::data::channels::{Kind, Told, Trigger};
use crate::scope::Right;

/// Deliveries of a page.
const ROWS: i64 = 50;

const fn words(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::NewFinding => "a new finding of high or critical severity",
        Trigger::Regression => "a finding that was fixed is open again",
        Trigger::ScoreDrop => "the score falls",
        Trigger::LevelBroken => "what was promised is not kept",
        Trigger::ScanFailed => "a scan fails",
        Trigger::AgentSuspended => "two machines have the key of an agent",
    }
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "E-mail",
        Kind::Webhook => "Webhook, signed",
        Kind::Slack => "Slack",
        Kind::Mattermost => "Mattermost",
        Kind::Teams => "Microsoft Teams",
        Kind::Pagerduty => "PagerDuty",
    }
}

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Query(part): Query<Part>) -> Answer {
    Ok(alerts(&app, &visitor, &part, &html! {}).await?.into_response())
}

async fn alerts(app: &App, visitor: &Visitor, part: &Part, top: &Markup) -> Result<Markup, Oops> {
    let scope = visitor.may(Right::Manage)?;
    let (channels, clients) = (app.data.channels(scope).await?, app.data.clients(scope).await?);
    let sent = app.data.deliveries(scope, before(part.cursor.as_deref())?, ROWS).await?;
    let kinds: Vec<(String, String)> =
        Kind::ALL.map(|kind| (kind.name().to_owned(), kind_name(kind).to_owned())).to_vec();
    let about: Vec<(String, String)> = std::iter::once((String::new(), "all clients".to_owned()))
        .chain(clients.iter().map(|one| (one.id.to_string(), one.name.clone())))
        .collect();
    let client_name =
        |id: Option<i64>| clients.iter().find(|one| Some(one.id) == id).map_or("all clients", |one| one.name.as_str());
    let body = html! {
        h1 { "Alerts" }
        (top)
        @if channels.is_empty() {
            div.empty { p { strong { "Nobody is told anything yet." } } p { "Add a channel, and send it a test." } }
        } @else {
            div.wide tabindex="0" role="region" aria-label="Channels" { table.stack {
                thead { tr { th scope="col" { "Channel" } th scope="col" { "Way" } th scope="col" { "About" } th scope="col" { "When" } th scope="col" { span.hidden { "Action" } } } }
                tbody { @for one in &channels { tr {
                    td { (one.name) " " span.quiet { (one.shown) } }
                    td data-label="Way" { (kind_name(one.kind)) }
                    td data-label="About" { (client_name(one.client)) }
                    td data-label="When" { @for trigger in &one.triggers { (words(*trigger)) @if *trigger == Trigger::ScoreDrop { " by " (one.drop) } br; } }
                    td {
                        form.inline method="post" action=(format!("/alerts/{}/test", one.id)) { (csrf(visitor)) button aria-label=(format!("Test {}", one.name)) { "Test" } } " "
                        form.inline method="post" action=(format!("/alerts/{}/remove", one.id)) data-sure=(format!("Tell {} nothing more?", one.name)) { (csrf(visitor)) button.plain aria-label=(format!("Remove {}", one.name)) { "Remove" } }
                    }
                } } }
            } }
        }
        section {
            h2 { "Add a channel" }
            form.form method="post" action="/alerts" {
                (csrf(visitor))
                div.two {
                    (field("name", "Name", "", "On call"))
                    (choice("kind", "Way", "email", &kinds))
                    label { span { "E-mail address, address of the webhook, or integration key" } input name="target" autocomplete="off" required; }
                    (choice("client", "About", "", &about))
                }
                fieldset {
                    legend { "When" }
                    @for trigger in Trigger::ALL { label { input type="checkbox" name="trigger" value=(trigger.name()) checked; " " (words(trigger)) } }
                    label { span { "Points by which the score has to fall" } input type="number" name="drop" min="1" max="100" value="5" required; }
                }
                p { button.first { "Add" } }
            }
        }
        section {
            h2 { "What was sent" }
            @if sent.items.is_empty() { p.quiet { "Nothing yet." } } @else {
                div.wide tabindex="0" role="region" aria-label="What was sent" { table.stack {
                    thead { tr { th scope="col" { "State" } th scope="col" { "Message" } th scope="col" { "Channel" } th scope="col" { "When" } th scope="col" { "Remark" } } }
                    tbody { @for one in &sent.items { tr {
                        td data-label="State" { span class={ "state " (if one.state == "sent" { "done" } else { one.state.as_str() }) } { (one.state) } }
                        td { (one.subject) } td data-label="Channel" { (one.channel_name) } td data-label="When" { (when(one.created)) }
                        td data-label="Remark" { (one.reason) @if one.attempts > 1 { " (try " (one.attempts) ")" } }
                    } } }
                } }
                (more("/alerts", &[], sent.next.as_ref()))
            }
        }
    };
    Ok(whole("Alerts", visitor, &body))
}

pub(super) async fn add(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let scope = visitor.may(Right::Manage)?;
    let kind = Kind::from_name(sent.get("kind")).ok_or_else(|| Problem::invalid("this way is none"))?;
    let names = sent.all("trigger");
    let triggers: Vec<Trigger> = Trigger::ALL.into_iter().filter(|one| names.contains(&one.name())).collect();
    if triggers.is_empty() {
        return Err(Problem::invalid("say when: choose at least one").into());
    }
    let told = Told {
        client: sent.number("client")?,
        name: sent.get("name").to_owned(),
        kind,
        target: SecretString::from(sent.whole("target")),
        triggers,
        drop: sent.number("drop")?.unwrap_or(5),
    };
    let (channel, key) = app.data.add_channel(scope, &told).await?;
    if kind != Kind::Webhook {
        return Ok(Redirect::to("/alerts").into_response());
    }
    let top = html! {
        div."card note" role="status" {
            p { "`" (channel.name) "` signs what it sends: `X-Castellan-Signature` is `t=TIME,v1=` and the HMAC-SHA256 of TIME, a dot and the body, with this key. It is not shown again." }
            p.secret { (key) }
        }
    };
    Ok(alerts(&app, &visitor, &Part::default(), &top).await?.into_response())
}

pub(super) async fn test(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.test_channel(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to("/alerts").into_response())
}

pub(super) async fn remove(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.remove_channel(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to("/alerts").into_response())
}
