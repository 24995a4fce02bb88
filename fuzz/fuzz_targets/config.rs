//! Every reader of configuration with the rules behind it: the first byte chooses the kind of file.
#![no_main]

use castellan_config::deployment::Options;
use castellan_config::host::Facts;
use castellan_config::host::snapshot::Snapshot;
use castellan_config::scan::{ScanOptions, scan};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 26] = [
    "/etc/odoo/odoo.conf",
    "/etc/nginx/nginx.conf",
    "/etc/apache2/apache2.conf",
    "/etc/caddy/Caddyfile",
    "/etc/caddy/caddy.json",
    "/etc/traefik/traefik.yml",
    "/etc/traefik/dynamic.toml",
    "/etc/haproxy/haproxy.cfg",
    "/etc/postgresql/16/main/pg_hba.conf",
    "/etc/postgresql/16/main/postgresql.conf",
    "/etc/systemd/system/odoo.service",
    "/srv/erp/docker-compose.yml",
    "/srv/erp/Dockerfile",
    "/srv/erp/.env",
    "/etc/ssh/sshd_config",
    "/etc/ufw/user.rules",
    "/etc/nftables.conf",
    "/etc/iptables/rules.v4",
    "/etc/fail2ban/jail.local",
    "/etc/fail2ban/filter.d/odoo.conf",
    "/etc/logrotate.d/odoo",
    "/etc/cron.d/backup",
    "/etc/passwd",
    "/etc/group",
    "/etc/os-release",
    "/etc/docker/daemon.json",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else { return };
    let mut host = Snapshot::new(Facts::default());
    // What makes the other files count.
    host.put("/etc/odoo/odoo.conf", "[options]\nworkers = 2\nlogfile = /var/log/odoo/odoo.log\n", None);
    host.put("/etc/ufw/ufw.conf", "ENABLED=yes\n", None);
    host.put("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n", None);
    host.put("/etc/fail2ban/jail.local", "[odoo]\nenabled = true\nlogpath = /var/log/odoo/odoo.log\n", None);
    host.put("/srv/erp/docker-compose.yml", "services:\n  web:\n    image: odoo:${TAG}\n    build: .\n", None);
    host.put(PATHS[usize::from(*first) % PATHS.len()], text.to_vec(), None);
    let options = ScanOptions { discover: Options::default(), ..ScanOptions::default() };
    let _ = scan(&host, &options);
});
