//! People, invitations, the log of what was done.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Ask, At, Body, Peer, Who};
use super::problem::Problem;
use super::session::may_try;
use super::{Part, before, limit};
use crate::app::App;
use crate::data::Page;
use crate::data::log::{Checked, Entry};
use crate::data::people::{Invitation, Person};
use crate::scope::{Right, Role};

/// A change of a person's access.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// Role.
    #[serde(default)]
    pub role: Option<Role>,
    /// The only client that they see, for a client viewer.
    #[serde(default)]
    pub client: Option<i64>,
    /// May not log in.
    #[serde(default)]
    pub disabled: Option<bool>,
}

/// Somebody to invite.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// The only client that they will see, for a client viewer.
    #[serde(default)]
    pub client: Option<i64>,
}

/// An invitation that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invited {
    /// What lists show of it.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// The address to send to the person. It is not shown again.
    pub link: String,
    /// It was sent to them by e-mail.
    pub mailed: bool,
}

/// An invitation that is taken up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// The secret of the link.
    pub secret: String,
    /// Name.
    pub name: String,
    /// Password.
    #[schema(value_type = String, format = Password)]
    pub password: SecretString,
}

/// Who may see what.
#[utoipa::path(get, path = "/people", tag = "people", extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Vec<Person>)))]
pub async fn list(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Person>>, Problem> {
    Ok(Json(app.data.people(who.may(Right::People)?).await?))
}

/// One person.
#[utoipa::path(get, path = "/people/{id}", tag = "people", params(("id" = i64, Path)), extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Person)))]
pub async fn one(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<Json<Person>, Problem> {
    Ok(Json(app.data.person(who.may(Right::People)?, id).await?))
}

/// Change role, client or access of a person.
#[utoipa::path(patch, path = "/people/{id}", tag = "people", params(("id" = i64, Path)), request_body = ChangePerson, extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Person)))]
pub async fn change(
    State(app): State<Arc<App>>,
    who: Who,
    At(id): At<i64>,
    Body(given): Body<ChangePerson>,
) -> Result<Json<Person>, Problem> {
    let scope = who.may(Right::People)?;
    // Whoever becomes something else than a client viewer has no client.
    let client = match given.role {
        Some(Role::ClientViewer) | None => given.client.map(Some),
        Some(_) => Some(given.client),
    };
    Ok(Json(app.data.change_person(scope, id, given.role, client, given.disabled).await?))
}

/// Take the second factor of a person away who lost it.
#[utoipa::path(delete, path = "/people/{id}/second-factor", tag = "people", params(("id" = i64, Path)), extensions(("x-right" = json!("people"))),
    responses((status = 204, description = "Taken away")))]
pub async fn drop_second(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.drop_second(who.may(Right::People)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that can still be taken up.
#[utoipa::path(get, path = "/invitations", tag = "people", extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Vec<Invitation>)))]
pub async fn invitations(State(app): State<Arc<App>>, who: Who) -> Result<Json<Vec<Invitation>>, Problem> {
    Ok(Json(app.data.invitations(who.may(Right::People)?).await?))
}

/// Invite somebody. The link comes back once.
#[utoipa::path(post, path = "/invitations", tag = "people", request_body = Invite, extensions(("x-right" = json!("people"))),
    responses((status = 201, body = Invited)))]
pub async fn invite(
    State(app): State<Arc<App>>,
    who: Who,
    Body(given): Body<Invite>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let scope = who.may(Right::People)?;
    let (invitation, secret) = app.data.invite(scope, &given.email, given.role, given.client).await?;
    let link = format!("{}/invitation/{secret}", app.web.url);
    let mailed = match app.mail_invitation(scope, &invitation.email, &link).await {
        Ok(mailed) => mailed,
        Err(reason) => {
            tracing::warn!(reason, "an invitation cannot be sent by e-mail");
            false
        }
    };
    Ok((StatusCode::CREATED, Json(Invited { invitation, link, mailed })))
}

/// Take an invitation back.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "people", params(("id" = i64, Path)), extensions(("x-right" = json!("people"))),
    responses((status = 204, description = "Taken back")))]
pub async fn withdraw(State(app): State<Arc<App>>, who: Who, At(id): At<i64>) -> Result<StatusCode, Problem> {
    app.data.withdraw(who.may(Right::People)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an invitation up.
#[utoipa::path(post, path = "/invitations/accept", tag = "people", request_body = Accept, extensions(("x-right" = json!("none"))),
    responses((status = 204, description = "The account is made: log in")))]
pub async fn accept(State(app): State<Arc<App>>, peer: Peer, Body(given): Body<Accept>) -> Result<StatusCode, Problem> {
    may_try(&app, peer)?;
    app.data.accept(&given.secret, &given.name, given.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was done by whom, newest first.
#[utoipa::path(get, path = "/log", tag = "log", params(Part), extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Page<Entry>)))]
pub async fn log(State(app): State<Arc<App>>, who: Who, Ask(part): Ask<Part>) -> Result<Json<Page<Entry>>, Problem> {
    let scope = who.may(Right::People)?;
    Ok(Json(app.data.log(scope, before(part.cursor.as_deref())?, limit(part.limit)?).await?))
}

/// Whether every entry of the log follows from the one before.
#[utoipa::path(get, path = "/log/check", tag = "log", extensions(("x-right" = json!("people"))),
    responses((status = 200, body = Checked)))]
pub async fn check_log(State(app): State<Arc<App>>, who: Who) -> Result<Json<Checked>, Problem> {
    Ok(Json(app.data.check_log(who.may(Right::People)?).await?))
}

/// The name of what is to end.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Last {
    /// The name of the organisation, as a last question.
    pub name: String,
}

/// End the organisation: everything of it goes, the log included.
#[utoipa::path(delete, path = "/organisation", tag = "people", params(Last), extensions(("x-right" = json!("own"))),
    responses((status = 204, description = "Gone")))]
pub async fn purge(State(app): State<Arc<App>>, who: Who, Ask(last): Ask<Last>) -> Result<StatusCode, Problem> {
    app.data.purge_organisation(who.may(Right::Own)?, &last.name).await?;
    Ok(StatusCode::NO_CONTENT)
}
