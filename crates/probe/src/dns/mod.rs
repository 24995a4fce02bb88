//! Records of the site's name and of its mail, from a name server that the user names.
//!
//! Answers are kept by question, so that rules are pure and an example can be a list of records.

mod ask;
pub mod mail;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// Selectors of DKIM that are tried: Odoo's and those of large senders. A key under another name is not seen.
pub const SELECTORS: [&str; 9] = ["odoo", "default", "google", "selector1", "selector2", "k1", "s1", "mail", "dkim"];
/// Questions at most.
pub const QUESTIONS: usize = 60;

/// What a name server said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `NOERROR`, `NXDOMAIN`, `SERVFAIL`, or why there is no answer.
    pub code: String,
    /// Records of the kind that was asked for, as text.
    #[serde(default)]
    pub records: Vec<String>,
    /// Where aliases lead.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The name server has checked signatures.
    #[serde(default)]
    pub authentic: bool,
}

impl Answer {
    /// The name server gave an answer, also one that nothing is there.
    #[must_use]
    pub fn is_told(&self) -> bool {
        matches!(self.code.as_str(), "NOERROR" | "NXDOMAIN")
    }
}

/// Records of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnsEvidence {
    /// The site's name.
    pub host: String,
    /// The registered part of it, which mail comes from.
    pub domain: String,
    /// Answers by question: `TXT example.com`. A question after `CD ` was asked without checking signatures.
    pub answers: BTreeMap<String, Answer>,
}

impl DnsEvidence {
    /// The answer to a question.
    #[must_use]
    pub fn get(&self, kind: &str, name: &str) -> Option<&Answer> {
        self.answers.get(&format!("{kind} {}", name.to_lowercase()))
    }

    /// Texts of a name that begin with a mark such as `v=spf1`, whatever its case.
    #[must_use]
    pub fn texts(&self, name: &str, mark: &str) -> Vec<&str> {
        let begins = |text: &&str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        self.get("TXT", name)
            .map_or_else(Vec::new, |answer| answer.records.iter().map(String::as_str).filter(begins).collect())
    }
}

/// Asks for everything about a host. Addresses have no such records: `None`.
pub async fn collect(server: SocketAddr, host: &str) -> Option<DnsEvidence> {
    if host.parse::<std::net::IpAddr>().is_ok() || !host.contains('.') {
        return None;
    }
    let domain = psl::domain_str(host).unwrap_or(host).to_owned();
    let mut evidence = DnsEvidence { host: host.to_owned(), domain: domain.clone(), ..DnsEvidence::default() };
    let mut wanted: Vec<String> = vec![format!("A {host}"), format!("AAAA {host}")];
    // Records for authorities are looked for from the name upwards.
    let mut name = host;
    loop {
        wanted.push(format!("CAA {name}"));
        match name.split_once('.') {
            Some((_, parent)) if parent.ends_with(&domain) => name = parent,
            _ => break,
        }
    }
    wanted.extend(["MX", "TXT", "DS"].map(|kind| format!("{kind} {domain}")));
    wanted.extend(["_dmarc", "_mta-sts"].map(|label| format!("TXT {label}.{domain}")));
    wanted.extend(SELECTORS.map(|selector| format!("TXT {selector}._domainkey.{domain}")));
    while !wanted.is_empty() && evidence.answers.len() < QUESTIONS {
        for questions in wanted.chunks(6) {
            // A name server that has not answered one question will not answer forty.
            if !evidence.answers.is_empty() && evidence.answers.values().all(|answer| answer.code == ask::SILENT) {
                break;
            }
            let asked = questions.iter().map(|question| ask::ask(server, question));
            for (question, answer) in questions.iter().zip(join(asked).await) {
                evidence.answers.insert(question.clone(), answer);
            }
        }
        wanted = if evidence.answers.values().any(|answer| answer.code != ask::SILENT) {
            further(&evidence)
        } else {
            Vec::new()
        };
    }
    Some(evidence)
}

/// What an answer makes worth asking: names that a policy for mail includes, the end of an alias, an answer without its check.
fn further(evidence: &DnsEvidence) -> Vec<String> {
    let mut wanted = mail::spf(evidence, &evidence.domain).map(|spf| spf.missing).unwrap_or_default();
    let address = format!("A {}", evidence.host);
    if evidence.answers.get(&address).is_some_and(|answer| answer.code == "SERVFAIL") {
        wanted.push(format!("CD {address}"));
    }
    wanted.retain(|question| !evidence.answers.contains_key(question));
    wanted.sort();
    wanted.dedup();
    wanted
}

/// Waits for all of them at once.
async fn join<F>(futures: impl Iterator<Item = F>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let mut running = tokio::task::JoinSet::new();
    let mut count = 0;
    for (number, future) in futures.enumerate() {
        running.spawn(async move { (number, future.await) });
        count = number + 1;
    }
    let mut answers = vec![Answer::default(); count];
    while let Some(done) = running.join_next().await {
        if let Ok((number, answer)) = done
            && let Some(slot) = answers.get_mut(number)
        {
            *slot = answer;
        }
    }
    answers
}
