//! An address of the internal network is told to everybody.
//!
//! ## What it does
//!
//! Looks for private addresses and `localhost` in headers, redirects and in the canonical link.
//!
//! ## Why it matters
//!
//! It shows what lies behind the proxy; and links in mails that Odoo sends lead nowhere.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! x-backend: 10.0.3.7:8069
//!
//! <form class="oe_login_form"></form>
//! ```
//!
//! ```http
//! > home
//! 303
//! location: http://127.0.0.1:8069/web
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! x-forwarded: 198.51.100.7
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Take the header out at the proxy, set `proxy_mode = True`, and set `web.base.url` to the public address.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("internal-address-told", "HDR025", Group::Headers, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.exchange("home")?;
    if headers::is_private_host(&view.evidence.host) {
        return Err(Unjudged::NotApplicable("the site itself has an internal address".to_owned()));
    }
    let first = view.page().ok().map(|(name, exchange)| (name.to_owned(), exchange));
    let rest = view.evidence.exchanges.iter().map(|(name, exchange)| (name.clone(), exchange));
    for (name, exchange) in first.into_iter().chain(rest) {
        let line = exchange
            .headers
            .iter()
            .find(|(header, value)| header != "set-cookie" && headers::private_address(value).is_some());
        if let Some((header, value)) = line {
            let address = headers::private_address(value).unwrap_or_default();
            return found(
                Report::at(&name, format!("`{header}` tells {address}")).shown_by(format!("{header}: {value}")),
            );
        }
        if let Some(link) = headers::canonical(&exchange.body).and_then(headers::private_address) {
            return found(Report::at(name, format!("the canonical link tells {link}")).shown_by(link));
        }
    }
    FINE
}
