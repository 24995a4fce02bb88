//! What the organisation sets for all of it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use maud::html;

use super::forms::{Answer, Sent, Visitor};
use super::layout::{csrf, field, page as whole};
use crate::app::App;
use crate::data::organisations::{Brand, Organisation};
use crate::scope::Right;

pub(super) async fn page(State(app): State<Arc<App>>, visitor: Visitor) -> Answer {
    let told = app.data.settings(visitor.may(Right::People)?).await?;
    let body = html! {
        p.more { a href="/people" { "People" } " / organisation" }
        h1 { "Organisation" }
        form.form method="post" action="/organisation" {
            (csrf(&visitor))
            (field("name", "Name", &told.name, ""))
            fieldset {
                legend { "Reports go out under" }
                div.two {
                    (field("brand", "Name; empty: Castellan", &told.brand.name, "Agency North"))
                    (field("contact", "How to reach you", &told.brand.contact, "security@agency.example"))
                    (field("footer", "Last line of every page", &told.brand.footer, "Confidential"))
                    (field("accent", "Colour of headings", told.brand.accent.as_deref().unwrap_or_default(), "#1f4e79"))
                }
                p.quiet { @if told.brand.logo.is_some() { "There is a logo. " } "A logo is set through the API." }
            }
            fieldset {
                legend { "How long audits stay" }
                label { span { "Days, 30 or more; empty: for ever. The newest of a deployment always stays." } input type="number" name="keep_days" min="30" max="36500" value=(told.keep_days.map(|days| days.to_string()).unwrap_or_default()); }
            }
            p { button.first { "Save" } }
        }
    };
    Ok(whole("Organisation", &visitor, &body).into_response())
}

pub(super) async fn set(State(app): State<Arc<App>>, visitor: Visitor, sent: Sent) -> Answer {
    let scope = visitor.may(Right::People)?;
    let before = app.data.settings(scope).await?;
    let brand = Brand {
        name: sent.get("brand").to_owned(),
        contact: sent.get("contact").to_owned(),
        footer: sent.get("footer").to_owned(),
        accent: sent.filled("accent"),
        logo: before.brand.logo,
    };
    let told = Organisation { name: sent.get("name").to_owned(), brand, keep_days: sent.number("keep_days")? };
    app.data.set(scope, &told).await?;
    Ok(Redirect::to("/organisation").into_response())
}
