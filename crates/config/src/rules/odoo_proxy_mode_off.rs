//! Odoo does not read the headers of the proxy in front of it.
//!
//! ## What it does
//!
//! Reports `proxy_mode` that is false while a proxy of this host leads to the server.
//!
//! ## Why it matters
//!
//! Odoo sees one client, the proxy: the login cool-down of one visitor locks everybody out or never starts, logs and
//! fail2ban have no addresses, and links are made with http.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! http_port = 8069
//! ==> /etc/nginx/nginx.conf <==
//! server { listen 443 ssl; server_name erp.example.com; location / { proxy_pass http://127.0.0.1:8069; } }
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! proxy_mode = True
//! ==> /etc/nginx/nginx.conf <==
//! server { listen 443 ssl; server_name erp.example.com; location / { proxy_pass http://127.0.0.1:8069; } }
//! ```
//!
//! ## How to fix
//!
//! Set `proxy_mode = True`, after the proxy sets X-Forwarded-Host, -For and -Proto itself.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/348.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-proxy-mode-off", "ODO029", Group::Odoo, Severity::Medium, 348);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("proxy_mode");
    let index = deployment.odoos.iter().position(|other| std::ptr::eq(other, odoo));
    let front = index.and_then(|index| deployment.fronts_of(index).next());
    if let Some((site, front)) = front.filter(|_| !setting.value.truth()) {
        let mut report = Report::at(odoo.place_of(&setting), format!("`proxy_mode` is off while {} stands in front", front.program.name()))
            .fix(set_option(deployment, odoo, "proxy_mode", "True"));
        if let Some(site) = front.sites.get(site.site) {
            report = report.related(site.site, "the proxy leads here");
        }
        out.push(report);
    }
}
