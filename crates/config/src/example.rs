//! The host that an example of a rule's page describes.

use castellan_model::Example;

use crate::deployment::Options;
use crate::host::snapshot::Snapshot;
use crate::host::{Attributes, Facts, Kind};
use crate::scan::ScanOptions;

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\npostgres:x:26:26::/var/lib/postgresql:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nodoo:x:1000:1000::/var/lib/odoo:/usr/sbin/nologin\n";
const GROUP: &str = "root:x:0:\npostgres:x:26:\nwww-data:x:33:\nodoo:x:1000:\n";

/// The host of an example and how to scan it. A block may hold several files: `==> /path <==`, with mode and owner as in
/// `==> /path 0644 odoo odoo <==`; a path that ends with `/` is a folder; `==> facts <==` holds processes and sockets as JSON.
#[must_use]
pub fn host(example: &Example) -> (Snapshot, ScanOptions) {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in example.text.lines() {
        if let Some(header) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
            files.push((header.to_owned(), String::new()));
            continue;
        }
        if files.is_empty() {
            files.push((default_path(&example.language).to_owned(), String::new()));
        }
        if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    let facts = files.iter().find(|(header, _)| header == "facts");
    let facts: Facts = facts.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut snapshot = Snapshot::new(facts);
    snapshot.put("/etc/passwd", PASSWD, None);
    snapshot.put("/etc/group", GROUP, None);
    for (header, text) in files.iter().filter(|(header, _)| header != "facts") {
        let words: Vec<&str> = header.split_whitespace().collect();
        let path = words.first().copied().unwrap_or_default();
        let id = |name: &str| match name {
            "postgres" => 26,
            "www-data" => 33,
            "odoo" => 1000,
            other => other.parse().unwrap_or(0),
        };
        let folder = path.ends_with('/');
        let attributes = match words.as_slice() {
            [_, mode, owner, group] => Some(Attributes {
                kind: if folder { Kind::Folder } else { Kind::File },
                mode: u32::from_str_radix(mode, 8).unwrap_or(0o644),
                uid: id(owner),
                gid: id(group),
                size: text.len() as u64,
                modified: 0,
            }),
            _ => None,
        };
        if folder {
            let path = path.trim_end_matches('/');
            snapshot.put(&format!("{path}/.keep"), "", None);
            if let Some(attributes) = attributes {
                snapshot.put_attributes(path, attributes);
            }
        } else {
            snapshot.put(path, text.clone(), attributes);
        }
    }
    let discover = Options { files: Vec::new(), series: example.series, ..Options::default() };
    (snapshot, ScanOptions { discover, ..ScanOptions::default() })
}

fn default_path(language: &str) -> &'static str {
    match language {
        "nginx" => "/etc/nginx/nginx.conf",
        "apache" => "/etc/apache2/apache2.conf",
        "caddyfile" => "/etc/caddy/Caddyfile",
        "haproxy" => "/etc/haproxy/haproxy.cfg",
        "yaml" => "/srv/erp/docker-compose.yml",
        "pg_hba" => "/etc/postgresql/16/main/pg_hba.conf",
        "postgresql" => "/etc/postgresql/16/main/postgresql.conf",
        "systemd" => "/etc/systemd/system/odoo.service",
        "sshd" => "/etc/ssh/sshd_config",
        "dockerfile" => "/srv/erp/Dockerfile",
        _ => "/etc/odoo/odoo.conf",
    }
}
