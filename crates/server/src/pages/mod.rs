//! The dashboard: pages that the server renders, which work without script.

mod account;
mod alerts;
mod channels;
mod check;
mod deployment;
mod findings;
mod forms;
mod layout;
mod organisation;
mod people;
mod portfolio;
mod settings;
mod shared;
mod sso;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::App;

/// Bytes of a form.
const FORM: usize = 256 << 10;

/// The routes of the pages.
pub fn router(_: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/", get(portfolio::page))
        .route("/setup", get(account::setup).post(account::set_up))
        .route("/login", get(account::login).post(account::log_in))
        .route("/login/sso", get(sso::begin))
        .route("/login/sso/back", get(sso::end))
        .route("/logout", post(account::log_out))
        .route("/invitation/{secret}", get(account::invitation).post(account::accept))
        .route("/me", get(account::me))
        .route("/me/password", post(account::change_password))
        .route("/me/second-factor", get(account::offer).post(account::enrol))
        .route("/me/second-factor/drop", post(account::drop_second))
        .route("/me/passkeys/{id}/end", post(account::end_passkey))
        .route("/me/tokens", post(account::make_token))
        .route("/me/tokens/{id}/end", post(account::end_token))
        .route("/me/sessions/{id}/end", post(account::end_session))
        .route("/clients", post(portfolio::add_client))
        .route("/deployments/new", get(settings::new).post(settings::add))
        .route("/deployments/{id}", get(deployment::page))
        .route("/deployments/{id}/edit", get(settings::edit).post(settings::change))
        .route("/deployments/{id}/remove", post(settings::remove))
        .route("/deployments/{id}/scan", post(deployment::scan))
        .route("/deployments/{id}/secrets", post(settings::put_secret))
        .route("/deployments/{id}/schedules", post(settings::add_schedule))
        .route("/deployments/{id}/schedules/{schedule}/remove", post(settings::remove_schedule))
        .route("/deployments/{id}/agents", post(settings::invite_agent))
        .route("/agents/{id}/remove", post(settings::remove_agent))
        .route("/agents/{id}/orders", post(deployment::order))
        .route("/deployments/{id}/history", get(deployment::history))
        .route("/scans", get(deployment::scans))
        .route("/scans/{id}/cancel", post(deployment::cancel))
        .route("/findings", get(findings::list))
        .route("/findings/decide", post(findings::decide))
        .route("/findings/{id}", get(findings::page))
        .route("/findings/{id}/comments", post(findings::comment))
        .route("/alerts", get(alerts::page))
        .route("/alerts/{id}/seen", post(alerts::see))
        .route("/alerts/maintenance", post(alerts::plan))
        .route("/alerts/maintenance/{id}/end", post(alerts::end))
        .route("/alerts/channels", get(channels::page).post(channels::add))
        .route("/alerts/channels/{id}/test", post(channels::test))
        .route("/alerts/channels/{id}/remove", post(channels::remove))
        .route("/check", get(check::page).post(check::ask))
        .route("/check/{secret}", get(check::result))
        .route("/shared/{secret}", get(shared::page))
        .route("/shared/{secret}/report.pdf", get(shared::pdf))
        .route("/audits/{id}/share", post(deployment::share))
        .route("/shares/{id}/end", post(deployment::unshare))
        .route("/organisation", get(organisation::page).post(organisation::set))
        .route("/people", get(people::page).post(people::invite))
        .route("/people/{id}", post(people::change))
        .route("/people/{id}/second-factor/drop", post(people::drop_second))
        .route("/people/invitations/{id}/withdraw", post(people::withdraw))
        .route("/log", get(people::log))
        .route("/assets/style.css", get(style))
        .route("/assets/app.js", get(script))
        .route("/favicon.ico", get(async || StatusCode::NOT_FOUND))
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(FORM))
}

async fn nothing() -> Response {
    layout::oops(&crate::api::problem::Problem::not_found("page"), "/").into_response()
}

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("app.js");

async fn style() -> Response {
    let text = format!("{}{STYLE}", castellan_report::html::STYLE);
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}

async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], SCRIPT)
        .into_response()
}
