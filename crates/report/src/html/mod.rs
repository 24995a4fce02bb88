//! One self-contained page: no network, readable without script, printable, in dark and light.

mod charts;
mod findings;
mod overview;
mod summary;

use castellan_model::{AuditReport, calendar};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::present::Presentation;
use crate::score::is_of_a_deployment;
use crate::{instances, sites, versions};

pub use charts::{edges, ring, trend, ways};
pub use findings::{evidence, words};
pub use overview::plan;
pub use summary::summary;
pub(crate) use summary::worst;

/// The looks of a report, which the pages of the server share.
pub const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The audit as a page.
#[must_use]
pub fn html(report: &AuditReport, how: &Presentation) -> String {
    let texts = &how.texts;
    let is_audit = is_of_a_deployment(report);
    let body = html! {
        a.skip href="#findings" { (texts.say("Skip to the findings")) }
        (header(report, how))
        @if is_audit {
            nav aria-label=(texts.say("Contents")) {
                a href="#checklist" { (texts.say("Checklist")) }
                a href="#ways" { (texts.say("Ways in")) }
                @if !report.plan.is_empty() { a href="#plan" { (texts.say("What to do first")) } }
                a href="#frameworks" { (texts.say("Frameworks")) }
                a href="#findings" { (texts.say("Findings")) }
            }
        }
        main {
            @if is_audit { (overview::score(report, how)) }
            (overview::tiles(report, texts))
            @if is_audit {
                (overview::checklist(report, texts))
                (overview::ways(report, texts))
                (overview::plan(report, texts))
                (overview::controls(report, texts))
            }
            (sites::page(report))
            (instances::page(report))
            (versions::page(report))
            (findings::section(report, texts))
        }
        (footer(how))
        script { (PreEscaped(SCRIPT)) }
    };
    page(&title(report, how), how, &body)
}

fn title(report: &AuditReport, how: &Presentation) -> String {
    let name = report.deployment.as_ref().map_or_else(|| report.targets.join(", "), |one| one.name.clone());
    format!("{}: {name}", how.texts.say("Security audit"))
}

/// A whole document around a body.
fn page(title: &str, how: &Presentation, body: &Markup) -> String {
    let colors = format!(
        ":root{{--accent:{};}}@media (prefers-color-scheme:dark){{:root{{--accent:{};}}}}",
        how.theme.accent_text(),
        how.theme.accent_on_dark()
    );
    let page = html! {
        (DOCTYPE)
        html lang=(how.texts.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) (PreEscaped(colors)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

fn header(report: &AuditReport, how: &Presentation) -> Markup {
    let texts = &how.texts;
    html! {
        header {
            @if let Some(logo) = how.theme.logo_url() { img.logo src=(logo) alt=(how.theme.name); } @else { p.brand { (how.theme.name) } }
            h1 { @if let Some(deployment) = &report.deployment { (deployment.name) } @else { (texts.say("Security audit")) } }
            p { (report.targets.join(", ")) }
            p.counts {
                @if report.time > 0 { (calendar::date(report.time)) " · " }
                @if let Some(deployment) = &report.deployment {
                    @if !deployment.environment.is_empty() { (deployment.environment) " · " }
                    @if !deployment.owner.is_empty() { (texts.say("Owner")) " " (deployment.owner) " · " }
                    @for tag in &deployment.tags { span.tag { (tag) } " · " }
                }
                @if !report.modules.is_empty() || (report.sources.is_empty() && report.sites.is_empty() && report.instances.is_empty()) {
                    (report.modules.len()) " " (texts.say("modules")) ", "
                }
                @if report.files > 0 { (report.files) " " (texts.say("files")) ", " (report.lines) " " (texts.say("lines")) ", " }
                (report.rules) " " (texts.say("rules")) ", Castellan " (report.castellan)
            }
            @if texts.language() != "en" { p.meta { (texts.say("Findings are told in English.")) } }
        }
    }
}

fn footer(how: &Presentation) -> Markup {
    html! {
        @if !how.theme.footer.is_empty() || !how.theme.contact.is_empty() {
            footer {
                @if !how.theme.footer.is_empty() { p { (how.theme.footer) } }
                @if !how.theme.contact.is_empty() { p { (how.texts.say("Contact")) ": " (how.theme.contact) } }
            }
        }
    }
}
