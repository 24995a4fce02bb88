//! Websocket requests go to the wrong port.
//!
//! ## What it does
//!
//! For servers with workers: asks for `/websocket` (16.0 and newer) or `/longpolling/poll` and reports when the
//! request does not reach the evented port.
//!
//! ## Why it matters
//!
//! Notifications and chat stop, and long requests hold ordinary workers until nobody can log in.
//!
//! ## Bad
//!
//! ```nginx
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 4
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     server_tokens off;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 4
//! ==> /etc/nginx/nginx.conf <==
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /websocket { proxy_pass http://127.0.0.1:8072; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Pass `/websocket` on to the evented port (8072) with the Upgrade headers.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/754.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{evented_location};
use crate::proxy::Outcome;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-websocket-missing", "PRX018", Group::Proxy, Severity::Medium, 754);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let Some(odoo) = view.odoo else { return };
    if odoo.setting("workers").value.number().is_none_or(|workers| workers < 1.0) {
        return;
    }
    let path = if view.major() >= 16 { "/websocket" } else { "/longpolling/poll" };
    let Some(mut request) = view.request("GET", path) else { return };
    request.headers = vec![("upgrade".into(), "websocket".into()), ("connection".into(), "upgrade".into())];
    let answer = view.front.answer(&request);
    let wanted = format!(":{}", odoo.gevent_port());
    let Outcome::Proxy { servers, .. } = &answer.outcome else {
        out.push(Report::at(view.place(&answer), format!("{path} does not reach Odoo: {}", answer.summary())));
        return;
    };
    if !servers.iter().any(|server| server.ends_with(&wanted)) {
        let fix = evented_location(view, &answer, path, odoo.gevent_port());
        out.push(Report::at(view.place(&answer), format!("{path} goes to {}, not to the evented port {}", servers.join(", "), odoo.gevent_port())).fix(fix));
    }
}
