//! People, invitations and the log.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use castellan_model::calendar;
use maud::{Markup, html};

use super::forms::{Answer, Oops, Sent, Visitor};
use super::layout::{choice, csrf, more, page as whole, when};
use crate::api::problem::Problem;
use crate::api::{Part, before};
use crate::app::App;
use crate::data::PAGE;
use crate::data::clients::Client;
use crate::scope::{Right, Role};

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    Ok(people(&app, &visitor, &html! {}).await?.into_response())
}

fn roles(visitor: &Visitor) -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .rev()
        .filter(|role| *role <= visitor.scope.role())
        .map(|role| (role.name().to_owned(), role.name().replace('-', " ")))
        .collect()
}

fn clients_of(clients: &[Client]) -> Vec<(String, String)> {
    let none = (String::new(), "all clients".to_owned());
    std::iter::once(none).chain(clients.iter().map(|one| (one.id.to_string(), one.name.clone()))).collect()
}

async fn people(app: &App, visitor: &Visitor, top: &Markup) -> Result<Markup, Oops> {
    let scope = visitor.may(Right::People)?;
    let (people, open, clients) =
        (app.data.people(scope).await?, app.data.invitations(scope).await?, app.data.clients(scope).await?);
    let (roles, choices) = (roles(visitor), clients_of(&clients));
    let client_name =
        |id: Option<i64>| clients.iter().find(|one| Some(one.id) == id).map_or("all clients", |one| one.name.as_str());
    let body = html! {
        div.head { h1 { "People" } div.actions { a.button href="/organisation" { "Organisation" } } }
        (top)
        div.wide tabindex="0" role="region" aria-label="People" { table.stack {
            thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Sees" } th scope="col" { "Second factor" } th scope="col" { "Since" } th scope="col" { "Change" } } }
            tbody { @for one in &people { tr {
                td { (one.name) " " span.quiet { (one.email) } @if one.disabled { " " span."state failed" { "may not log in" } } }
                td data-label="Role" { (one.role.name().replace('-', " ")) }
                td data-label="Sees" { (client_name(one.client)) }
                td data-label="Second factor" { @if one.second_factor { span."state done" { "set up" } } @else { span."state failed" { "none" } } }
                td data-label="Since" { (when(one.created)) }
                td { @if one.role <= visitor.scope.role() {
                    form.inline method="post" action=(format!("/people/{}", one.id)) {
                        (csrf(visitor))
                        select name="role" aria-label=(format!("Role of {}", one.name)) { @for (value, text) in &roles { option value=(value) selected[value == one.role.name()] { (text) } } }
                        select name="client" aria-label=(format!("What {} sees", one.name)) { @for (value, text) in &choices { option value=(value) selected[*value == one.client.map(|id| id.to_string()).unwrap_or_default()] { (text) } } }
                        select name="disabled" aria-label=(format!("Whether {} may log in", one.name)) { option value="no" selected[!one.disabled] { "may log in" } option value="yes" selected[one.disabled] { "may not" } }
                        button { "Save" }
                    }
                    @if one.second_factor { form.inline method="post" action=(format!("/people/{}/second-factor/drop", one.id)) data-sure=(format!("Take the second factor of {} away?", one.name)) { (csrf(visitor)) button.plain { "Take the second factor away" } } }
                } }
            } } }
        } }
        section {
            h2 { "Invite somebody" }
            form.form method="post" action="/people" {
                (csrf(visitor))
                div.two {
                    label { span { "E-mail address" } input type="email" name="email" required; }
                    (choice("role", "Role", "analyst", &roles))
                    (choice("client", "Sees (a client viewer sees one client)", "", &choices))
                }
                p { button.first { "Invite" } }
            }
            @if !open.is_empty() {
                h2 { "Open invitations" }
                ul { @for one in &open { li {
                    (one.email) ", " (one.role.name()) ", ends " (when(one.expires)) " "
                    form.inline method="post" action=(format!("/people/invitations/{}/withdraw", one.id)) { (csrf(visitor)) button.plain { "Take it back" } }
                } } }
            }
        }
    };
    Ok(whole("People", visitor, &body))
}

fn role(sent: &Sent) -> Result<Role, Oops> {
    Ok(Role::from_name(sent.get("role")).ok_or_else(|| Problem::invalid("this role is none"))?)
}

pub(super) async fn invite(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let scope = visitor.may(Right::People)?;
    let (invitation, secret) = app.data.invite(scope, sent.get("email"), role(&sent)?, sent.number("client")?).await?;
    let link = format!("{}/invitation/{secret}", app.web.url);
    let mailed = app.mail_invitation(scope, &invitation.email, &link).await;
    let top = html! {
        div."card note" role="status" {
            @match &mailed {
                Ok(true) => p { "It is on its way to them by e-mail, too." },
                Ok(false) => {},
                Err(reason) => p { "It could not be sent by e-mail: " (reason) },
            }
            p { "Send this address to " strong { (invitation.email) } ". It works once, for seven days, and is not shown again." }
            p.secret { (link) }
        }
    };
    Ok(people(&app, &visitor, &top).await?.into_response())
}

pub(super) async fn change(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, sent: Sent) -> Answer {
    let scope = visitor.may(Right::People)?;
    let disabled = Some(sent.get("disabled") == "yes");
    app.data.change_person(scope, id, Some(role(&sent)?), Some(sent.number("client")?), disabled).await?;
    Ok(Redirect::to("/people").into_response())
}

pub(super) async fn drop_second(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.drop_second(visitor.may(Right::People)?, id).await?;
    Ok(Redirect::to("/people").into_response())
}

pub(super) async fn withdraw(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.withdraw(visitor.may(Right::People)?, id).await?;
    Ok(Redirect::to("/people").into_response())
}

pub(super) async fn log(State(app): State<Arc<App>>, visitor: Visitor, Query(part): Query<Part>) -> Answer {
    let scope = visitor.may(Right::People)?;
    let page = app.data.log(scope, before(part.cursor.as_deref())?, PAGE).await?;
    let checked = app.data.check_log(scope).await?;
    let body = html! {
        h1 { "Log" }
        @match checked.broken_at {
            None => p { span."state done" { "whole" } " Each of " (checked.entries) " entries follows from the one before. The newest hash, to note elsewhere: " code { (checked.last_hash.get(..16).unwrap_or_default()) "…" } },
            Some(number) => div."card oops" role="alert" { p { "Entry " (number) " does not follow from the one before: somebody changed the log in the database." } },
        }
        div.wide tabindex="0" role="region" aria-label="Log" { table.stack {
            thead { tr { th.number scope="col" { "Number" } th scope="col" { "When (UTC)" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "To what" } th scope="col" { "Detail" } th scope="col" { "From" } } }
            tbody { @for one in &page.items { tr {
                td.number data-label="Number" { (one.number) } td data-label="When" { span.once { (calendar::moment(one.time)) } } td data-label="Who" { (one.actor) } td data-label="What" { span.once { (one.action) } }
                td data-label="To what" { (one.object) } td data-label="Detail" { (one.detail) } td data-label="From" { span.once { (one.address) } }
            } } }
        } }
        (more("/log", &[], page.next.as_ref()))
    };
    Ok(whole("Log", &visitor, &body).into_response())
}
