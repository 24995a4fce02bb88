//! What every page shares.

use axum::http::StatusCode;
use castellan_model::calendar;
use maud::{DOCTYPE, Markup, html};

use super::forms::Visitor;
use crate::api::problem::Problem;
use crate::clock::now;
use crate::scope::Right;

/// A whole document.
fn document(title: &str, header: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Castellan" }
                link rel="stylesheet" href="/assets/style.css";
                link rel="icon" href="data:,";
                script defer src="/assets/app.js" {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (header)
                main id="main" { (body) }
            }
        }
    }
}

/// A page for somebody who is logged in.
pub(super) fn page(title: &str, visitor: &Visitor, body: &Markup) -> Markup {
    let mut links = vec![("/", "Portfolio"), ("/findings", "Findings"), ("/scans", "Scans"), ("/alerts", "Alerts")];
    if visitor.scope.may(Right::People) {
        links.push(("/people", "People"));
        links.push(("/log", "Log"));
    }
    links.push(("/me", "Account"));
    let is_here = |to: &str| {
        if to == "/" {
            visitor.path == "/" || visitor.path.starts_with("/deployments")
        } else {
            visitor.path.starts_with(to) || (to == "/people" && visitor.path.starts_with("/organisation"))
        }
    };
    let header = html! {
        header {
            p.brand { a href="/" { "Castellan" } }
            nav aria-label="Pages" {
                @for (to, name) in links { a href=(to) aria-current=[is_here(to).then_some("page")] { (name) } }
            }
            span.quiet { (visitor.organisation) }
            form method="post" action="/logout" { (csrf(visitor)) button.plain { "Log out" } }
        }
    };
    document(title, &header, body)
}

/// A page for somebody who is not.
pub(super) fn door(title: &str, body: &Markup) -> Markup {
    let header = html! { header { p.brand { a href="/" { "Castellan" } } } };
    document(title, &header, &html! { div.narrow { h1 { (title) } (body) } })
}

/// What went wrong, and where to go on.
pub(super) fn oops(problem: &Problem, back: &str) -> (StatusCode, Markup) {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = html! {
        div."card oops" role="alert" { p { (problem.detail) } }
        p.more { a href=(back) { "Go to the start" } }
        @if problem.status != 404 { p.quiet { "What you typed is still there when you go back in the browser." } }
    };
    (status, door(&problem.title, &body))
}

/// The hidden field without which no form is taken.
pub(super) fn csrf(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="csrf" value=(visitor.session.csrf); }
}

/// A moment, with how long ago it is.
pub(super) fn when(time: i64) -> Markup {
    html! { time datetime=(calendar::moment(time)) title=(calendar::moment(time)) { (ago(time)) } }
}

/// How long ago, or in how long.
fn ago(time: i64) -> String {
    let gone = now() - time;
    let (amount, future) = (gone.abs(), gone < 0);
    let text = match amount {
        0..60 => return "now".to_owned(),
        60..3600 => format!("{} min", amount / 60),
        3600..86_400 => format!("{} h", amount / 3600),
        86_400..5_184_000 => format!("{} d", amount / 86_400),
        _ => return calendar::date(time),
    };
    if future { format!("in {text}") } else { format!("{text} ago") }
}

/// The letter of a grade.
pub(super) fn grade(letter: &str) -> Markup {
    html! { span class={ "grade " (letter) } { (letter) } }
}

/// Scores of the newest audits as a line.
pub(super) fn spark(points: &[i64]) -> Markup {
    let step = 100.0 / points.len().saturating_sub(1).max(1) as f64;
    let place = |at: usize, value: i64| (5.0 + step * at as f64, 24.0 - value.clamp(0, 100) as f64 * 0.2);
    let path: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let (x, y) = place(at, *value);
            format!("{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' })
        })
        .collect();
    let title = match (points.first(), points.last()) {
        (Some(first), Some(last)) if points.len() > 1 => format!("from {first} to {last} in {} audits", points.len()),
        _ => "no trend yet".to_owned(),
    };
    html! {
        svg.spark viewBox="0 0 110 28" role="img" aria-label=(title) {
            title { (title) }
            @if points.len() > 1 { path d=(path.join(" ")) {} }
            @if let Some(last) = points.last() {
                @let (x, y) = place(points.len() - 1, *last);
                circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.5" {}
            }
        }
    }
}

/// A link to what follows, with the same filters.
pub(super) fn more(path: &str, filters: &[(&str, String)], next: Option<&String>) -> Markup {
    html! {
        @if let Some(next) = next {
            p.more { a.button href=(link(path, filters, &[("cursor", next.clone())])) { "More" } }
        }
    }
}

/// A path with what stands behind the question mark; what is empty is left out.
pub(super) fn link(path: &str, filters: &[(&str, String)], more: &[(&str, String)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in filters.iter().chain(more).filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A choice.
pub(super) fn choice(name: &str, label: &str, chosen: &str, options: &[(String, String)]) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// A field of one line.
pub(super) fn field(name: &str, label: &str, value: &str, hint: &str) -> Markup {
    html! {
        label {
            span { (label) }
            input name=(name) value=(value) placeholder=[Some(hint).filter(|hint| !hint.is_empty())];
        }
    }
}
