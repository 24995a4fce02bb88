//! Whether a site is an Odoo, of which series and edition, with which modules: by several signals of different weight.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use castellan_model::Series;
use regex::Regex;

use super::View;
use crate::evidence::Exchange;

/// One reason to take a site for an Odoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// What was seen.
    pub what: &'static str,
    /// How much it says: two points make an Odoo.
    pub weight: u8,
}

/// A series with where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesFound {
    /// The series.
    pub series: Series,
    /// How it was told.
    pub from: &'static str,
    /// Exactly this one, or one of its neighbours.
    pub is_exact: bool,
}

#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static STATIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:src|href)="/([a-z][a-z0-9_]{1,60})/static/"#).expect("a pattern"));
impl View<'_> {
    /// Modules whose static files a fetched page loads.
    #[must_use]
    pub fn modules_of_pages(&self) -> BTreeSet<String> {
        let pages =
            ["login", "home", "home-1"].into_iter().filter_map(|name| self.raw(name)).filter(|_| self.is_odoo());
        pages
            .flat_map(|page| STATIC.captures_iter(&page.body))
            .filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
            .collect()
    }

    /// Technical names of the installed modules, where the site tells them.
    #[must_use]
    pub fn modules(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for name in ["translations", "translations-old"] {
            let Some(exchange) = self.raw(name).filter(|exchange| exchange.status == 200) else { continue };
            if let Some(modules) = exchange.json().as_ref().and_then(|json| json.get("modules")?.as_object().cloned()) {
                names.extend(modules.into_iter().map(|(name, _)| name));
            } else if exchange.is_cut && exchange.body.contains("\"modules\"") {
                // Cut in the middle: names stand before `{"messages"`.
                names.extend(cut_names(&exchange.body));
            }
        }
        names
    }

    /// The series, by the best source.
    #[must_use]
    pub fn series(&self) -> Option<SeriesFound> {
        let exact = |text: &str, from| text.parse().ok().map(|series| SeriesFound { series, from, is_exact: true });
        if let Some(json) = self.raw("version").filter(|one| one.status == 200).and_then(Exchange::json)
            && let Some(found) =
                json.get("version").and_then(|version| exact(&main_version(version.as_str()?), "/web/version"))
        {
            return Some(found);
        }
        for (name, from) in [("post-version", "/web/webclient/version_info"), ("post-jsonrpc", "/jsonrpc")] {
            let json = self.raw(name).filter(|one| one.status == 200).and_then(Exchange::json);
            let version = json.as_ref().and_then(|json| json.get("result")?.get("server_serie")?.as_str());
            if let Some(found) = version.and_then(|version| exact(version, from)) {
                return Some(found);
            }
        }
        if let Some(body) = self.raw("post-xmlrpc").filter(|one| one.status == 200).map(|one| &one.body)
            && let Some((_, after)) = body.split_once("server_serie")
            && let Some(found) = after
                .split(['<', '>'])
                .find(|text| text.parse::<Series>().is_ok())
                .and_then(|text| exact(text, "/xmlrpc/2/common"))
        {
            return Some(found);
        }
        if let Some(body) = self.raw("website-info").filter(|one| one.status == 200).map(|one| &one.body)
            && let Some((_, after)) = body.split_once("Version ")
            && let Some(found) = exact(&main_version(after), "/website/info")
        {
            return Some(found);
        }
        self.series_by_shape()
    }

    /// `Enterprise` or `Community`, where the site tells it.
    #[must_use]
    pub fn edition(&self) -> Option<&'static str> {
        let info = self.raw("version").filter(|one| one.status == 200).and_then(Exchange::json);
        let told = info.as_ref().and_then(|json| {
            let last = json.get("version_info")?.as_array()?.last()?.as_str()?;
            Some(if last == "e" { "Enterprise" } else { "Community" })
        });
        let modules = self.modules();
        let enterprise = modules.contains("web_enterprise")
            || self.raw("login").is_some_and(|one| one.body.contains("/web_enterprise/"));
        if enterprise {
            return Some("Enterprise");
        }
        told.or_else(|| (!modules.is_empty()).then_some("Community"))
    }

    /// The series by what pages look like: each of these came or went with a series.
    fn series_by_shape(&self) -> Option<SeriesFound> {
        let login = &self.raw("login").filter(|one| one.status == 200)?.body;
        let near = |text: &str| {
            text.parse().ok().map(|series| SeriesFound { series, from: "the shape of the login page", is_exact: false })
        };
        if let Some((_, after)) = login.split_once("websocket_worker_version") {
            // `"websocket_worker_version": "17.0-3"`.
            let version: String = after
                .chars()
                .skip_while(|char| !char.is_ascii_digit())
                .take_while(|char| char.is_ascii_digit() || *char == '.')
                .collect();
            if let Ok(series) = main_version(&version).parse() {
                return Some(SeriesFound { series, from: "the worker version on the login page", is_exact: true });
            }
        }
        if !self.is_odoo() {
            return None;
        }
        let has = |text: &str| login.contains(text);
        if has("/web/assets/1/") || (has("/web/assets/") && has("__session_info__") && has("data-captcha")) {
            near("19.0")
        } else if has("/web/assets/") && has("__session_info__") {
            near("17.0")
        } else if has("/web/assets/") {
            near("15.0")
        } else if has("/web/content/") && has("session_info") {
            near("14.0")
        } else {
            None
        }
    }

    pub(super) fn read_signals(&self) -> Vec<Signal> {
        let mut out = Vec::new();
        let mut add = |holds: bool, what, weight| {
            if holds {
                out.push(Signal { what, weight });
            }
        };
        let random = self.raw("random-web");
        // What stands on the page of a path that nobody has says nothing of what is behind.
        let own = |text: &str| self.raw("login").is_some_and(|login| login.body.contains(text) && login.status < 400);
        add(own("oe_login_form"), "Odoo's login form", 1);
        add(own("__session_info__") || (own("session_info") && own("odoo.")), "Odoo's session info", 2);
        add(own("/web/assets/") || own("/web/content/") && own("web.assets_"), "Odoo's bundles of assets", 1);
        add(own("content=\"Odoo\""), "the generator tag", 1);
        let cookie = self.evidence.exchanges.values().flat_map(|exchange| exchange.all("set-cookie")).any(is_session);
        add(cookie, "Odoo's session cookie", 1);
        let version =
            self.raw("version").and_then(Exchange::json).is_some_and(|json| json.get("version_info").is_some());
        add(version, "/web/version", 2);
        add(self.is_manager("manager") || self.is_manager("selector"), "the database manager", 2);
        let method = |name: &str| {
            self.raw(name)
                .is_some_and(|one| one.status == 405 && one.header("allow").is_some_and(|allow| allow.contains("POST")))
        };
        add(method("xmlrpc") && random.is_none_or(|one| one.status != 405), "XML-RPC that wants POST", 1);
        let translations =
            self.raw("translations").and_then(Exchange::json).is_some_and(|json| json.get("lang_parameters").is_some());
        add(translations, "Odoo's translations", 2);
        out
    }
}

/// Whether a cookie is Odoo's session: 40 hexadecimal characters, or 84 of base 64 from 18.0.
pub(crate) fn is_session(cookie: &str) -> bool {
    cookie.strip_prefix("session_id=").is_some_and(|rest| {
        let value = rest.split(';').next().unwrap_or_default();
        let plain = value.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'));
        plain && matches!(value.len(), 40 | 84)
    })
}

/// `17.0` of `17.0-20250101`, `saas~17.2+e`, `17.0 Community`.
fn main_version(text: &str) -> String {
    let digits: String = text
        .trim_start_matches(|char: char| !char.is_ascii_digit())
        .chars()
        .take_while(|char| char.is_ascii_digit() || *char == '.')
        .collect();
    let mut parts = digits.split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) if !minor.is_empty() => format!("{major}.{minor}"),
        (Some(major), _) => format!("{major}.0"),
        _ => digits,
    }
}

/// Names of modules in a list that was cut.
fn cut_names(body: &str) -> Vec<String> {
    body.match_indices("{\"messages\"")
        .filter_map(|(at, _)| {
            let before = body.get(..at)?.trim_end().strip_suffix(':')?.trim_end().strip_suffix('"')?;
            let name = before.rsplit('"').next()?;
            let good = !name.is_empty()
                && name.len() < 100
                && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_');
            good.then(|| name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_names() {
        for (text, expected) in
            [("17.0-20250101", "17.0"), ("saas~17.2+e", "17.2"), ("19.0", "19.0"), ("Version 14.0</small>", "14.0")]
        {
            assert_eq!(main_version(text), expected);
        }
        assert_eq!(cut_names(r#"{"modules": {"base": {"messages": []}, "sale_x": {"messages": ["#), ["base", "sale_x"]);
        assert!(is_session("session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; HttpOnly"));
        assert!(!is_session("session_id=abc"));
    }
}
