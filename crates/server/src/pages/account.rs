//! Set-up, log-in, invitations, and one's own account.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use secrecy::SecretString;
use serde::Deserialize;

use super::forms::{Answer, Oops, Sent, Visitor};
use super::layout::{choice, csrf, door, field, link, page, when};
use crate::api::extract::{Peer, cookie};
use crate::api::problem::Problem;
use crate::api::session::{self, LogIn, SetUp, may_try};
use crate::app::App;
use crate::auth::passkey::Passkeys;
use crate::data::passkeys::OwnPasskey;
use crate::data::people::Person;
use crate::scope::{Right, Scope};

fn secret(sent: &Sent, name: &str) -> SecretString {
    SecretString::from(sent.whole(name))
}

fn password(name: &str, label: &str, kind: &str) -> Markup {
    html! { label { span { (label) } input type="password" name=(name) autocomplete=(kind) required; } }
}

/// Logs a browser in: the cookie, and the way on.
pub(super) fn entered(app: &App, cookie: &str, to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, app.set_cookie(cookie)), (header::LOCATION, to.to_owned())])
        .into_response()
}

/// The first page of a new server.
pub(super) async fn setup(State(app): State<Arc<App>>) -> Answer {
    if !app.data.is_new().await? {
        return Ok(Redirect::to("/login").into_response());
    }
    Ok(set_up_page(&Sent::default(), None).into_response())
}

fn set_up_page(sent: &Sent, wrong: Option<&Problem>) -> Markup {
    let body = html! {
        p { "This server has no account yet. The token was printed on the terminal when it started." }
        (said(wrong))
        form.form method="post" action="/setup" {
            label { span { "Set-up token" } input name="token" value=(sent.get("token")) autocomplete="off" required; }
            (field("organisation", "Name of your organisation", sent.get("organisation"), ""))
            (field("name", "Your name", sent.get("name"), ""))
            label { span { "Your e-mail address" } input type="email" name="email" value=(sent.get("email")) autocomplete="username" required; }
            (password("password", "A password of at least 15 characters; four unusual words do", "new-password"))
            button.first { "Make the account" }
        }
    };
    door("Welcome", &body)
}

pub(super) fn said(wrong: Option<&Problem>) -> Markup {
    html! { @if let Some(problem) = wrong { div."card oops" role="alert" { p { (problem.detail) } } } }
}

/// Shows a form again, with what is wrong.
pub(super) fn again(problem: &Problem, page: Markup) -> Response {
    (StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST), page).into_response()
}

pub(super) async fn set_up(State(app): State<Arc<App>>, peer: Peer, headers: HeaderMap, sent: Sent) -> Response {
    let given = SetUp {
        token: sent.get("token").to_owned(),
        organisation: sent.get("organisation").to_owned(),
        email: sent.get("email").to_owned(),
        name: sent.get("name").to_owned(),
        password: secret(&sent, "password"),
    };
    match session::found(&app, peer, &headers, &given).await {
        Ok(cookie) => entered(&app, &cookie, "/"),
        Err(problem) => again(&problem, set_up_page(&sent, Some(&problem))),
    }
}

/// Where to go on after the log-in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Next {
    pub next: String,
}

/// Only a path of ours.
pub(super) fn local(next: &str) -> &str {
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if plain { next } else { "/" }
}

pub(super) async fn login(State(app): State<Arc<App>>, Query(next): Query<Next>) -> Answer {
    if app.data.is_new().await? {
        return Ok(Redirect::to("/setup").into_response());
    }
    Ok(login_page(&app, &Sent::default(), &next.next, None).into_response())
}

pub(super) fn login_page(app: &App, sent: &Sent, next: &str, wrong: Option<&Problem>) -> Markup {
    let body = html! {
        (said(wrong))
        @if let Some(sso) = &app.sso {
            p { a.button href=(link("/login/sso", &[("next", local(next).to_owned())], &[])) { "Log in with " (sso.name()) } }
        }
        form.form method="post" action="/login" {
            input type="hidden" name="next" value=(local(next));
            label { span { "E-mail address" } input type="email" name="email" value=(sent.get("email")) autocomplete="username" required; }
            (password("password", "Password", "current-password"))
            label { span { "Code of your second factor, if you have one" } input name="code" inputmode="numeric" autocomplete="one-time-code"; }
            button.first { "Log in" }
        }
        @if let Some(passkeys) = &app.passkeys {
            form data-passkey="get" data-next=(local(next)) data-elsewhere=(elsewhere(passkeys)) data-refused=(REFUSED) hidden {
                p { button { "Log in with a passkey" } }
                p role="alert" {}
            }
        }
    };
    let body = html! {
        (body)
        @if app.public_check.is_some() { p { a href="/check" { "Check an Odoo from outside, without an account" } } }
    };
    door("Log in", &body)
}

/// What an authenticator does not say in words.
const REFUSED: &str = "No passkey came from your device: it was stopped, took too long, or has none for this server.";

fn elsewhere(passkeys: &Passkeys) -> String {
    format!("Passkeys are bound to one address. Open {} and try again.", passkeys.origin())
}

pub(super) async fn log_in(State(app): State<Arc<App>>, peer: Peer, headers: HeaderMap, sent: Sent) -> Response {
    let given = LogIn {
        email: sent.get("email").to_owned(),
        password: secret(&sent, "password"),
        code: sent.get("code").to_owned(),
    };
    match session::log_in(&app, peer, &headers, &given).await {
        Ok(cookie) => entered(&app, &cookie, local(sent.get("next"))),
        Err(problem) => again(&problem, login_page(&app, &sent, sent.get("next"), Some(&problem))),
    }
}

pub(super) async fn log_out(State(app): State<Arc<App>>, visitor: Visitor, headers: HeaderMap, _: Sent) -> Answer {
    if cookie(&headers, app.cookie()).is_some() {
        app.data.end_session(&visitor.scope, visitor.session.id).await?;
    }
    Ok(entered(&app, "", "/login"))
}

pub(super) async fn invitation(State(app): State<Arc<App>>, peer: Peer, Path(link): Path<String>) -> Answer {
    may_try(&app, peer)?;
    let email = app.data.invited(&link).await?;
    let email = email.ok_or_else(|| Problem::conflict("this invitation is used up or over: ask for a new one"))?;
    Ok(invitation_page(&link, &email, "", None).into_response())
}

fn invitation_page(link: &str, email: &str, name: &str, wrong: Option<&Problem>) -> Markup {
    let body = html! {
        p { "You are invited as " strong { (email) } "." }
        (said(wrong))
        form.form method="post" action=(format!("/invitation/{link}")) {
            (field("name", "Your name", name, ""))
            (password("password", "A password of at least 15 characters; four unusual words do", "new-password"))
            button.first { "Take the invitation up" }
        }
    };
    door("Welcome", &body)
}

pub(super) async fn accept(State(app): State<Arc<App>>, peer: Peer, Path(link): Path<String>, sent: Sent) -> Answer {
    may_try(&app, peer)?;
    match app.data.accept(&link, sent.get("name"), secret(&sent, "password")).await {
        Ok(()) => Ok(Redirect::to("/login").into_response()),
        Err(error) => {
            let problem = Problem::from(error);
            match app.data.invited(&link).await? {
                Some(email) => Ok(again(&problem, invitation_page(&link, &email, sent.get("name"), Some(&problem)))),
                None => Err(Oops(problem)),
            }
        }
    }
}

/// One's own account.
pub(super) async fn me(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    Ok(me_page(&app, &visitor, &html! {}).await?.into_response())
}

async fn myself(app: &App, scope: &Scope) -> Result<Person, Oops> {
    Ok(app.data.person(scope, scope.actor().person).await?)
}

async fn me_page(app: &App, visitor: &Visitor, top: &Markup) -> Result<Markup, Oops> {
    let scope = &visitor.scope;
    let person = myself(app, scope).await?;
    let (sessions, tokens) = (app.data.sessions(scope).await?, app.data.tokens(scope).await?);
    let own = app.data.passkeys(scope).await?;
    let rights: Vec<(String, String)> = Right::ALL
        .into_iter()
        .filter(|right| scope.may(*right) && *right != Right::Own)
        .map(|right| (right.name().to_owned(), right.name().to_owned()))
        .collect();
    let body = html! {
        h1 { "Account" }
        p { (person.name) ", " (person.email) ", " (person.role.name()) }
        (top)
        section {
            h2 { "Second factor" }
            @if person.second_factor {
                p { span."state done" { "set up" } " A code is asked for at each log-in." }
                form method="post" action="/me/second-factor/drop" data-sure="Log in with the password alone from now on?" { (csrf(visitor)) button.danger { "Take it away" } }
            } @else {
                div."card note" { p { "Whoever learns your password can log in. An app with codes stops that." } a."button first" href="/me/second-factor" { "Set it up" } }
            }
        }
        (passkeys(app, visitor, &own))
        section {
            h2 { "Password" }
            form.form method="post" action="/me/password" {
                (csrf(visitor))
                div.two { (password("old", "The old one", "current-password")) (password("new", "The new one, at least 15 characters", "new-password")) }
                p { button { "Change it" } }
            }
        }
        section {
            h2 { "Tokens for the API" }
            @if !tokens.is_empty() {
                div.wide { table.stack {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "Made" } th scope="col" { "Used" } th scope="col" { "Ends" } th scope="col" { span.hidden { "Action" } } } }
                    tbody { @for token in &tokens { tr {
                        td { (token.name) } td data-label="May" { (token.right.name()) } td data-label="Made" { (when(token.created)) }
                        td data-label="Used" { @if let Some(used) = token.used { (when(used)) } @else { "never" } } td data-label="Ends" { (when(token.expires)) }
                        td { form method="post" action=(format!("/me/tokens/{}/end", token.id)) { (csrf(visitor)) button.plain aria-label=(format!("End {}", token.name)) { "End it" } } }
                    } } }
                } }
            }
            form.form method="post" action="/me/tokens" {
                (csrf(visitor))
                div.two { (field("name", "What it is for", "", "nightly pipeline")) (choice("right", "What it may do at most", "read", &rights)) label { span { "Days until it ends" } input type="number" name="days" min="1" max="366" value="90" required; } }
                p { button { "Make a token" } }
            }
        }
        section {
            h2 { "Sessions" }
            div.wide { table.stack {
                thead { tr { th scope="col" { "Browser" } th scope="col" { "From" } th scope="col" { "Begun" } th scope="col" { "Last seen" } th scope="col" { span.hidden { "Action" } } } }
                tbody { @for one in &sessions { tr {
                    td { (one.agent) @if one.id == visitor.session.id { " " span.state { "this one" } } } td data-label="From" { span.once { (one.address) } }
                    td data-label="Begun" { (when(one.created)) } td data-label="Last seen" { (when(one.seen)) }
                    td { form method="post" action=(format!("/me/sessions/{}/end", one.id)) { (csrf(visitor)) button.plain { "End it" } } }
                } } }
            } }
        }
    };
    Ok(page("Account", visitor, &body))
}

fn passkeys(app: &App, visitor: &Visitor, own: &[OwnPasskey]) -> Markup {
    html! { section {
        h2 { "Passkeys" }
        p { "A passkey in your telephone, computer or security key logs you in by finger, face or PIN: no password, no code, and nothing that a false page could take." }
        @if !own.is_empty() {
            div.wide { table.stack {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Made" } th scope="col" { "Used" } th scope="col" { span.hidden { "Action" } } } }
                tbody { @for one in own { tr {
                    td { (one.name) } td data-label="Made" { (when(one.created)) }
                    td data-label="Used" { @if let Some(used) = one.used { (when(used)) } @else { "never" } }
                    td { form method="post" action=(format!("/me/passkeys/{}/end", one.id)) data-sure="Log in with this passkey no more?" { (csrf(visitor)) button.plain aria-label=(format!("End {}", one.name)) { "End it" } } }
                } } }
            } }
        }
        @if let Some(passkeys) = &app.passkeys {
            form.form data-passkey="create" data-elsewhere=(elsewhere(passkeys)) data-refused=(REFUSED) hidden {
                (csrf(visitor))
                (field("name", "What you call it", "", "telephone"))
                p { button { "Add a passkey" } }
                p role="alert" {}
            }
            noscript { p.dim { "Adding one needs JavaScript." } }
        } @else {
            p.dim { "They are bound to a name and to TLS: whoever runs this server starts it with " code { "--url https://NAME" } "." }
        }
    } }
}

pub(super) async fn end_passkey(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.end_passkey(&visitor.scope, id).await?;
    Ok(Redirect::to("/me").into_response())
}

pub(super) async fn change_password(State(app): State<Arc<App>>, peer: Peer, visitor: Visitor, sent: Sent) -> Answer {
    may_try(&app, peer)?;
    app.data.change_password(&visitor.scope, visitor.session.id, &secret(&sent, "old"), &secret(&sent, "new")).await?;
    let top =
        html! { div."card note" role="status" { p { "The password is changed; your other sessions are over." } } };
    Ok(me_page(&app, &visitor, &top).await?.into_response())
}

pub(super) async fn offer(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    let person = myself(&app, &visitor.scope).await?;
    let offer = session::offer(&person.email)?;
    Ok(offer_page(&visitor, &offer, None).into_response())
}

fn offer_page(visitor: &Visitor, offer: &session::Offer, wrong: Option<&Problem>) -> Markup {
    let body = html! {
        h1 { "Second factor" }
        (said(wrong))
        ol {
            li { p { "Let an app for codes read this picture, or type the secret." } div.picture { (PreEscaped(&offer.picture)) } p.secret { (offer.secret) } }
            li { p { "Type the code that it shows now." }
                form.form method="post" action="/me/second-factor" {
                    (csrf(visitor))
                    input type="hidden" name="secret" value=(offer.secret);
                    label { span { "Code" } input name="code" inputmode="numeric" autocomplete="one-time-code" required; }
                    p { button.first { "Set it up" } }
                }
            }
        }
    };
    page("Second factor", visitor, &body)
}

pub(super) async fn enrol(State(app): State<Arc<App>>, peer: Peer, visitor: Visitor, sent: Sent) -> Answer {
    may_try(&app, peer)?;
    let codes = app.data.enrol(&visitor.scope, &secret(&sent, "secret"), sent.get("code")).await?;
    let top = html! {
        div."card note" role="status" {
            p { "It is set up. Keep these recovery codes where you keep your keys: each works once, and they are not shown again." }
            p.secret { @for code in &codes { (code) br; } }
        }
    };
    Ok(me_page(&app, &visitor, &top).await?.into_response())
}

pub(super) async fn drop_second(State(app): State<Arc<App>>, visitor: Visitor, _: Sent) -> Answer {
    app.data.drop_second(&visitor.scope, visitor.scope.actor().person).await?;
    Ok(Redirect::to("/me").into_response())
}

pub(super) async fn make_token(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let right = Right::from_name(sent.get("right")).ok_or_else(|| Problem::invalid("this right is none"))?;
    let days = sent.number("days")?.unwrap_or(90);
    let (token, secret) = app.data.make_token(&visitor.scope, sent.get("name"), right, None, days).await?;
    let top = html! {
        div."card note" role="status" { p { "The token `" (token.name) "`. It is not shown again:" } p.secret { (secret) } }
    };
    Ok(me_page(&app, &visitor, &top).await?.into_response())
}

pub(super) async fn end_token(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.end_token(&visitor.scope, id).await?;
    Ok(Redirect::to("/me").into_response())
}

pub(super) async fn end_session(State(app): State<Arc<App>>, visitor: Visitor, Path(id): Path<i64>, _: Sent) -> Answer {
    app.data.end_session(&visitor.scope, id).await?;
    Ok(Redirect::to("/me").into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_way_on_stays_here() {
        for (next, to) in [
            ("/log", "/log"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(super::local(next), to);
        }
    }
}
