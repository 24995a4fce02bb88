//! What the answers mean: what the site says when nothing is there, who stands in front of it, whether it is an Odoo and which.

mod identity;
mod same;

use std::sync::LazyLock;

use regex::Regex;

use crate::collect::NO_ODOO;
use crate::dial::Trouble;
use crate::evidence::{Evidence, Exchange};

use crate::probes::{BASELINE, PROBES};

pub(crate) use identity::is_session;
pub use identity::{SeriesFound, Signal};
use same::similar;

/// Why a rule has no verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unjudged {
    /// It makes no sense for this site.
    NotApplicable(String),
    /// It could not be told: blocked, limited, not asked.
    CouldNotTell(String),
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
static ATTACHMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:src|href)="(/web/(?:image|content)/[!#-;=?-~]{1,300})""#).expect("a pattern"));
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
            return Err(if reason == NO_ODOO {
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
        Err(Unjudged::NotApplicable(NO_ODOO.to_owned()))
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

    /// The token of a form.
    #[must_use]
    pub fn form_token(&self, name: &str) -> Option<String> {
        let exchange = self.raw(name)?;
        TOKEN.captures(&exchange.body).and_then(|found| found.get(1)).map(|token| token.as_str().to_owned())
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
