//! A folder that holds more than web files is served.
//!
//! ## What it does
//!
//! Reports `root` and `alias` of `/`, `/etc`, `/home`, `/root`, `/var`, `/opt`, `/srv` and the like, of Odoo's data
//! directory and of folders that hold `odoo.conf`, unless the location is `internal`.
//!
//! ## Why it matters
//!
//! Configuration with passwords, attachments, sessions and backups are downloads.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /f/ { alias /var/lib/odoo/; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /web/filestore { alias /var/lib/odoo/filestore; }
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
//!     location /web/filestore { internal; alias /var/lib/odoo/filestore; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Serve a folder of its own; mark the filestore location `internal`.
//!
//! ## Limits
//!
//! A root of a server whose every location passes requests on is reported too: one location less and the folder is
//! open.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/552.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-root-exposed", "NGX009", Group::Proxy, Severity::High, 552);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    const NEVER: [&str; 12] = ["/", "/etc", "/home", "/root", "/var", "/opt", "/srv", "/usr", "/var/lib", "/mnt", "/tmp", "/var/backups"];
    let data: Vec<String> = deployment.odoos.iter().map(|odoo| odoo.setting("data_dir").value.text()).filter(|path| path.starts_with('/')).collect();
    let confs: Vec<String> = deployment
        .odoos
        .iter()
        .filter_map(|odoo| odoo.conf.as_ref())
        .filter_map(|(id, _)| deployment.file(*id)?.path.rsplit_once('/').map(|(folder, _)| folder.to_owned()))
        .collect();
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let internal = scope.iter().any(|outer| outer.named("internal").next().is_some());
        for directive in block.children().iter().filter(|child| matches!(child.name.text.as_str(), "root" | "alias")) {
            let path = directive.argument(0).trim_end_matches('/');
            let path = if path.is_empty() { "/" } else { path };
            // What answers everything itself serves nothing.
            let silent = block.named("return").next().is_some() || block.named("proxy_pass").next().is_some();
            if internal || silent || path.contains('$') {
                continue;
            }
            let inside = |folder: &str| path == folder || path.starts_with(&format!("{folder}/")) || folder.starts_with(&format!("{path}/"));
            let is_static = path.ends_with("/static") || path.contains("/static/");
            let what = if NEVER.contains(&path) {
                "a folder of the system"
            } else if data.iter().any(|folder| inside(folder)) || path.starts_with("/var/lib/odoo") || path.contains("/filestore") {
                "Odoo's data directory"
            } else if confs.iter().any(|folder| path == folder || folder.starts_with(&format!("{path}/"))) && !is_static {
                "the folder of odoo.conf"
            } else {
                continue;
            };
            out.push(Report::at(directive.site, format!("{path}, {what}, is served")));
        }
    });
}
