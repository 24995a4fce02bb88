//! What every request has at hand.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::auth::passkey::Passkeys;
use crate::auth::sso::Sso;
use crate::auth::token;
use crate::data::Data;
use crate::metrics::Metrics;
use crate::reach::Reach;
use crate::scope::Scope;
use crate::work::send::{Letter, Post};

/// Requests a minute of one person, token or address, unless it is said.
pub const A_MINUTE: u32 = 600;
/// Requests that try a password, token or code: a minute of one address.
const LOG_INS_A_MINUTE: u32 = 20;

type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// How the server is reached.
#[derive(Debug, Clone)]
pub struct Web {
    /// Its address, as people write it: `https://castellan.example.com`.
    pub url: String,
    /// Browsers reach it through TLS.
    pub secure: bool,
    /// A proxy of ours stands in front: what it says about addresses is believed.
    pub behind_proxy: bool,
    /// Requests a minute of one person, token or address; a third of them at once.
    pub requests_a_minute: u32,
}

impl Default for Web {
    fn default() -> Self {
        Self { url: String::new(), secure: false, behind_proxy: false, requests_a_minute: A_MINUTE }
    }
}

/// The state of the server.
#[derive(Debug)]
pub struct App {
    /// What is kept.
    pub data: Data,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How it is reached.
    pub web: Web,
    /// The way to send e-mail; none: there is none.
    pub post: Option<Post>,
    /// Single sign-on; none: passwords only.
    pub sso: Option<Sso>,
    /// Passkeys; none: the address of the server has no name that they could be bound to.
    pub passkeys: Option<Passkeys>,
    /// How far a check for strangers goes; none: it is not offered.
    pub public_check: Option<Reach>,
    setup: Mutex<Option<Vec<u8>>>,
    requests: Limiter,
    log_ins: Limiter,
}

/// How a limit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Allowed; so many are left.
    Allowed {
        /// Requests that are left for now.
        left: u32,
    },
    /// Refused for so many seconds.
    Refused {
        /// Seconds to wait.
        seconds: i64,
    },
}

fn limiter(a_minute: u32, at_once: u32) -> Limiter {
    let minute = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
    RateLimiter::dashmap_with_clock(Quota::per_minute(minute).allow_burst(burst), DefaultClock::default())
        .with_middleware()
}

fn ask(limiter: &Limiter, key: &str) -> Limit {
    match limiter.check_key(&key.to_owned()) {
        Ok(state) => Limit::Allowed { left: state.remaining_burst_capacity() },
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Limit::Refused { seconds: i64::try_from(wait.as_secs()).unwrap_or(0) + 1 }
        }
    }
}

impl App {
    /// The state of a server.
    #[must_use]
    pub fn new(data: Data, metrics: Arc<Metrics>, web: Web) -> Self {
        Self {
            data,
            metrics,
            setup: Mutex::new(None),
            requests: limiter(web.requests_a_minute, web.requests_a_minute / 3),
            log_ins: limiter(LOG_INS_A_MINUTE, LOG_INS_A_MINUTE),
            passkeys: Passkeys::at(&web.url),
            web,
            post: None,
            sso: None,
            public_check: None,
        }
    }

    /// Sends the link of an invitation to whom it is for. No: this server sends no e-mail.
    ///
    /// # Errors
    ///
    /// What the server of SMTP says: then somebody hands the link on.
    pub async fn mail_invitation(&self, scope: &Scope, to: &str, link: &str) -> Result<bool, String> {
        let Some(post) = &self.post else { return Ok(false) };
        let settings = self.data.settings(scope).await.map_err(|error| error.to_string())?;
        let text = format!(
            "{} invites you to {} on Castellan, which watches over installations of Odoo.\n\n{link}\n\nThe link works once, for seven days. \
             If you do not know what this is about, do nothing.",
            scope.actor().label,
            settings.name
        );
        let subject = format!("An invitation to {}", settings.name);
        post.send(Letter { to: to.to_owned(), from_name: settings.brand.name, subject, text, ..Letter::default() })
            .await?;
        Ok(true)
    }

    /// A token with which the first owner may be made; it is shown on the terminal.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn open_setup(&self) -> Result<String, String> {
        let secret = token::new("")?;
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = Some(token::hash(&secret));
        Ok(secret)
    }

    /// Whether this is the token of the first owner.
    #[must_use]
    pub fn is_setup(&self, secret: &str) -> bool {
        let known = self.setup.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().is_some_and(|known| *known == token::hash(secret.trim()))
    }

    /// The first owner is there.
    pub fn close_setup(&self) {
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether somebody may ask once more.
    #[must_use]
    pub fn may_ask(&self, key: &str) -> Limit {
        ask(&self.requests, key)
    }

    /// Whether an address may try a password once more.
    #[must_use]
    pub fn may_log_in(&self, address: &str) -> Limit {
        ask(&self.log_ins, address)
    }

    /// The most requests at once.
    #[must_use]
    pub const fn most(&self) -> u32 {
        self.web.requests_a_minute / 3
    }

    /// Forgets who did not ask for long.
    pub fn tidy(&self) {
        self.requests.retain_recent();
        self.log_ins.retain_recent();
    }

    /// The name of the session's cookie: with the prefix that ties it to this host, where TLS allows it.
    #[must_use]
    pub const fn cookie(&self) -> &'static str {
        if self.web.secure { "__Host-castellan" } else { "castellan" }
    }

    /// The cookie of a session; an empty one ends it.
    #[must_use]
    pub fn set_cookie(&self, secret: &str) -> String {
        let secure = if self.web.secure { "; Secure" } else { "" };
        let age = if secret.is_empty() { "; Max-Age=0" } else { "; Max-Age=1209600" };
        format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}", self.cookie())
    }
}
