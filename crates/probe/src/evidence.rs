//! What was seen of a site: plain data that rules judge, that a report can carry and that can be judged again tomorrow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dns::DnsEvidence;
use crate::tls::TlsEvidence;

/// How much a probe may leave behind at the other side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Consent {
    /// A plain request that a browser could send; a line in the access log.
    #[default]
    A,
    /// Harmless, but may log a warning, count towards a limit or touch another port.
    B,
    /// An active test, asked for by name.
    C,
}

/// One request and what came back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Method.
    pub method: String,
    /// Whole URL that was asked.
    pub url: String,
    /// Headers that were sent beside the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<(String, String)>,
    /// Status; 0 when there was no answer.
    pub status: u16,
    /// Headers in order, names lower-cased.
    pub headers: Vec<(String, String)>,
    /// The body as text, cut at a limit. Cookies and tokens are masked in reports, and taken out of what is kept
    /// ([`Evidence::without_secrets`]).
    pub body: String,
    /// The body went on.
    #[serde(default)]
    pub is_cut: bool,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Held back by a limit on requests, after waiting and asking again.
    #[serde(default)]
    pub is_limited: bool,
}

impl Exchange {
    /// First value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The media type without parameters, lower-cased.
    #[must_use]
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_lowercase()
    }

    /// The answer is a page of HTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        self.media_type().contains("html")
            || self.body.trim_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"))
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// Where it redirects to, as a whole URL.
    #[must_use]
    pub fn target(&self) -> Option<url::Url> {
        url::Url::parse(&self.url).ok()?.join(self.location()?).ok()
    }

    /// Whether it redirects.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        if (300..400).contains(&self.status) { self.header("location") } else { None }
    }
}

/// A connection to a port, without anything sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Port {
    /// It is taken.
    Open,
    /// It is refused.
    Closed,
    /// Nothing comes back: a firewall.
    Filtered,
}

/// Everything that was seen of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The site as it was given: `https://erp.example.com`.
    pub site: String,
    /// Host name, lower-cased.
    pub host: String,
    /// Time of the scan, Unix time.
    pub time: i64,
    /// Why nothing could be asked: no such name, nobody listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
    /// Answers by the name of their probe.
    pub exchanges: BTreeMap<String, Exchange>,
    /// Probes that were not sent, with the reason.
    #[serde(default)]
    pub left_out: BTreeMap<String, String>,
    /// TLS; `None` for plain HTTP.
    #[serde(default)]
    pub tls: Option<TlsEvidence>,
    /// Records of its name and mail; `None` when no name server was named, or for an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns: Option<DnsEvidence>,
    /// Other ports of the host.
    #[serde(default)]
    pub ports: BTreeMap<u16, Port>,
    /// Requests that were sent.
    #[serde(default)]
    pub requests: u32,
    /// Connections that were opened.
    #[serde(default)]
    pub connections: u32,
    /// Milliseconds that it took.
    #[serde(default)]
    pub milliseconds: u64,
    /// The most that was allowed to the scan.
    #[serde(default)]
    pub consent: Consent,
}

impl Evidence {
    /// Reads evidence that was kept as JSON.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
