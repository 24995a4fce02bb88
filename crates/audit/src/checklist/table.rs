//! Which rules answer which line, what each line needs, and what it weighs: one table.

use castellan_model::{Group, RuleMeta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// `odoo.conf`, or the options of a running server.
    OdooConf,
    /// The proxy's configuration, or the site from outside where that is enough.
    Edge,
    /// The proxy's configuration.
    Proxy,
    /// The site from outside, whole.
    Site,
    /// PostgreSQL's configuration.
    #[serde(rename = "postgresql")]
    Postgres,
    /// The host: accounts, units, firewall, sshd.
    Host,
    /// Custom modules, all that are installed.
    Code,
    /// The live database.
    Database,
    /// The build of Odoo.
    OdooBuild,
    /// Packages of the system.
    Packages,
    /// Python packages.
    Python,
    /// A restore that was tried.
    RestoreDrill,
    /// Somebody is told when something happens.
    Alerting,
}

impl Need {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::OdooConf,
        Self::Edge,
        Self::Proxy,
        Self::Site,
        Self::Postgres,
        Self::Host,
        Self::Code,
        Self::Database,
        Self::OdooBuild,
        Self::Packages,
        Self::Python,
        Self::RestoreDrill,
        Self::Alerting,
    ];

    /// The word of `castellan.toml`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::OdooConf => "odoo-conf",
            Self::Edge => "edge",
            Self::Proxy => "proxy",
            Self::Site => "site",
            Self::Postgres => "postgresql",
            Self::Host => "host",
            Self::Code => "code",
            Self::Database => "database",
            Self::OdooBuild => "odoo-build",
            Self::Packages => "packages",
            Self::Python => "python",
            Self::RestoreDrill => "restore-drill",
            Self::Alerting => "alerting",
        }
    }

    /// What to do to have it looked at.
    #[must_use]
    pub const fn how(self) -> &'static str {
        match self {
            Self::OdooConf => "odoo.conf was not read: scan the host, its image or the file",
            Self::Edge => {
                "neither the proxy's configuration nor the site from outside was looked at: name the site, or scan the host of the proxy"
            }
            Self::Proxy => "the proxy's configuration was not read: scan its host or its files",
            Self::Site => "the site was not looked at from outside: name its https:// address",
            Self::Postgres => "pg_hba.conf and postgresql.conf were not read: scan the host of PostgreSQL",
            Self::Host => {
                "the host was not looked at: run `castellan scan` there, or `castellan collect` and scan the bundle"
            }
            Self::Code => "no custom module was scanned: name the folders of addons",
            Self::Database => "the live database was not read: `--rpc` or `--sql`",
            Self::OdooBuild => "the build of Odoo is not known: scan the host or the folder that Odoo runs from",
            Self::Packages => "packages of the system were not read: scan the host or its image",
            Self::Python => {
                "Python packages of the running Odoo were not read: scan the host, or name its requirements"
            }
            Self::RestoreDrill => {
                "nothing shows that a restore was tried; say so in a [[deployment.statement]] when it was"
            }
            Self::Alerting => {
                "nothing shows that somebody is told of events; say so in a [[deployment.statement]] when it is so"
            }
        }
    }
}

/// A line of the checklist.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// 1 to 14.
    pub number: u8,
    /// What it asks.
    pub title: &'static str,
    /// Points of 100 that it can give.
    pub weight: u8,
    /// What must have been looked at.
    pub needs: &'static [Need],
}

const fn line(number: u8, weight: u8, title: &'static str, needs: &'static [Need]) -> Line {
    Line { number, title, weight, needs }
}

/// The fourteen lines. The weights add up to 100.
pub const LINES: [Line; 14] = [
    line(1, 8, "odoo.conf is hardened", &[Need::OdooConf]),
    line(2, 8, "HTTPS, TLS and security headers", &[Need::Site]),
    line(3, 8, "The server is isolated: user, firewall, PostgreSQL", &[Need::Host, Need::Postgres]),
    line(4, 10, "Least privilege: users, groups, access rights, record rules", &[Need::Database]),
    line(5, 5, "The default admin is gone", &[Need::Database]),
    line(6, 7, "RPC endpoints and the database manager are locked down", &[Need::Edge]),
    line(7, 12, "Custom code is free of injection, bypass, secrets and XSS", &[Need::Code]),
    line(
        8,
        6,
        "No common mistake: debug, pg_hba.conf, attachments, old dependencies",
        &[Need::OdooConf, Need::Postgres, Need::Database, Need::Python],
    ),
    line(
        9,
        10,
        "Patched and supported: Odoo, modules, libraries, system",
        &[Need::OdooBuild, Need::Packages, Need::Python],
    ),
    line(10, 8, "Backups: database and filestore, elsewhere, restore proven", &[Need::Host, Need::RestoreDrill]),
    line(11, 6, "API authentication: keys, rotation, OAuth, second factor", &[Need::Database]),
    line(12, 5, "API authorisation: dedicated accounts with least rights", &[Need::Database]),
    line(13, 4, "API edge: rate limits, allow lists, TLS, error hygiene", &[Need::Edge, Need::Proxy]),
    line(
        14,
        3,
        "Watching: logs, trail of changes, alerts",
        &[Need::OdooConf, Need::Proxy, Need::Database, Need::Alerting],
    ),
];

/// Lines of the rules that do not follow their chapter.
const OWN: &[(&str, &[u8])] = &[
    // odoo.conf
    ("odoo-database-manager", &[1, 6]),
    ("odoo-dev-mode", &[1, 8]),
    ("odoo-debugger", &[1, 8]),
    ("odoo-tests-enabled", &[1, 8]),
    ("odoo-demo-data", &[1, 8]),
    ("odoo-log-debug", &[1, 8]),
    ("odoo-log-quiet", &[1, 14]),
    ("odoo-no-log", &[1, 14]),
    ("odoo-log-in-database", &[14]),
    ("odoo-geoip-missing", &[14]),
    ("odoo-listens-everywhere", &[1, 3]),
    ("odoo-database-superuser", &[1, 3]),
    ("odoo-database-tls", &[1, 3]),
    // The proxy
    ("proxy-database-manager", &[6]),
    ("proxy-rpc-open", &[6]),
    ("proxy-block-evaded", &[6, 13]),
    ("proxy-rpc-unlimited", &[13]),
    ("proxy-login-unlimited", &[13]),
    ("proxy-body-size", &[13]),
    ("proxy-forwarded-missing", &[13]),
    ("proxy-forwarded-spoofable", &[13]),
    ("proxy-any-host", &[13]),
    ("proxy-version-pages", &[8, 13]),
    ("proxy-private-files", &[8]),
    ("proxy-dbfilter-header", &[6]),
    ("nginx-log-off", &[14]),
    ("nginx-status-open", &[8]),
    ("nginx-autoindex", &[8]),
    ("nginx-root-exposed", &[8]),
    ("nginx-alias-traversal", &[8]),
    // PostgreSQL
    ("postgres-trust", &[3, 8]),
    ("postgres-plain-password", &[3, 8]),
    ("postgres-md5", &[3, 8]),
    ("postgres-wide-network", &[3, 8]),
    ("postgres-network-without-tls", &[3, 8]),
    ("postgres-connections-unlogged", &[14]),
    ("postgres-log-everything", &[8]),
    ("postgres-end-of-life", &[9]),
    // Hosts and containers
    ("host-no-login-jail", &[13]),
    ("host-jail-misses-logins", &[13, 14]),
    ("host-no-automatic-updates", &[9]),
    ("host-system-end-of-life", &[9]),
    ("host-no-time-service", &[14]),
    ("host-log-not-rotated", &[14]),
    ("host-log-kept-short", &[14]),
    ("host-no-backup", &[10]),
    ("backup-without-filestore", &[10]),
    ("backup-script-password", &[10]),
    ("backup-readable", &[10]),
    ("container-image-latest", &[9]),
    ("container-image-old", &[9]),
    ("dockerfile-base-unpinned", &[9]),
    ("dockerfile-package-unpinned", &[9]),
    // From outside
    ("site-version-disclosed", &[8]),
    ("site-modules-disclosed", &[8]),
    ("site-website-info", &[8]),
    ("site-tests-page", &[8]),
    ("site-werkzeug-debugger", &[8]),
    ("site-werkzeug-exposed", &[3]),
    ("site-backend-port-open", &[3]),
    ("site-postgres-port-open", &[3]),
    ("site-traceback-page", &[8, 13]),
    ("site-traceback-json", &[8, 13]),
    ("site-signup-open", &[4]),
    ("site-password-reset-open", &[11]),
    ("site-login-in-clear", &[2]),
    ("site-oauth-in-clear", &[2, 11]),
    ("site-rpc-in-clear", &[2, 13]),
    ("site-login-unlimited", &[13]),
    ("site-series-unsupported", &[9]),
    ("site-git-exposed", &[8]),
    ("site-env-exposed", &[8]),
    ("site-conf-exposed", &[8]),
    ("site-compose-exposed", &[8]),
    ("site-dump-exposed", &[8, 10]),
    ("site-directory-listing", &[8]),
    ("site-filestore-reachable", &[8]),
    ("site-debug-assets", &[8]),
    ("site-sitemap-reveals", &[8]),
    ("site-robots-reveals", &[8]),
    ("site-security-txt", &[14]),
    ("site-base-url-wrong", &[2]),
    ("site-websocket-origin", &[6]),
    ("site-block-evaded", &[6, 13]),
    ("site-dataset-public", &[6, 4]),
    ("site-test-copy", &[8]),
    ("cors-reflected", &[2, 13]),
    ("cors-everywhere", &[2, 13]),
    ("mail-spf-missing", &[8]),
    ("mail-spf-invalid", &[8]),
    ("mail-spf-open", &[8]),
    ("mail-dmarc-missing", &[8]),
    ("mail-dmarc-weak", &[8]),
    ("mail-dkim-weak", &[8]),
    ("mail-transport-unprotected", &[8]),
    ("dns-alias-dangling", &[8]),
    // Users, keys, settings
    ("user-default-admin", &[5]),
    ("user-demo", &[5]),
    ("user-password-guessed", &[5, 11]),
    ("user-superuser-active", &[5]),
    ("user-test", &[4, 5]),
    ("user-admin-no-second-factor", &[11]),
    ("user-no-second-factor", &[11]),
    ("user-second-factor-voluntary", &[11]),
    ("user-password-beside-sso", &[11]),
    ("user-password-clear", &[11]),
    ("user-password-weak-hash", &[11]),
    ("key-of-administrator", &[12]),
    ("key-of-person", &[12]),
    ("key-account-shared", &[12]),
    ("key-unlimited", &[11, 12]),
    ("key-old", &[11]),
    ("key-without-end", &[11]),
    ("key-of-archived", &[11]),
    ("password-policy-missing", &[11]),
    ("login-cooldown-weak", &[11]),
    ("session-long", &[11]),
    ("reset-link-long", &[11]),
    ("oauth-in-clear", &[11]),
    ("oauth-unused", &[11]),
    ("ldap-in-clear", &[11]),
    ("signup-open", &[4]),
    ("action-public", &[4, 6]),
    ("job-as-superuser", &[4]),
    ("code-changed", &[14]),
    ("rights-changed", &[4, 14]),
    ("administrator-new", &[4, 14]),
    ("module-second-factor-missing", &[11]),
    ("module-trail-missing", &[14]),
    ("server-owner-powerful", &[3]),
    ("server-table-public", &[3, 4]),
    ("server-readers-of-users", &[3, 4]),
    // Joined
    ("manager-open-with-weak-password", &[1, 6]),
    ("rpc-open-to-unprotected-administrator", &[6, 11, 12]),
    ("public-code-reachable", &[7]),
    ("code-not-installed", &[7]),
    ("reachable-because-of-proxy", &[6]),
    ("vulnerable-odoo-exposed", &[9]),
    ("ended-series-exposed", &[9]),
    ("passwords-can-be-tried", &[11, 13]),
    ("default-administrator-open", &[5]),
    ("injection-with-database-superuser", &[3, 7]),
    ("code-execution-as-root", &[3, 7]),
    ("database-reachable-without-password", &[3]),
    ("anybody-becomes-portal-user", &[4, 7]),
    ("proxy-walked-around", &[3, 13]),
    ("leaked-file-with-secret", &[8]),
    ("no-way-back", &[6, 10]),
    ("intrusion-without-trace", &[14]),
    ("session-can-be-taken", &[2, 11]),
    ("script-runs-with-session", &[2, 7]),
    ("backup-can-be-read", &[10]),
    ("own-code-without-walls", &[4, 14]),
    // Code that asks who may do what
    ("ctl-limit-unbounded", &[7, 13]),
    ("ctl-info-leak-trace", &[7, 13]),
    ("ctl-rest-default-public", &[7, 11]),
    ("ctl-auth-none", &[7, 11]),
    ("ctl-token-timing", &[7, 11]),
    ("orm-api-key-scope", &[7, 12]),
    ("py-tls-off", &[7, 2]),
    ("xml-user-password", &[7, 5]),
    ("xml-signup-open", &[7, 4]),
];

/// The lines that a rule answers.
#[must_use]
pub fn lines_of(rule: &RuleMeta) -> &'static [u8] {
    if let Some((_, lines)) = OWN.iter().find(|(id, _)| *id == rule.id) {
        return lines;
    }
    match rule.group {
        Group::Odoo => &[1],
        Group::Proxy | Group::Headers | Group::Tls | Group::Names => &[2],
        Group::Postgres | Group::Service | Group::Container | Group::Host => &[3],
        Group::Users | Group::Rights => &[4],
        Group::Outside => &[6],
        Group::Sql
        | Group::Execution
        | Group::Web
        | Group::Access
        | Group::Template
        | Group::JavaScript
        | Group::Python
        | Group::Castellan => &[7],
        Group::Data => &[7, 4],
        Group::Jobs | Group::Settings | Group::Server => &[8],
        Group::Modules | Group::Versions => &[9],
        Group::Keys => &[11, 12],
        // Each of them says which: see above.
        Group::Joined => &[8],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_rule_is_there_and_the_weights_add_up() {
        let known = crate::catalogue();
        for (id, lines) in OWN {
            assert!(known.iter().any(|rule| rule.meta.id == *id), "there is no rule `{id}`");
            assert!(!lines.is_empty() && lines.iter().all(|number| (1..=14).contains(number)), "{id}");
            assert_eq!(OWN.iter().filter(|(other, _)| other == id).count(), 1, "{id} is there twice");
        }
        assert_eq!(LINES.iter().map(|line| u32::from(line.weight)).sum::<u32>(), 100);
        for number in 1..=14_u8 {
            assert_eq!(LINES[usize::from(number) - 1].number, number);
            assert!(known.iter().any(|rule| lines_of(&rule.meta).contains(&number)), "no rule answers line {number}");
        }
    }
}
