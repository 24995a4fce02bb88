//! The size of requests is not limited, or too small for uploads.
//!
//! ## What it does
//!
//! Reports a site whose largest body is unlimited or above one gibibyte (low), and one below ten mebibytes, such as
//! nginx's default of one, where attachments fail (info).
//!
//! ## Why it matters
//!
//! Large uploads fill memory and disk of the server before Odoo looks at them.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     client_max_body_size 0;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     client_max_body_size 128m;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set `client_max_body_size 128m`, the limit that Odoo 19.0 has itself.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::proxy::Program;
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-body-size", "PRX023", Group::Proxy, Severity::Low, 770);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("POST", "/web/binary/upload_attachment");
    let Some(limit) = answer.body_limit.filter(|_| answer.reaches()) else { return };
    let place = view.place(&answer);
    if limit == 0 || limit > 1024 * 1024 * 1024 {
        let shown = if limit == 0 { "any size".to_owned() } else { format!("{} MiB", limit / 1024 / 1024) };
        let fix = super::helpers::server_setting(view, "client_max_body_size", "128m");
        let report = Report::at(place, format!("{} takes requests of {shown}", view.name())).fix(fix);
        // Caddy, Traefik and HAProxy have no limit unless told.
        out.push(if view.front.program == Program::Nginx || view.front.program == Program::Apache { report } else { report.severity(Severity::Info) });
    } else if limit < 10 * 1024 * 1024 {
        out.push(Report::at(place, format!("{} takes requests up to {} MiB only: attachments fail", view.name(), limit / 1024 / 1024)).severity(Severity::Info));
    }
}
