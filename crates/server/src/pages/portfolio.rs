//! Everything under care at a glance.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect};
use maud::{Markup, html};

use super::forms::{Answer, Sent, Visitor};
use super::layout::{choice, csrf, field, grade, link, more, page as whole, spark, when};
use crate::api::deployments::Which;
use crate::app::App;
use crate::data::clients::Client;
use crate::data::deployments::{Deployment, Order};
use crate::scope::Right;

/// Rows of a page.
const ROWS: i64 = 500;

fn order_name(order: Order) -> &'static str {
    match order {
        Order::Name => "name",
        Order::Score => "score",
        Order::Findings => "findings",
        Order::Seen => "seen",
    }
}

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor, Query(which): Query<Which>) -> Answer {
    let scope = visitor.may(Right::Read)?;
    let clients = app.data.clients(scope).await?;
    let page = app.data.deployments(scope, &which.filter(), which.cursor.as_deref(), ROWS).await?;
    let filters = [
        ("text", which.text.clone().unwrap_or_default()),
        ("client", which.client.map(|client| client.to_string()).unwrap_or_default()),
        ("grade", which.grade.clone().unwrap_or_default()),
        ("tag", which.tag.clone().unwrap_or_default()),
    ];
    let is_filtered = filters.iter().any(|(_, value)| !value.is_empty());
    let may_manage = scope.may(Right::Manage);
    let body = html! {
        div.head {
            h1 { "Portfolio" }
            @if may_manage { div.actions { a."button first" href="/deployments/new" { "Add a deployment" } } }
        }
        @if page.items.is_empty() && !is_filtered {
            div.empty {
                p { strong { "Nothing is under care yet." } }
                p { "A deployment is one Odoo with all that belongs to it: its address, its database, its host." }
                @if may_manage { p { a."button first" href="/deployments/new" { "Add the first one" } } }
            }
        } @else {
            (tiles(&page.items))
            (filter(&which, &clients))
            @if page.items.is_empty() {
                div.empty { p { "No deployment is like that." } p { a href="/" { "Show all" } } }
            } @else {
                (table(&page.items, which.order, &filters, clients.len() > 1))
                (more("/", &[filters.as_slice(), &[("order", order_name(which.order).to_owned())]].concat(), page.next.as_ref()))
            }
        }
        @if scope.may(Right::People) {
            section {
                h2 { "Clients" }
                p.quiet { @for client in &clients { span.tag { (client.name) ": " (client.deployments) } " " } }
                form.inline method="post" action="/clients" { (csrf(&visitor)) (field("name", "Name of a new client", "", "")) button { "Add" } }
            }
        }
    };
    Ok(whole("Portfolio", &visitor, &body).into_response())
}

/// The whole in numbers: of the rows of this page.
fn tiles(rows: &[Deployment]) -> Markup {
    let sum = |of: fn(&Deployment) -> i64| rows.iter().map(of).sum::<i64>();
    let scored: Vec<i64> = rows.iter().filter_map(|one| one.points).collect();
    let average = if scored.is_empty() {
        None
    } else {
        Some(scored.iter().sum::<i64>() / i64::try_from(scored.len()).unwrap_or(1))
    };
    let unseen = rows.iter().filter(|one| one.sequence == 0).count();
    html! {
        section.tiles aria-label="Summary" {
            div.tile { strong { (rows.len()) } span { "deployments" } }
            div.tile { strong { @if let Some(average) = average { (average) } @else { "–" } } span { "average score" } }
            div."tile critical" { strong { (sum(|one| one.open.critical)) } span { "critical" } }
            div."tile high" { strong { (sum(|one| one.open.high)) } span { "high" } }
            div."tile medium" { strong { (sum(|one| one.open.medium)) } span { "medium" } }
            div.tile { strong { (unseen) } span { "without an audit" } }
        }
    }
}

fn filter(which: &Which, clients: &[Client]) -> Markup {
    let all = ("".to_owned(), "all".to_owned());
    let names: Vec<(String, String)> =
        std::iter::once(all.clone()).chain(clients.iter().map(|one| (one.id.to_string(), one.name.clone()))).collect();
    let grades: Vec<(String, String)> =
        std::iter::once(all).chain(["A", "B", "C", "D", "F"].map(|one| (one.to_owned(), one.to_owned()))).collect();
    let orders = [
        ("name", "name"),
        ("score", "lowest score"),
        ("findings", "most critical findings"),
        ("seen", "longest unseen"),
    ]
    .map(|(value, text)| (value.to_owned(), text.to_owned()));
    html! {
        form.filters method="get" action="/" role="search" aria-label="Filter" {
            (field("text", "Name, client or owner", which.text.as_deref().unwrap_or_default(), ""))
            @if clients.len() > 1 { (choice("client", "Client", &which.client.map(|one| one.to_string()).unwrap_or_default(), &names)) }
            (choice("grade", "Grade", which.grade.as_deref().unwrap_or_default(), &grades))
            (field("tag", "Tag", which.tag.as_deref().unwrap_or_default(), ""))
            (choice("order", "Order by", order_name(which.order), &orders))
            button { "Show" }
        }
    }
}

fn table(rows: &[Deployment], order: Order, filters: &[(&str, String)], with_client: bool) -> Markup {
    let head = |name: Order, text: &str, class: &str| {
        let to = link("/", filters, &[("order", order_name(name).to_owned())]);
        let sorted = (order == name).then_some(if name == Order::Findings { "descending" } else { "ascending" });
        html! { th scope="col" class=(class) aria-sort=[sorted] { a href=(to) { (text) } } }
    };
    html! {
        div.wide tabindex="0" role="region" aria-label="Deployments" {
            table.stack {
                thead { tr {
                    (head(Order::Name, "Deployment", ""))
                    @if with_client { th scope="col" { "Client" } }
                    (head(Order::Score, "Score", "number"))
                    th scope="col" { "Trend" } th.number scope="col" { "Coverage" }
                    (head(Order::Findings, "Critical", "number")) th.number scope="col" { "High" } th.number scope="col" { "Medium" }
                    th scope="col" { "Level" }
                    (head(Order::Seen, "Seen", ""))
                } }
                tbody {
                    @for one in rows {
                        tr {
                            td {
                                a href=(format!("/deployments/{}", one.id)) { (one.name) }
                                @if !one.environment.is_empty() { " " span.quiet { (one.environment) } }
                                @for tag in &one.tags { " " span.tag { (tag) } }
                            }
                            @if with_client { td data-label="Client" { (one.client_name) } }
                            td.number data-label="Score" {
                                @if let (Some(points), Some(letter)) = (one.points, &one.grade) { (points) " " (grade(letter)) } @else { "–" }
                            }
                            td data-label="Trend" { (spark(&one.trend)) }
                            td.number data-label="Coverage" { @if let Some(coverage) = one.coverage { (coverage) " %" } @else { "–" } }
                            td.number data-label="Critical" { (one.open.critical) }
                            td.number data-label="High" { (one.open.high) }
                            td.number data-label="Medium" { (one.open.medium) }
                            td data-label="Level" { (level(one)) }
                            td data-label="Seen" { @if let Some(audited) = one.audited { (when(audited)) } @else { "never" } }
                        }
                    }
                }
            }
        }
    }
}

/// Whether what was promised is kept.
pub(super) fn level(one: &Deployment) -> Markup {
    let promised = one.min_score.is_some() || one.critical_days.is_some();
    html! {
        @if !promised { span.quiet { "–" } }
        @else if one.sequence == 0 { span.state { "not told yet" } }
        @else if one.broken.is_empty() { span."state kept" { "kept" } }
        @else { @for what in &one.broken { span."state broken" { (what) } " " } }
    }
}

pub(super) async fn add_client(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    app.data.add_client(visitor.may(Right::People)?, sent.get("name")).await?;
    Ok(Redirect::to("/").into_response())
}
