//! Websocket connections are not upgraded.
//!
//! ## What it does
//!
//! Asks for `/websocket` and reports a proxy that does not pass the Upgrade and Connection headers on.
//!
//! ## Why it matters
//!
//! Notifications and chat stop; people go back to mail and shared accounts.
//!
//! ## Bad
//!
//! ```nginx odoo-17.0
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /websocket { proxy_pass http://127.0.0.1:8072; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx odoo-17.0
//! map $http_upgrade $connection_upgrade { default upgrade; "" close; }
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /websocket {
//!         proxy_http_version 1.1;
//!         proxy_set_header Upgrade $http_upgrade;
//!         proxy_set_header Connection $connection_upgrade;
//!         proxy_pass http://127.0.0.1:8072;
//!     }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `proxy_http_version 1.1`, `Upgrade $http_upgrade` and `Connection $connection_upgrade` in the location.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/754.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-websocket-upgrade", "PRX019", Group::Proxy, Severity::Medium, 754);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    if view.major() < 16 {
        return;
    }
    let Some(mut request) = view.request("GET", "/websocket") else { return };
    request.headers = vec![("upgrade".into(), "websocket".into()), ("connection".into(), "upgrade".into())];
    let answer = view.front.answer(&request);
    let own_location = answer.steps.iter().any(|step| step.text.contains("websocket"));
    if answer.reaches() && own_location && !answer.upgrades {
        out.push(Report::at(view.place(&answer), "the connection for /websocket is not upgraded"));
    }
}
