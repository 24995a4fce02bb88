//! What happened, who has seen it, and maintenance.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use castellan_model::calendar;
use maud::{Markup, html};

use super::channels::words;
use super::forms::{Answer, Sent, Visitor};
use super::layout::{choice, csrf, field, more, page as whole, when};
use crate::api::problem::Problem;
use crate::api::{Part, before};
use crate::app::App;
use crate::clock::now;
use crate::data::alerts::Alert;
use crate::data::clients::Client;
use crate::data::deployments::Filter;
use crate::data::maintenance::{Maintenance, Told};
use crate::scope::Right;

/// Alerts of a page.
const ROWS: i64 = 50;
/// Deployments that maintenance can be planned for on this page.
const DEPLOYMENTS: i64 = 500;

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Query(part): Query<Part>) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let alerts = app.data.alerts(scope, before(part.cursor.as_deref())?, ROWS).await?;
    let planned = app.data.maintenance(scope).await?;
    let clients = app.data.clients(scope).await?;
    let deployments = app.data.deployments(scope, &Filter::default(), None, DEPLOYMENTS).await?.items;
    let manages = scope.may(Right::Manage);
    let name = |one: &Maintenance| match (one.deployment, one.client) {
        (Some(id), _) => deployments
            .iter()
            .find(|known| known.id == id)
            .map_or_else(|| format!("deployment {id}"), |known| known.name.clone()),
        (None, Some(id)) => clients
            .iter()
            .find(|known| known.id == id)
            .map_or_else(|| format!("client {id}"), |known| known.name.clone()),
        (None, None) => "everything".to_owned(),
    };
    let mut about = vec![(String::new(), "everything".to_owned())];
    about.extend(clients.iter().map(|one: &Client| (format!("client {}", one.id), format!("all of {}", one.name))));
    about.extend(
        deployments.iter().map(|one| (format!("deployment {}", one.id), format!("{} ({})", one.name, one.client_name))),
    );
    let body = html! {
        div.head {
            h1 { "Alerts" }
            div.actions { @if manages { a.button href="/alerts/channels" { "Channels" } } }
        }
        @if alerts.items.is_empty() {
            div.empty { p { strong { "Nothing happened yet." } } @if manages { p { "Channels say who is told when something does." } } }
        } @else {
            (table(&alerts.items, &visitor))
            (more("/alerts", &[], alerts.next.as_ref()))
        }
        section {
            h2 { "Maintenance" }
            p.quiet { "What happens in it is noted here, and nobody is told." }
            @if planned.is_empty() { p { "None is planned." } }
            ul { @for one in &planned { li {
                strong { (name(one)) } ": " (calendar::moment(one.begins)) " to " (calendar::moment(one.ends)) ", " (one.reason) ", by " (one.planned_by)
                @if one.begins <= now() && one.ends > now() { " " span."state running" { "now" } }
                @if manages { " " form.inline method="post" action=(format!("/alerts/maintenance/{}/end", one.id)) { (csrf(&visitor)) button.plain { "End" } } }
            } } }
            @if manages {
                form.form method="post" action="/alerts/maintenance" {
                    (csrf(&visitor))
                    div.two {
                        (choice("about", "Of", "", &about))
                        label { span { "Begins (UTC)" } input type="datetime-local" name="begins" value=(calendar::moment(now()).chars().take(16).collect::<String>()) required; }
                        label { span { "Hours" } input type="number" name="hours" min="1" max="744" value="2" required; }
                        (field("reason", "What is done", "", "Upgrade to 18.0"))
                    }
                    p { button { "Plan it" } }
                }
            }
        }
    };
    Ok(whole("Alerts", &visitor, &body).into_response())
}

fn table(alerts: &[Alert], visitor: &Visitor) -> Markup {
    let severity = |one: &Alert| match one.severity.as_str() {
        "critical" => "critical",
        "error" => "high",
        "warning" => "medium",
        _ => "info",
    };
    html! {
        div.wide tabindex="0" role="region" aria-label="What happened" { table.stack {
            thead { tr { th scope="col" { "Severity" } th scope="col" { "What" } th scope="col" { "When" } th scope="col" { "State" } th scope="col" { span.hidden { "Action" } } } }
            tbody { @for one in alerts { tr {
                td data-label="Severity" { span class={ "badge " (severity(one)) } { (severity(one)) } }
                td { a href=(format!("/deployments/{}", one.deployment)) { (one.subject) } br; span.meta { @for (at, trigger) in one.triggers.iter().enumerate() { @if at > 0 { ", " } (words(*trigger)) } } }
                td data-label="When" { (when(one.time)) }
                td data-label="State" { (state(one)) }
                td { @if one.state == "open" && visitor.scope.may(Right::Work) {
                    form method="post" action=(format!("/alerts/{}/seen", one.id)) { (csrf(visitor)) button aria-label=(format!("Seen: alert {}", one.id)) { "Seen" } }
                } }
            } } }
        } }
    }
}

fn state(one: &Alert) -> Markup {
    let class = match one.state.as_str() {
        "open" => "failed",
        "seen" => "running",
        "over" => "done",
        _ => "cancelled",
    };
    html! { span class={ "state " (class) } { (one.state) } @if !one.seen_by.is_empty() { " " span.meta { "by " (one.seen_by) } } }
}

pub(super) async fn see(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.see_alert(visitor.may(Right::Work)?, id).await?;
    Ok(Redirect::to("/alerts").into_response())
}

pub(super) async fn plan(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let number = |prefix: &str| sent.get("about").strip_prefix(prefix).and_then(|text| text.trim().parse::<i64>().ok());
    let begins = moment(sent.get("begins"))
        .ok_or_else(|| Problem::invalid("`begins` is no time; write one such as 2027-01-31T22:00"))?;
    let hours = sent.number("hours")?.unwrap_or(1).clamp(1, 744);
    let told = Told {
        client: number("client "),
        deployment: number("deployment "),
        begins,
        ends: begins + hours * 3600,
        reason: sent.get("reason").to_owned(),
    };
    app.data.plan_maintenance(visitor.may(Right::Manage)?, &told).await?;
    Ok(Redirect::to("/alerts").into_response())
}

/// `2027-01-31T22:00`, UTC, as forms send it.
fn moment(text: &str) -> Option<i64> {
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

pub(super) async fn end(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.end_maintenance(visitor.may(Right::Manage)?, id).await?;
    Ok(Redirect::to("/alerts").into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_send_moments() {
        assert_eq!(super::moment("1970-01-02T01:00"), Some(90_000));
        assert_eq!(super::moment("soon"), None);
    }
}
