//! The requests of a scan, as data: what is asked, in which order, and with whose consent.
//!
//! What the answers of real servers look like was measured with Odoo 14.0 and 19.0; see `docs/outside.md`.

use crate::evidence::Consent;

/// An origin that nobody has.
pub const FOREIGN: &str = "castellan-probe.invalid";

/// Where a probe goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// The site as it was given.
    Site,
    /// Plain HTTP on port 80, or the port that the user named for it.
    Plain,
}

/// When a probe is worth a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// When the site may be an Odoo.
    Odoo,
    /// When the plain path to the database manager is refused.
    ManagerRefused,
    /// When the manager's page did not come.
    ManagerUnseen,
    /// When plain HTTP is answered.
    PlainAnswers,
    /// When nothing is where newer series have the list of modules.
    TranslationsUnseen,
    /// When robots.txt names a map of the site.
    SitemapNamed,
    /// When the plain path of XML-RPC is refused.
    XmlrpcRefused,
    /// When a page that was fetched shows a picture of Odoo's storage.
    AttachmentSeen,
    /// Behind all others: it also tells whether the site still answers as it did.
    Last,
    /// Behind that, when the site does not answer as it did.
    InDoubt,
}

impl When {
    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Odoo => "when it may be an Odoo",
            Self::ManagerRefused => "when the database manager is refused",
            Self::ManagerUnseen => "when the database manager does not come",
            Self::PlainAnswers => "when plain HTTP is answered",
            Self::TranslationsUnseen => "when nothing is where newer series have the list of modules",
            Self::SitemapNamed => "when robots.txt names a map",
            Self::XmlrpcRefused => "when XML-RPC is refused",
            Self::Last => "last, when it may be an Odoo; tells whether the site still answers",
            Self::InDoubt => "when the site answered the last one otherwise than at first",
            Self::AttachmentSeen => "when a page shows a picture of Odoo's storage",
        }
    }
}

/// One request of a scan.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Its name in the evidence.
    pub name: &'static str,
    /// Whose consent it needs.
    pub consent: Consent,
    /// When it is sent.
    pub when: When,
    /// Where it goes.
    pub scheme: Scheme,
    /// Method.
    pub method: &'static str,
    /// Path and query as sent; `{random}` stands for 16 hexadecimal characters, `{attachment}` for the path of a picture on a page.
    pub target: &'static str,
    /// Further headers.
    pub headers: &'static [(&'static str, &'static str)],
    /// Body.
    pub body: &'static str,
    /// Bytes of the answer that are read, in KiB.
    pub kib: usize,
}

const fn get(name: &'static str, target: &'static str) -> Probe {
    Probe {
        name,
        consent: Consent::A,
        when: When::Odoo,
        scheme: Scheme::Site,
        method: "GET",
        target,
        headers: &[],
        body: "",
        kib: 128,
    }
}

impl Probe {
    const fn always(mut self) -> Self {
        self.when = When::Always;
        self
    }

    const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    const fn plain(mut self) -> Self {
        self.scheme = Scheme::Plain;
        self
    }

    const fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    const fn with(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers = headers;
        self
    }

    const fn post(mut self, headers: &'static [(&'static str, &'static str)], body: &'static str) -> Self {
        self.method = "POST";
        self.headers = headers;
        self.body = body;
        self.consent = Consent::B;
        self
    }

    const fn consent(mut self, consent: Consent) -> Self {
        self.consent = consent;
        self
    }

    const fn kib(mut self, kib: usize) -> Self {
        self.kib = kib;
        self
    }
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const XML: &[(&str, &str)] = &[("content-type", "text/xml")];

/// Sent first, one after another: what the site is like when nothing is there.
pub const BASELINE: &[Probe] = &[
    get("home", "/").always(),
    get("login", "/web/login").always(),
    get("random-root", "/castellan-{random}").always(),
    get("random-web", "/web/castellan-{random}").always(),
    get("random-file", "/castellan-{random}.txt").always(),
];

/// The rest, the most important first: what does not fit into the budget is left out from the end.
pub const PROBES: &[Probe] = &[
    get("manager", "/web/database/manager"),
    get("http-home", "/").always().plain(),
    get("http-login", "/web/login").plain().when(When::PlainAnswers),
    get("xmlrpc", "/xmlrpc/2/common"),
    get("xmlrpc-db", "/xmlrpc/2/db"),
    get("jsonrpc", "/jsonrpc"),
    get("version", "/web/version"),
    get("translations", "/web/webclient/translations").kib(1024),
    get("git", "/.git/HEAD").always().kib(4),
    get("env", "/.env").always().kib(4),
    get("conf", "/odoo.conf").always().kib(4),
    get("dump", "/dump.sql").always().kib(4),
    get("backups", "/backups/").always().kib(16),
    get("debugger", "/?__debugger__=yes&cmd=resource&f=debugger.js"),
    get("other-host", "/web/login").with(&[("host", FOREIGN)]),
    get("manager-encoded", "/web/%64atabase/manager").when(When::ManagerRefused),
    get("manager-slashes", "//web/database/manager").when(When::ManagerRefused),
    get("xmlrpc-old", "/xmlrpc/common").when(When::XmlrpcRefused),
    get("filestore", "/web/filestore/").always().kib(4),
    get("attachment", "{attachment}").when(When::AttachmentSeen).kib(4),
    get("sitemap", "/sitemap.xml").when(When::SitemapNamed).kib(64),
    get("selector", "/web/database/selector").when(When::ManagerUnseen),
    get("json2", "/json/2/res.partner/search"),
    get("website-info", "/website/info"),
    get("doc", "/doc"),
    get("tests", "/web/tests"),
    get("signup", "/web/signup"),
    get("compose", "/docker-compose.yml").always().kib(4),
    get("translations-old", "/web/webclient/translations/1").when(When::TranslationsUnseen).kib(1024),
    get("robots", "/robots.txt").always().kib(32),
    get("options", "/")
        .always()
        .method("OPTIONS")
        .with(&[("origin", "https://castellan-probe.invalid"), ("access-control-request-method", "GET")]),
    get("icon", "/web/static/img/favicon.ico").method("HEAD"),
    get("security-txt", "/.well-known/security.txt").always().kib(16),
    get("cors", "/web/login").with(&[("origin", "https://castellan-probe.invalid")]).when(When::Last),
    get("control", "/web/login").when(When::InDoubt),
    // Asked for by `--consent B`.
    get("post-version", "/web/webclient/version_info")
        .post(JSON, r#"{"jsonrpc":"2.0","method":"call","id":1,"params":{}}"#),
    get("post-xmlrpc", "/xmlrpc/2/common")
        .post(XML, "<?xml version='1.0'?><methodCall><methodName>version</methodName><params/></methodCall>"),
    get("post-xmlrpc-db", "/xmlrpc/2/db")
        .post(XML, "<?xml version='1.0'?><methodCall><methodName>list</methodName><params/></methodCall>"),
    get("post-jsonrpc", "/jsonrpc").post(
        JSON,
        r#"{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"common","method":"version","args":[]}}"#,
    ),
    get("post-http", "/jsonrpc")
        .post(
            JSON,
            r#"{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"common","method":"version","args":[]}}"#,
        )
        .plain(),
    get("post-session", "/web/session/get_session_info")
        .post(JSON, r#"{"jsonrpc":"2.0","method":"call","id":1,"params":{}}"#),
    get("post-dataset", "/web/dataset/call_kw").post(
        JSON,
        r#"{"jsonrpc":"2.0","method":"call","id":1,"params":{"model":"res.lang","method":"search_read","args":[[],["code"]],"kwargs":{"limit":1}}}"#,
    ),
    get("forwarded-host", "/web/login?castellan={random}")
        .with(&[("x-forwarded-host", FOREIGN), ("x-forwarded-proto", "https")])
        .consent(Consent::B),
    get("dbfilter", "/web/login").with(&[("x-odoo-dbfilter", "^castellan-no-such-database$")]).consent(Consent::B),
    get("websocket", "/websocket")
        .with(&[
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "Y2FzdGVsbGFuLXByb2JlIQ=="),
            ("origin", "https://castellan-probe.invalid"),
        ])
        .consent(Consent::B),
];

/// Ports that are tried with consent B: a connection is opened and closed, nothing is sent.
pub const PORTS: [u16; 3] = [8069, 8072, 5432];

/// How many log-ins with a name that nobody has are tried in the test `login-throttling`.
pub const LOGINS: u32 = 12;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::allowed;

    #[test]
    fn no_probe_breaks_the_rules_and_the_default_fits_its_budget() {
        for probe in BASELINE.iter().chain(PROBES) {
            assert_eq!(allowed(probe.method, probe.target), Ok(()), "{}", probe.name);
            assert!(probe.consent != Consent::A || probe.body.is_empty(), "{}", probe.name);
        }
        let default = BASELINE.iter().chain(PROBES).filter(|probe| probe.consent == Consent::A).count();
        assert!(default <= 40, "{default}");
        let mut names: Vec<&str> = BASELINE.iter().chain(PROBES).map(|probe| probe.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), BASELINE.len() + PROBES.len());
    }
}
