//! What several rules need: changes of `odoo.conf`, places of options, questions about addresses.

use castellan_model::{Change, Fix};

use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::deployment::odoo::OdooServer;
use crate::deployment::units::Unit;
use crate::odoo::effective::{Origin, Setting};
use crate::proxy::nginx::nearest;
use crate::proxy::{Answer, Program};
use crate::read::pg_hba::{AddressKind, Record};
use crate::read::{Directive, ini};
use crate::rule::SiteView;
use crate::source::{Site, Word};

const RESTART: &str = "Odoo reads its configuration when it starts: restart it afterwards.";

/// The change that sets an option in the server's file. `None` when another source decides.
pub(super) fn set_option(deployment: &Deployment, odoo: &OdooServer, name: &str, value: &str) -> Option<Fix> {
    let setting = odoo.setting(name);
    if !matches!(setting.origin, Origin::File | Origin::Default) {
        return None;
    }
    let change = option_change(deployment, odoo, name, &setting, value)?;
    Some(Fix {
        title: format!("set `{name} = {value}`"),
        changes: vec![change],
        note: Some(RESTART.into()),
        reverts_unless_confirmed: false,
    })
}

fn option_change(
    deployment: &Deployment,
    odoo: &OdooServer,
    name: &str,
    setting: &Setting,
    value: &str,
) -> Option<Change> {
    let (id, parsed) = odoo.conf.as_ref()?;
    let file = deployment.file(*id)?;
    let path = file.path.clone();
    if let Some(site) = setting.site {
        let (start, end) = (site.range.start, site.range.end);
        // `key =` has an empty value directly behind the sign.
        let text = if start == end && file.text.get(..start as usize).is_some_and(|before| before.ends_with('=')) {
            format!(" {value}")
        } else {
            value.to_owned()
        };
        return Some(Change::Replace { path, start, end, text });
    }
    // A name of the file that has no effect in this series is left alone.
    let section = parsed.section("options")?;
    let at = ini::insertion(&file.text, section).start;
    let lead = if file.text.ends_with('\n') || (at as usize) < file.text.len() { "" } else { "\n" };
    Some(Change::Replace { path, start: at, end: at, text: format!("{lead}{name} = {value}\n") })
}

/// The change that removes an entry with its line end.
pub(super) fn remove_lines(deployment: &Deployment, site: Site, title: &str) -> Option<Fix> {
    let file = deployment.file(site.file)?;
    let text = &file.text;
    let start = text.get(..site.range.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(site.range.end as usize..)?.find('\n').map_or(text.len(), |at| site.range.end as usize + at + 1);
    let changes = vec![Change::Replace {
        path: file.path.clone(),
        start: u32::try_from(start).ok()?,
        end: u32::try_from(end).ok()?,
        text: String::new(),
    }];
    Some(Fix { title: title.to_owned(), changes, note: None, reverts_unless_confirmed: false })
}

/// The change that replaces the text of a place.
pub(super) fn replace(deployment: &Deployment, site: Site, text: &str, title: &str, note: Option<&str>) -> Option<Fix> {
    let file = deployment.file(site.file)?;
    let changes = vec![Change::Replace {
        path: file.path.clone(),
        start: site.range.start,
        end: site.range.end,
        text: text.to_owned(),
    }];
    Some(Fix { title: title.to_owned(), changes, note: note.map(str::to_owned), reverts_unless_confirmed: false })
}

/// The change that puts lines in front of a place, indented as its line is.
pub(super) fn insert_before(
    deployment: &Deployment,
    site: Site,
    lines: &[&str],
    title: &str,
    note: Option<&str>,
) -> Option<Fix> {
    let file = deployment.file(site.file)?;
    let start = file.text.get(..site.range.start as usize)?.rfind('\n').map_or(0, |at| at + 1);
    let indent = file.text.get(start..site.range.start as usize).filter(|text| text.trim().is_empty());
    let at = u32::try_from(if indent.is_some() { start } else { site.range.start as usize }).ok()?;
    let text: String = match indent {
        Some(indent) => lines.iter().map(|line| format!("{indent}{line}\n")).collect(),
        None => format!("{} ", lines.join(" ")),
    };
    let changes = vec![Change::Replace { path: file.path.clone(), start: at, end: at, text }];
    Some(Fix { title: title.to_owned(), changes, note: note.map(str::to_owned), reverts_unless_confirmed: false })
}

/// The change of permission bits.
pub(super) fn set_mode(path: &str, mode: u32) -> Option<Fix> {
    Some(Fix {
        title: format!("set mode {mode:04o}"),
        changes: vec![Change::Mode { path: path.to_owned(), mode }],
        note: None,
        reverts_unless_confirmed: false,
    })
}

/// RPC paths that a series has.
pub(super) fn rpc_paths(major: u8) -> Vec<&'static str> {
    let mut paths = vec!["/xmlrpc/common", "/xmlrpc/2/common", "/xmlrpc/2/object", "/xmlrpc/2/db", "/jsonrpc"];
    if major >= 18 {
        paths.push("/json/1/res.partner");
    }
    if major >= 19 {
        paths.push("/json/2/res.partner/search");
    }
    paths
}

/// Visits every block below the `http` block of nginx with the blocks around it.
pub(super) fn each_block<'n>(http: &'n Directive, visit: &mut dyn FnMut(&[&'n Directive])) {
    fn go<'n>(scope: &mut Vec<&'n Directive>, visit: &mut dyn FnMut(&[&'n Directive])) {
        visit(scope);
        let Some(block) = scope.last().copied() else { return };
        for child in block.children().iter().filter(|child| child.block.is_some()) {
            if !matches!(child.name.text.as_str(), "map" | "geo" | "upstream" | "types" | "split_clients") {
                scope.push(child);
                go(scope, visit);
                scope.pop();
            }
        }
    }
    go(&mut vec![http], visit);
}

/// nginx: the first location of the site, in front of which lines of the server can go; without one the last directive.
pub(super) fn server_insertion(view: &SiteView<'_>) -> Option<Site> {
    let server = view.front.nginx()?.server_blocks().find(|server| server.site == view.site.site)?;
    let here = |child: &&Directive| child.site.file == server.site.file;
    let location = server.children().iter().filter(here).find(|child| child.name.text == "location");
    location.or_else(|| server.children().iter().rfind(|child| here(child))).map(|child| child.site)
}

/// Refuses paths that match an expression. nginx and Caddy only; for others the page tells the way.
pub(super) fn block_fix(view: &SiteView<'_>, expression: &str, title: &str) -> Option<Fix> {
    match view.front.program {
        Program::Nginx => {
            let at = server_insertion(view)?;
            let line = format!("location ~ {expression} {{ return 403; }}");
            insert_before(view.deployment, at, &[&line], title, None)
        }
        Program::Caddy => {
            let file = view.deployment.file(view.site.site.file)?;
            let brace =
                file.text.get(view.site.site.range.end as usize..)?.find('{')? + view.site.site.range.end as usize;
            let at = file.text.get(brace..)?.find('\n')? + brace + 1;
            let name: String = title.chars().filter(char::is_ascii_alphabetic).collect();
            // A `handle` comes before every other directive that answers, wherever it stands.
            let text = format!("\t@{name} path_regexp {expression}\n\thandle @{name} {{\n\t\trespond 403\n\t}}\n");
            let at = u32::try_from(at).ok()?;
            let changes = vec![Change::Replace { path: file.path.clone(), start: at, end: at, text }];
            Some(Fix { title: title.to_owned(), changes, note: None, reverts_unless_confirmed: false })
        }
        _ => None,
    }
}

/// nginx: the location that a request met.
fn met_location<'v>(view: &'v SiteView<'_>, answer: &Answer) -> Option<&'v Directive> {
    let sites: Vec<Site> =
        answer.steps.iter().filter(|step| step.text.starts_with("location")).filter_map(|step| step.site).collect();
    let mut found = None;
    each_block(&view.front.nginx()?.http, &mut |scope| {
        if let Some(block) =
            scope.last().filter(|block| block.name.text == "location" && Some(&block.site) == sites.last())
        {
            found = Some(*block);
        }
    });
    found
}

/// What stands inside a location, on one line; `None` when it holds blocks.
fn inner_text(deployment: &Deployment, location: &Directive) -> Option<String> {
    if location.children().iter().any(|child| child.block.is_some()) {
        return None;
    }
    let text = deployment.slice(location.whole);
    let inner = text.split_once('{')?.1.rsplit_once('}')?.0;
    let lines: Vec<&str> =
        inner.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    Some(lines.join(" "))
}

/// nginx: a location for an expression that does what the one that was met does, with a limit on requests by address.
pub(super) fn limited_location(
    view: &SiteView<'_>,
    answer: &Answer,
    expression: &str,
    zone: &str,
    rate: &str,
    burst: u32,
) -> Option<Fix> {
    let location = met_location(view, answer)?;
    let inner = inner_text(view.deployment, location)?;
    // A location by expression takes no URI behind its upstream.
    let pass = location.named("proxy_pass").last()?.argument(0);
    if pass.split_once("://").is_none_or(|(_, rest)| rest.contains('/') || rest.contains('$')) {
        return None;
    }
    let title = format!("limit requests to {rate} for each address");
    let line = format!("location ~ {expression} {{ limit_req zone={zone} burst={burst} nodelay; {inner} }}");
    let place = insert_before(view.deployment, server_insertion(view)?, &[&line], &title, None)?;
    let known = view
        .front
        .nginx()?
        .http
        .named("limit_req_zone")
        .any(|zones| zones.arguments.iter().any(|word| word.text.starts_with(&format!("zone={zone}:"))));
    let mut changes = place.changes;
    if !known {
        let zone_line = format!("limit_req_zone $binary_remote_addr zone={zone}:10m rate={rate};");
        let first = view.front.nginx()?.server_blocks().find(|server| server.site.file == view.site.site.file)?;
        changes.extend(insert_before(view.deployment, first.site, &[&zone_line], "", None)?.changes);
    }
    Some(Fix { changes, ..place })
}

/// nginx: a server in front of the site that refuses names that no site has.
pub(super) fn default_server(view: &SiteView<'_>) -> Option<Fix> {
    let nginx = view.front.nginx()?;
    let server = nginx.server_blocks().find(|server| server.site == view.site.site)?;
    if server.named("listen").any(|listen| listen.arguments.iter().any(|word| word.text == "default_server")) {
        return None;
    }
    let scope = [&nginx.http, server];
    let mut lines: Vec<String> = server
        .named("listen")
        .map(|listen| {
            let tls = if listen.arguments.iter().any(|word| word.text == "ssl") { " ssl" } else { "" };
            format!("    listen {}{tls} default_server;", listen.argument(0))
        })
        .collect();
    lines.insert(0, "server {".into());
    lines.push("    server_name _;".into());
    if view.has_tls() {
        for name in ["ssl_certificate", "ssl_certificate_key"] {
            lines.push(format!("    {name} {};", nearest(&scope, name)?.argument(0)));
        }
    }
    lines.push("    return 444;".into());
    lines.push("}".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insert_before(view.deployment, server.site, &lines, "refuse names that no site has", None)
}

/// nginx: leads the websocket path to the evented port.
pub(super) fn evented_location(view: &SiteView<'_>, answer: &Answer, path: &str, port: u16) -> Option<Fix> {
    let location = met_location(view, answer)?;
    let title = format!("lead {path} to the evented port");
    let own =
        location.arguments.iter().any(|word| word.text.contains("websocket") || word.text.contains("longpolling"));
    if own {
        let target = location.named("proxy_pass").last()?.arguments.first()?;
        return replace(view.deployment, target.site, &format!("http://127.0.0.1:{port}"), &title, None);
    }
    let prefix = if path == "/longpolling/poll" { "/longpolling" } else { path };
    let lines = [
        format!("location {prefix} {{"),
        "    proxy_http_version 1.1;".into(),
        "    proxy_set_header Upgrade $http_upgrade;".into(),
        "    proxy_set_header Connection \"upgrade\";".into(),
        "    proxy_set_header Host $host;".into(),
        "    proxy_set_header X-Forwarded-Host $host;".into(),
        "    proxy_set_header X-Forwarded-For $remote_addr;".into(),
        "    proxy_set_header X-Forwarded-Proto $scheme;".into(),
        format!("    proxy_pass http://127.0.0.1:{port};"),
        "}".into(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insert_before(view.deployment, server_insertion(view)?, &lines, &title, None)
}

/// nginx: sets a directive where it is set, or in the server block.
pub(super) fn server_setting(view: &SiteView<'_>, name: &str, value: &str) -> Option<Fix> {
    let nginx = view.front.nginx()?;
    let server = nginx.server_blocks().find(|server| server.site == view.site.site)?;
    let title = format!("set `{name} {value}`");
    match nearest(&[&nginx.http, server], name).and_then(|directive| directive.arguments.first()) {
        Some(word) => replace(view.deployment, word.site, value, &title, None),
        None => insert_before(view.deployment, server_insertion(view)?, &[&format!("{name} {value};")], &title, None),
    }
}

/// nginx: one more header beside those that are sent, or in the server block.
pub(super) fn add_header_fix(view: &SiteView<'_>, answer: &Answer, name: &str, value: &str) -> Option<Fix> {
    if view.front.program != Program::Nginx {
        return None;
    }
    let at = match answer.headers.first() {
        Some(first) => first.site,
        None => server_insertion(view)?,
    };
    let line = format!("add_header {name} \"{value}\" always;");
    insert_before(view.deployment, at, &[&line], &format!("send {name}"), None)
}

const RELOAD_POSTGRES: &str = "PostgreSQL reads the file when it is reloaded: `SELECT pg_reload_conf()`.";

/// Another method for a record of `pg_hba.conf`.
pub(super) fn hba_fix(deployment: &Deployment, method: &Word, new: &str) -> Option<Fix> {
    replace(deployment, method.site, new, &format!("ask with `{new}`"), Some(RELOAD_POSTGRES))
}

/// SCRAM for a record whose passwords may be stored as MD5.
pub(super) fn hba_fix_after_passwords(deployment: &Deployment, method: &Word) -> Option<Fix> {
    let note = "First set `password_encryption = scram-sha-256` and set the passwords of the roles again; then reload PostgreSQL.";
    replace(deployment, method.site, "scram-sha-256", "ask with `scram-sha-256`", Some(note))
}

/// The earlier record that covers a record completely, so that it is never asked.
pub(super) fn covered(records: &[Record], index: usize) -> Option<&Record> {
    let record = records.get(index)?;
    let covers_words = |outer: &[Word], inner: &[Word], all_but: &str| {
        inner.iter().all(|word| {
            outer.iter().any(|other| other.text == word.text || (other.text == "all" && word.text != all_but))
        })
    };
    records.iter().take(index).find(|earlier| {
        let kinds = match (earlier.kind.text.as_str(), record.kind.text.as_str()) {
            ("local", kind) => kind == "local",
            ("host", kind) => kind != "local",
            (earlier, kind) => earlier == kind,
        };
        let addresses = match (&earlier.address, &record.address) {
            (None, None) => true,
            (Some(outer), Some(inner)) => match (&outer.meaning, &inner.meaning) {
                (AddressKind::All, _) => true,
                (AddressKind::Network(outer), AddressKind::Network(inner)) => outer.contains(inner),
                (outer, inner) => outer == inner,
            },
            _ => false,
        };
        kinds
            && addresses
            && covers_words(&earlier.databases, &record.databases, "replication")
            && covers_words(&earlier.users, &record.users, "")
    })
}

/// A drop-in of a unit with these lines.
pub(super) fn drop_in(unit: &Unit, name: &str, text: &str, title: &str) -> Option<Fix> {
    let path = format!("/etc/systemd/system/{}.d/castellan-{name}.conf", unit.name);
    let changes = vec![Change::Create { path, text: text.to_owned(), mode: 0o644 }];
    let note = format!("Run `systemctl daemon-reload && systemctl restart {}` afterwards.", unit.name);
    Some(Fix { title: title.to_owned(), changes, note: Some(note), reverts_unless_confirmed: false })
}

/// The name of a variable that holds a password or secret.
pub(super) fn secretish(name: &str) -> bool {
    let name = name.to_uppercase();
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "ACCESS_KEY"].iter().any(|word| name.contains(word))
        && !name.ends_with("_FILE")
        && !name.contains("PUBLIC")
}

/// Sets a keyword of sshd: in its line, or in front of the first line, since the first value counts. Taken back unless
/// confirmed.
pub(super) fn sshd_fix(deployment: &Deployment, sshd: &Sshd, key: &str, value: &str) -> Option<Fix> {
    const NAMES: [(&str, &str); 8] = [
        ("permitrootlogin", "PermitRootLogin"),
        ("passwordauthentication", "PasswordAuthentication"),
        ("permitemptypasswords", "PermitEmptyPasswords"),
        ("maxauthtries", "MaxAuthTries"),
        ("permituserenvironment", "PermitUserEnvironment"),
        ("strictmodes", "StrictModes"),
        ("x11forwarding", "X11Forwarding"),
        ("kbdinteractiveauthentication", "KbdInteractiveAuthentication"),
    ];
    let shown = NAMES.iter().find(|(lower, _)| *lower == key).map_or(key, |(_, shown)| shown);
    let title = format!("set `{shown} {value}`");
    let note = Some("Reload sshd (`systemctl reload ssh`) and log in from a second window before you confirm.");
    let fix = match sshd.get(key) {
        Some(line) => replace(deployment, line.site, &format!("{shown} {value}"), &title, note),
        None => {
            let file = deployment.file(sshd.file)?;
            let changes =
                vec![Change::Replace { path: file.path.clone(), start: 0, end: 0, text: format!("{shown} {value}\n") }];
            Some(Fix { title, changes, note: note.map(str::to_owned), reverts_unless_confirmed: false })
        }
    }?;
    Some(Fix { reverts_unless_confirmed: true, ..fix })
}

/// Whether an expression of fail2ban matches the failed logins of a series; `None` when it is not understood.
pub(super) fn jail_matches(failregex: &str, major: u8) -> Option<bool> {
    let login = if major >= 19 {
        "Login failed for login:admin from 203.0.113.7"
    } else {
        "Login failed for db:prod login:admin from 203.0.113.7"
    };
    let full = format!("2026-01-15 10:00:00,123 4242 INFO prod odoo.addons.base.models.res_users: {login} ");
    // fail2ban cuts the time out before it matches.
    let cut = full.replace("2026-01-15 10:00:00,123", "");
    let mut understood = false;
    for line in failregex.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let text = line
            .replace("<HOST>", r"(?:\d{1,3}\.){3}\d{1,3}")
            .replace("<ADDR>", r"(?:\d{1,3}\.){3}\d{1,3}")
            .replace("<IP4>", r"(?:\d{1,3}\.){3}\d{1,3}")
            .replace("%%", "%")
            .replace("%(__prefix_line)s", ".*")
            .replace("(?P<user>", "(?:")
            .replace("<F-USER>", "(?:")
            .replace("</F-USER>", ")");
        let Ok(pattern) = regex::Regex::new(&text) else { continue };
        understood = true;
        if [full.as_str(), cut.as_str(), cut.trim_start(), cut.trim()].iter().any(|line| pattern.is_match(line)) {
            return Some(true);
        }
    }
    understood.then_some(false)
}

/// The newest build of a series that is known, as `20260723`.
pub(super) fn newest_build(series: &str) -> Option<String> {
    let table: serde_json::Value = serde_json::from_str(include_str!("../../data/odoo-builds.json")).ok()?;
    table.get("newest")?.get(series)?.as_str().map(str::to_owned)
}

/// The jail and the filter of fail2ban for a log of Odoo.
pub(super) fn jail(logfile: &str) -> Fix {
    let jail = format!(
        "[odoo]\nenabled = true\nfilter = odoo\nlogpath = {logfile}\nport = http,https\nmaxretry = 10\nfindtime = 10m\nbantime = 1h\n"
    );
    let filter = "# Up to 18.0 and 19.0, which leaves the database out. The address is taken from the end of the line.\n\
        [Definition]\n\
        failregex = ^ \\d+ INFO \\S+ \\S+res_users: Login failed for (?:db:\\S* )?login:.* from <HOST>\\s*$\n\
        ignoreregex =\n";
    let create = |path: &str, text: String| Change::Create { path: path.to_owned(), text, mode: 0o644 };
    Fix {
        title: "ban addresses after ten failed logins".into(),
        changes: vec![
            create("/etc/fail2ban/jail.d/odoo.local", jail),
            create("/etc/fail2ban/filter.d/odoo.conf", filter.to_owned()),
        ],
        note: Some(
            "Run `fail2ban-client reload` afterwards. Without proxy_mode every failure comes from the proxy.".into(),
        ),
        reverts_unless_confirmed: false,
    }
}

/// A ruleset of nftables that lets in SSH, HTTP and HTTPS only. Taken back unless confirmed.
pub(super) fn firewall(deployment: &Deployment) -> Fix {
    let mut ports: Vec<String> = deployment
        .defences
        .sshd
        .iter()
        .flat_map(|sshd| &sshd.lines)
        .filter(|line| line.key.text == "port")
        .map(crate::read::sshd::Line::value)
        .filter(|port| port.parse::<u16>().is_ok())
        .collect();
    if ports.is_empty() {
        ports.push("22".into());
    }
    ports.extend(["80".into(), "443".into()]);
    let text = format!(
        "#!/usr/sbin/nft -f\n\
         # Nothing comes in but SSH and the proxy. Docker publishes ports past this table.\n\
         table inet castellan {{\n\
         \tchain input {{\n\
         \t\ttype filter hook input priority 0; policy drop;\n\
         \t\tct state established,related accept\n\
         \t\tct state invalid drop\n\
         \t\tiif lo accept\n\
         \t\tmeta l4proto {{ icmp, ipv6-icmp }} accept\n\
         \t\ttcp dport {{ {} }} accept\n\
         \t}}\n\
         }}\n",
        ports.join(", ")
    );
    Fix {
        title: "let in SSH, HTTP and HTTPS only".into(),
        changes: vec![Change::Create { path: "/etc/nftables.conf".into(), text, mode: 0o644 }],
        note: Some("Run `systemctl enable nftables` to load it at every start.".into()),
        reverts_unless_confirmed: true,
    }
}

/// ufw: turns the rule of a port around. Taken back unless confirmed.
pub(super) fn close_ufw(deployment: &Deployment, site: Site, port: u16) -> Option<Fix> {
    let file = deployment.file(site.file)?;
    let line = file.slice(site.range);
    if !line.contains(&format!(" {port} ")) {
        return None;
    }
    // The tuple and the rules below it, up to the next empty line.
    let start = site.range.start as usize;
    let rest = file.text.get(start..)?;
    let end = rest.find("\n\n").map_or(rest.len(), |at| at + 2);
    let changes = vec![Change::Replace {
        path: file.path.clone(),
        start: site.range.start,
        end: u32::try_from(start + end).ok()?,
        text: String::new(),
    }];
    let note = Some("Run `ufw reload` afterwards.".to_owned());
    Some(Fix { title: format!("remove the rule for port {port}"), changes, note, reverts_unless_confirmed: true })
}

/// Whether everybody may enter the folders above a path, as far as they were looked at.
pub(super) fn reachable(deployment: &Deployment, path: &str) -> bool {
    let mut folder = path;
    while let Some((parent, _)) = folder.rsplit_once('/') {
        if parent.is_empty() {
            break;
        }
        if deployment.attributes(parent).is_some_and(|attributes| attributes.mode & 0o001 == 0) {
            return false;
        }
        folder = parent;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_firewall_that_a_fix_writes_keeps_odoo_in() {
        let host = crate::host::snapshot::Snapshot::new(crate::host::Facts::default());
        let deployment = crate::deployment::discover(&host, &crate::deployment::Options::default());
        let fix = firewall(&deployment);
        let Some(Change::Create { text, .. }) = fix.changes.first() else { panic!("no file") };
        let (chains, problems) = crate::read::firewall::nftables(crate::source::FileId(0), text);
        assert!(problems.is_empty() && chains.len() == 1);
        let decide = |port| chains[0].decide(port, crate::proxy::OUTSIDE).0;
        use crate::read::firewall::Verdict;
        assert_eq!((decide(22), decide(443)), (Verdict::Accept, Verdict::Accept));
        assert_eq!((decide(8069), decide(5432)), (Verdict::Drop, Verdict::Drop));
    }

    #[test]
    fn expressions_of_jails_are_tried_on_real_lines() {
        let good = r"^ \d+ INFO \S+ \S+res_users: Login failed for (?:db:\S* )?login:.* from <HOST>\s*$";
        assert_eq!(jail_matches(good, 17), Some(true));
        assert_eq!(jail_matches(good, 19), Some(true));
        let documented = r"^ \d+ INFO \S+ \S+ Login failed for db:\S+ login:\S+ from <HOST>";
        assert_eq!(jail_matches(documented, 17), Some(true));
        assert_eq!(jail_matches(documented, 19), Some(false));
        assert_eq!(jail_matches("(?<!x)y", 19), None);
    }
}
