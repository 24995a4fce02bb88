//! What the answers mean: what the site says when nothing is there, who stands in front of it, whether it is an Odoo and which.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use castellan_model::Series;
use regex::Regex;

use crate::dial::Trouble;
use crate::evidence::{Evidence, Exchange};
use crate::probes::{BASELINE, PROBES};

/// Why a rule has no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unjudged {
    /// It makes no sense for this site.
    NotApplicable(String),
    /// It could not be told: blocked, limited, not asked.
    CouldNotTell(String),
}

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

/// Evidence with what it means.
pub struct View<'e> {
    /// The evidence.
    pub evidence: &'e Evidence,
    signals: Vec<Signal>,
    gate: Option<String>,
    catches_all: bool,
}

/// Names of the probes for paths that nobody has.
const RANDOM: [&str; 3] = ["random-root", "random-web", "random-file"];

#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static NOISE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9a-fA-F]{6,}|[0-9]+|[A-Za-z0-9_+/=-]{40,}|\s+").expect("a pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static TITLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?is)<title[^>]*>(.*?)</title>").expect("a pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static ATTACHMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:src|href)="(/web/(?:image|content)/[!#-;=?-~]{1,300})""#).expect("a pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static STATIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:src|href)="/([a-z][a-z0-9_]{1,60})/static/"#).expect("a pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:name="csrf_token"[^>]*value="|csrf_token["']?\s*[:=]\s*["'])([0-9a-zA-Z]{20,})"#)
        .expect("a pattern")
});

impl<'e> View<'e> {
    /// Reads evidence.
    #[must_use]
    pub fn new(evidence: &'e Evidence) -> Self {
        let mut view = Self { evidence, signals: Vec::new(), gate: None, catches_all: false };
        view.signals = view.read_signals();
        view.gate = view.read_gate();
        view.catches_all = view.read_catch_all();
        view
    }

    fn raw(&self, name: &str) -> Option<&'e Exchange> {
        self.evidence.exchanges.get(name)
    }

    /// The answer to a probe.
    ///
    /// # Errors
    ///
    /// Why there is none that counts.
    pub fn exchange(&self, name: &str) -> Result<&'e Exchange, Unjudged> {
        if let Some(reason) = &self.evidence.unreachable {
            return Err(Unjudged::CouldNotTell(format!("the site cannot be reached: {reason}")));
        }
        if let Some(reason) = self.evidence.left_out.get(name) {
            return Err(if reason.starts_with("the site is no Odoo") {
                Unjudged::NotApplicable(reason.clone())
            } else {
                Unjudged::CouldNotTell(reason.clone())
            });
        }
        let Some(exchange) = self.raw(name) else {
            let needed = BASELINE.iter().chain(PROBES).find(|probe| probe.name == name).map(|probe| probe.consent);
            return Err(Unjudged::CouldNotTell(match needed {
                Some(needed) if needed > self.evidence.consent => format!("asked with `--consent {needed:?}` only"),
                _ => "it was not asked for".to_owned(),
            }));
        };
        if exchange.is_limited {
            return Err(Unjudged::CouldNotTell("a limit on requests held the probe back".to_owned()));
        }
        if let Some(error) = &exchange.error {
            return Err(Unjudged::CouldNotTell(error.clone()));
        }
        Ok(exchange)
    }

    /// The answer to a probe when it is a page of its own: `None` when the path is refused, not there, or leads elsewhere.
    ///
    /// # Errors
    ///
    /// Why it cannot be told.
    pub fn served(&self, name: &str) -> Result<Option<&'e Exchange>, Unjudged> {
        let exchange = self.exchange(name)?;
        self.not_gated()?;
        if exchange.status >= 500 && exchange.status != 501 {
            return Err(Unjudged::CouldNotTell(format!("the site answers {}", exchange.status)));
        }
        let is_page = (200..300).contains(&exchange.status) && !self.is_nothing(exchange);
        Ok(is_page.then_some(exchange))
    }

    /// The site lets nobody in, so that nothing can be told of what is behind.
    ///
    /// # Errors
    ///
    /// What stands in front.
    pub fn not_gated(&self) -> Result<(), Unjudged> {
        match &self.gate {
            Some(gate) => Err(Unjudged::CouldNotTell(gate.clone())),
            None => Ok(()),
        }
    }

    /// What stands in front of the whole site, in words.
    #[must_use]
    pub fn gate(&self) -> Option<&str> {
        self.gate.as_deref()
    }

    /// Every path gives the same page.
    #[must_use]
    pub const fn catches_all(&self) -> bool {
        self.catches_all
    }

    /// Reasons to take the site for an Odoo.
    #[must_use]
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// At least two independent signals.
    #[must_use]
    pub fn is_odoo(&self) -> bool {
        self.signals.iter().map(|signal| signal.weight).sum::<u8>() >= 2
    }

    /// Worth further questions: an Odoo, or something that hides what it is.
    #[must_use]
    pub fn may_be_odoo(&self) -> bool {
        !self.signals.is_empty() || self.gate.is_some() || self.catches_all || {
            // A login page under Odoo's path that says something.
            self.raw("login").is_none_or(|login| {
                login.error.is_some()
                    || (login.status < 400 && !self.is_nothing(login))
                    || login.status >= 401 && login.status != 404
            })
        }
    }

    /// The site is an Odoo.
    ///
    /// # Errors
    ///
    /// It is none, or that could not be told.
    pub fn odoo(&self) -> Result<(), Unjudged> {
        if self.is_odoo() {
            return Ok(());
        }
        self.exchange("login")?;
        self.not_gated()?;
        if self.catches_all {
            return Err(Unjudged::CouldNotTell("every path gives the same page".to_owned()));
        }
        Err(Unjudged::NotApplicable("the site is no Odoo".to_owned()))
    }

    /// Whether an answer is what the site says when nothing is there.
    #[must_use]
    pub fn is_nothing(&self, exchange: &Exchange) -> bool {
        matches!(exchange.status, 404 | 410)
            || RANDOM.iter().filter_map(|name| self.raw(name)).any(|nothing| {
                !std::ptr::eq(nothing, exchange) && nothing.error.is_none() && similar(nothing, exchange)
            })
    }

    /// The page that people see: Odoo's log-in where there is one, otherwise what `/` leads to. With the name of its probe.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn page(&self) -> Result<(&'e str, &'e Exchange), Unjudged> {
        if self.is_odoo() && self.raw("login").is_some_and(|login| login.error.is_none() && login.status == 200) {
            return Ok(("login", self.exchange("login")?));
        }
        self.landing()
    }

    /// What `/` leads to on the same host. With the name of its probe.
    ///
    /// # Errors
    ///
    /// Why there is nothing.
    pub fn landing(&self) -> Result<(&'e str, &'e Exchange), Unjudged> {
        let mut last = ("home", self.exchange("home")?);
        for (name, one) in &self.evidence.exchanges {
            // In the order of the hops: there are fewer than ten.
            let is_hop = name.strip_prefix("home-").is_some_and(|hop| hop.parse::<u32>().is_ok());
            if is_hop && one.error.is_none() {
                last = (name, one);
            }
        }
        let own_login = last
            .1
            .target()
            .is_some_and(|to| to.path() == "/web/login" && to.host_str() == Some(self.evidence.host.as_str()));
        if own_login { Ok(self.exchange("login").map_or(last, |login| ("login", login))) } else { Ok(last) }
    }

    /// Nobody listens where a probe went, or a firewall swallows it: that is an answer too.
    #[must_use]
    pub fn is_closed(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|one| {
            let closed = [Trouble::Refused, Trouble::Timeout].map(Trouble::text);
            one.error.as_deref().is_some_and(|reason| closed.contains(&reason))
        })
    }

    /// Whether the log-in page, which came at first, is refused by now.
    #[must_use]
    pub fn answers_otherwise(&self, name: &str) -> bool {
        let came = self.raw("login").is_some_and(|login| login.error.is_none() && login.status < 400);
        let refused = |one: &Exchange| {
            one.error.is_some() || one.is_limited || matches!(one.status, 401 | 403 | 406 | 429) || one.status >= 500
        };
        came && self.raw(name).is_some_and(refused)
    }

    /// Whether a probe was answered with a status.
    #[must_use]
    pub fn has_status(&self, name: &str, status: u16) -> bool {
        self.raw(name).is_some_and(|one| one.error.is_none() && one.status == status)
    }

    /// Whether a probe was answered with a refusal: by status, or as if nothing were there.
    #[must_use]
    pub fn is_refused(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|exchange| {
            exchange.error.is_none()
                && !exchange.is_limited
                && (matches!(exchange.status, 401 | 403 | 404 | 405 | 410 | 444) || self.is_nothing(exchange))
        })
    }

    /// Whether an answer is Odoo's database manager, in any state.
    #[must_use]
    pub fn is_manager(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|exchange| {
            exchange.status == 200
                && !self.is_nothing(exchange)
                && exchange.body.contains("master_pwd")
                && (exchange.body.contains("/web/database/") || exchange.body.contains("database manager"))
        })
    }

    /// The path of a picture of Odoo's storage that a fetched page shows.
    #[must_use]
    pub fn attachment(&self) -> Option<String> {
        let pages = ["login", "home", "home-1"].into_iter().filter_map(|name| self.raw(name));
        pages
            .filter_map(|page| ATTACHMENT.captures(&page.body))
            .find_map(|found| Some(found.get(1)?.as_str().replace("&amp;", "&")))
    }

    /// Whether robots.txt names a map of the site; `None` when it was not answered.
    #[must_use]
    pub fn sitemap_is_named(&self) -> Option<bool> {
        let robots = self.raw("robots").filter(|one| one.error.is_none() && !one.is_limited)?;
        let named =
            robots.status == 200 && robots.body.lines().any(|line| line.trim().to_lowercase().starts_with("sitemap:"));
        Some(named)
    }

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

    /// The token of a form.
    #[must_use]
    pub fn form_token(&self, name: &str) -> Option<String> {
        let exchange = self.raw(name)?;
        TOKEN.captures(&exchange.body).and_then(|found| found.get(1)).map(|token| token.as_str().to_owned())
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

    fn read_signals(&self) -> Vec<Signal> {
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

    fn read_gate(&self) -> Option<String> {
        let home = self.raw("home")?;
        let login = self.raw("login")?;
        let all: Vec<&Exchange> = ["home", "login"].iter().chain(&RANDOM).filter_map(|name| self.raw(name)).collect();
        let every = |test: &dyn Fn(&Exchange) -> bool| all.iter().all(|one| one.error.is_none() && test(one));
        if every(&|one| one.status == 401) {
            return Some("the site asks everybody for a password first (401)".into());
        }
        if every(&|one| one.status == 403) {
            return Some("the site refuses every request (403): a filter or an allow-list stands in front".into());
        }
        if every(&|one| one.status == 429) {
            return Some("the site limits every request (429)".into());
        }
        if every(&|one| one.status >= 500) {
            return Some(format!("the site answers {} to everything: it is down or under maintenance", home.status));
        }
        let elsewhere = |one: &Exchange| {
            let target = one.target()?;
            (target.host_str() != Some(self.evidence.host.as_str()))
                .then(|| target.host_str().unwrap_or_default().to_owned())
        };
        if every(&|one| elsewhere(one).is_some()) {
            return Some(format!("every path leads to {}", elsewhere(login).unwrap_or_default()));
        }
        None
    }

    fn read_catch_all(&self) -> bool {
        let good: Vec<&Exchange> = RANDOM
            .iter()
            .filter_map(|name| self.raw(name))
            .filter(|one| one.error.is_none() && (200..300).contains(&one.status))
            .collect();
        good.len() == RANDOM.len()
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

/// Two answers that are the same but for tokens, dates and what echoes the request.
pub(crate) fn similar(left: &Exchange, right: &Exchange) -> bool {
    if left.status != right.status || left.media_type() != right.media_type() {
        return false;
    }
    if left.location().is_some() || right.location().is_some() {
        return plain_target(left) == plain_target(right);
    }
    let (one, other) = (plain(left), plain(right));
    if one == other {
        return true;
    }
    let title = |exchange: &Exchange| {
        TITLE.captures(&exchange.body).and_then(|found| found.get(1)).map(|title| title.as_str().trim().to_owned())
    };
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    // The same page with other figures in it.
    title(left).is_some()
        && title(left) == title(right)
        && short > 200
        && long - short <= long / 30
        && common_start(&one, &other) * 2 > short
}

fn common_start(left: &str, right: &str) -> usize {
    left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count()
}

/// The body without what differs from one answer to the next.
fn plain(exchange: &Exchange) -> String {
    let path = url::Url::parse(&exchange.url).map(|url| url.path().to_owned()).unwrap_or_default();
    let body = if path.len() > 1 { exchange.body.replace(&path, "") } else { exchange.body.clone() };
    let body: String = body.chars().take(20_000).collect();
    NOISE.replace_all(&body, "").into_owned()
}

/// Where a redirect leads, without what it says of where it came from.
fn plain_target(exchange: &Exchange) -> String {
    let location = exchange.location().unwrap_or_default();
    location.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, body: &str) -> Exchange {
        Exchange {
            url: "https://erp.example.com/x".into(),
            status,
            headers: vec![("content-type".into(), "text/html".into())],
            body: body.into(),
            ..Exchange::default()
        }
    }

    #[test]
    fn the_same_page_with_another_token_is_the_same() {
        let one = page(200, "<title>Log in</title><input value='0123456789abcdef01'> at 12:01");
        let other = page(200, "<title>Log in</title><input value='fedcba98765432aa00'> at 13:59");
        assert!(similar(&one, &other));
        assert!(!similar(&one, &page(404, &one.body)));
        assert!(!similar(&one, &page(200, "<title>Odoo</title> another page altogether")));
    }

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
