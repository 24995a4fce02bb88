//! A look at a site from outside, for anybody, where the server offers it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use castellan_model::AuditReport;
use castellan_report::{Format, Look, Presentation, render};
use maud::{Markup, html};

use super::account::{again, said};
use super::forms::{Answer, Sent};
use super::layout::door;
use super::shared::behind_a_link;
use crate::api::checks::{AskCheck, queue};
use crate::api::extract::Peer;
use crate::api::problem::Problem;
use crate::app::App;
use crate::data::checks::State as Standing;

/// Seconds between two looks at a check that is not done.
const REFRESH: &str = "3";

fn form(sent: &Sent, wrong: Option<&Problem>) -> Markup {
    let body = html! {
        p { "What does somebody without an account see of your Odoo? The front page, the log-in, the list of databases, TLS, cookies and headers, in about half a minute. Nothing is changed, nobody is logged in, no password is tried." }
        (said(wrong))
        form.form method="post" action="/check" {
            label { span { "Address of the site" } input name="site" value=(sent.get("site")) placeholder="https://erp.example.com" inputmode="url" autocomplete="url" required; }
            label.check { input type="checkbox" name="consent" value="yes" required; span { "I run this site, or may have it looked at" } }
            button.first { "Look at it" }
        }
        p.dim { "The result has an address of its own, which cannot be guessed: whoever has it sees the result, for 14 days. Your own address is kept for an hour, so that nobody asks too often." }
    };
    door("Check an Odoo from outside", &body)
}

/// The form.
pub(super) async fn page(State(app): State<Arc<App>>) -> Answer {
    app.public_check.ok_or_else(|| Problem::not_found("page"))?;
    Ok(form(&Sent::default(), None).into_response())
}

/// Asked.
pub(super) async fn ask(State(app): State<Arc<App>>, peer: Peer, sent: Sent) -> Answer {
    let given = AskCheck { site: sent.get("site").to_owned(), consent: sent.get("consent") == "yes" };
    match queue(&app, peer, &given).await {
        Ok(secret) => Ok(Redirect::to(&format!("/check/{secret}")).into_response()),
        Err(problem) if problem.status == StatusCode::NOT_FOUND.as_u16() => Err(problem.into()),
        Err(problem) => Ok(again(&problem, form(&sent, Some(&problem)))),
    }
}

async fn report(report: AuditReport) -> Result<Response, Problem> {
    let run = move || render(&report, Format::Html, Look { color: false, width: 80 }, &Presentation::default());
    let bytes = tokio::task::spawn_blocking(run).await.map_err(|error| Problem::unavailable(&error.to_string()))?;
    let bytes = bytes.map_err(|reason| Problem::unavailable(&reason))?;
    Ok(behind_a_link("text/html; charset=utf-8", bytes))
}

/// How it goes, and then the report.
pub(super) async fn result(State(app): State<Arc<App>>, Path(secret): Path<String>) -> Answer {
    let over = || Problem::not_found("check: it is over, or none");
    let (check, found) = app.data.check_of(&secret).await?.ok_or_else(over)?;
    if let Some(found) = found {
        return Ok(report(found).await?);
    }
    let waits = html! {
        p role="status" { @if check.state == Standing::Waiting { "Others come first." } @else { "Being looked at. This takes about half a minute." } }
        p.dim { "The page comes anew by itself. Keep its address: the result stays there." }
    };
    let failed = html! {
        div."card oops" role="alert" { p { (check.reason) } }
        p { a.button href="/check" { "Begin again" } }
    };
    let is_over = check.state == Standing::Failed;
    let body = if is_over { failed } else { waits };
    let mut response = door(&check.site, &body).into_response();
    let headers = response.headers_mut();
    if !is_over {
        headers.insert(HeaderName::from_static("refresh"), HeaderValue::from_static(REFRESH));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    Ok(response)
}
