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
use crate::data::alerts::Trigger;
use crate::data::channels::{Kind, Told};
use crate::data::timing::{Digest, Timing};
use crate::scope::Right;

/// Deliveries of a page.
const ROWS: i64 = 50;

pub(super) const fn words(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::NewFinding => "a new finding of high or critical severity",
        Trigger::Regression => "a finding that was fixed is open again",
        Trigger::ScoreDrop => "the score falls",
        Trigger::LevelBroken => "what was promised is not kept",
        Trigger::ScanFailed => "a scan fails",
        Trigger::ScanOverdue => "a scan is overdue",
        Trigger::HeartbeatLost => "an agent is not heard",
        Trigger::AgentSuspended => "two machines have the key of an agent",
        Trigger::CertificateExpiry => "a certificate ends within two weeks",
        Trigger::KeyExpiry => "an API key ends within two weeks",
        Trigger::SupportEnd => "fixes for the series end within half a year",
        Trigger::NewAdministrator => "somebody became an administrator of Odoo",
        Trigger::ConfigurationChanged => "a file of configuration changed",
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

fn digests() -> Vec<(String, String)> {
    [
        ("", "each thing"),
        ("daily", "a summary each morning"),
        ("weekly", "a summary on Mondays"),
        ("monthly", "reports as PDF on the first of the month"),
    ]
    .map(|(value, text)| (value.to_owned(), text.to_owned()))
    .to_vec()
}

/// When a channel is told, in words.
fn when_told(timing: &Timing) -> String {
    let mut out = match timing.digest {
        Some(Digest::Daily) => "a summary each morning".to_owned(),
        Some(Digest::Weekly) => "a summary on Mondays".to_owned(),
        Some(Digest::Monthly) => "reports as PDF on the first of the month".to_owned(),
        None if timing.escalate_after > 0 => format!("when nobody has seen it for {} minutes", timing.escalate_after),
        None => "each thing".to_owned(),
    };
    if let (Some(from), Some(to)) = (&timing.quiet_from, &timing.quiet_to) {
        out += &format!("; quiet {from} to {to} {}", timing.zone);
    }
    out
}

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Query(part): Query<Part>) -> Answer {
    Ok(channels(&app, &visitor, &part, &html! {}).await?.into_response())
}

async fn channels(app: &App, visitor: &Visitor, part: &Part, top: &Markup) -> Result<Markup, Oops> {
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
        p.more { a href="/alerts" { "Alerts" } " / channels" }
        h1 { "Channels" }
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
                    td data-label="When" { (when_told(&one.timing)) details { summary.meta { (one.triggers.len()) " of " (Trigger::ALL.len()) " triggers" } ul { @for trigger in &one.triggers { li { (words(*trigger)) @if *trigger == Trigger::ScoreDrop { " by " (one.drop) } } } } } }
                    td {
                        form.inline method="post" action=(format!("/alerts/channels/{}/test", one.id)) { (csrf(visitor)) button aria-label=(format!("Test {}", one.name)) { "Test" } } " "
                        form.inline method="post" action=(format!("/alerts/channels/{}/remove", one.id)) data-sure=(format!("Tell {} nothing more?", one.name)) { (csrf(visitor)) button.plain aria-label=(format!("Remove {}", one.name)) { "Remove" } }
                    }
                } } }
            } }
        }
        section {
            h2 { "Add a channel" }
            form.form method="post" action="/alerts/channels" {
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
                fieldset {
                    legend { "How soon" }
                    div.two {
                        (choice("digest", "Each thing, or a summary", "", &digests()))
                        (field("zone", "Time zone", "UTC", "Europe/Berlin"))
                        (field("quiet_from", "Quiet from: only what is critical is told", "", "22:00"))
                        (field("quiet_to", "Quiet to", "", "07:00"))
                        label { span { "Seconds to wait, so that what comes soon after is one message" } input type="number" name="group_seconds" min="0" max="3600" value="30" required; }
                        label { span { "Minutes after which it is told, when nobody has seen it; 0: at once" } input type="number" name="escalate_after" min="0" max="10080" value="0" required; }
                    }
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
                        td { (one.subject) } td data-label="Channel" { (one.channel_name) } td data-label="When" { (when(one.created)) @if one.state == "waiting" { ", due " (when(one.due)) } }
                        td data-label="Remark" { (one.reason) @if one.attempts > 1 { " (try " (one.attempts) ")" } }
                    } } }
                } }
                (more("/alerts/channels", &[], sent.next.as_ref()))
            }
        }
    };
    Ok(whole("Channels", visitor, &body))
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
        timing: Timing {
            zone: sent.filled("zone").unwrap_or_else(|| Timing::default().zone),
            quiet_from: sent.filled("quiet_from"),
            quiet_to: sent.filled("quiet_to"),
            group_seconds: sent.number("group_seconds")?.unwrap_or_default(),
            escalate_after: sent.number("escalate_after")?.unwrap_or_default(),
            digest: Digest::ALL.into_iter().find(|one| one.name() == sent.get("digest")),
        },
    };
    let (channel, key) = app.data.add_channel(scope, &told).await?;
    if kind != Kind::Webhook {
        return Ok(Redirect::to("/alerts/channels").into_response());
    }
    let top = html! {
        div."card note" role="status" {
            p { "`" (channel.name) "` signs what it sends: `X-Castellan-Signature` is `t=TIME,v1=` and the HMAC-SHA256 of TIME, a dot and the body, with this key. It is not shown again." }
            p.secret { (key) }
        }
    };
    Ok(channels(&app, &visitor, &Part::default(), &top).await?.into_response())
}

pub(super) async fn test(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.test_channel(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to("/alerts/channels").into_response())
}

pub(super) async fn remove(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.remove_channel(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to("/alerts/channels").into_response())
}
