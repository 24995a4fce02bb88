//! Sends what happened to those who want to be told.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use castellan_report::Format;
use data_encoding::HEXLOWER;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::watch;
use tracing::{Instrument, error, info, info_span, warn};
use url::Url;

use crate::clock::now;
use crate::data::Data;
use crate::data::alerts::Message;
use crate::data::channels::Kind;
use crate::data::deliveries::Outgoing;
use crate::http::client;
use crate::reports::rendered;
use crate::scope::Scope;

/// How often a sender that has nothing to do looks.
const IDLE: Duration = Duration::from_millis(500);
/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where PagerDuty takes events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

/// The server's way to send e-mail.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// `smtps://USER@HOST:465`, or `smtp://USER@HOST:587`, which takes up TLS; without TLS on this machine only.
    pub address: String,
    /// Password of the user.
    pub password: Option<SecretString>,
    /// Who it is from: `Castellan <castellan@example.com>`.
    pub from: String,
}

/// A way to send e-mail, looked at.
#[derive(Debug, Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// An e-mail.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// Who gets it.
    pub to: String,
    /// In whose name; empty: the server's.
    pub from_name: String,
    /// A name that no other letter has; empty: one is made up.
    pub id: String,
    /// In one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// A PDF with its name.
    pub attached: Option<(String, Vec<u8>)>,
}

impl Post {
    /// Sends a letter.
    ///
    /// # Errors
    ///
    /// What the server of SMTP says.
    pub async fn send(&self, letter: Letter) -> Result<(), String> {
        let to = letter.to.parse::<Mailbox>().map_err(|error| error.to_string())?;
        let mut from = self.from.clone();
        if !letter.from_name.is_empty() {
            from.name = Some(letter.from_name);
        }
        let id = (!letter.id.is_empty()).then(|| format!("<{}@{}>", letter.id, from.email.domain()));
        let builder = Mail::builder().from(from).to(to).message_id(id).subject(letter.subject);
        let mail = match letter.attached {
            None => builder.body(letter.text),
            Some((name, bytes)) => {
                let kind = ContentType::parse("application/pdf").map_err(|error| error.to_string())?;
                let parts = MultiPart::mixed()
                    .singlepart(SinglePart::plain(letter.text))
                    .singlepart(Attachment::new(name).body(bytes, kind));
                builder.multipart(parts)
            }
        };
        let mail = mail.map_err(|error| error.to_string())?;
        self.transport.send(mail).await.map(|_| ()).map_err(|error| error.to_string())
    }
}

impl Smtp {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn open(&self) -> Result<Post, String> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let wrong = || format!("`{}`: write smtps://USER@HOST:465 or smtp://USER@HOST:587", self.address);
        let url = Url::parse(&self.address).map_err(|_| wrong())?;
        let host = url.host_str().ok_or_else(wrong)?;
        let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|error| error.to_string());
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(parameters()?), 465),
            "smtp" if is_here => (Tls::None, 25),
            "smtp" => (Tls::Required(parameters()?), 587),
            _ => return Err(wrong()),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some(password) = &self.password {
            let user = percent(url.username());
            builder = builder.credentials(Credentials::new(user, password.expose_secret().to_owned()));
        }
        let from = self
            .from
            .parse()
            .map_err(|_| format!("`{}` is no sender; write Castellan <castellan@example.com>", self.from))?;
        Ok(Post { transport: builder.build(), from })
    }

    /// Whether it can be used at all.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        self.open().map(|_| ())
    }
}

/// A name in an address, with what was escaped.
fn percent(text: &str) -> String {
    url::form_urlencoded::parse(format!("u={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Sends until it is told to stop.
pub async fn send(data: Data, smtp: Option<Smtp>, server: String, mut stop: watch::Receiver<bool>) {
    let http = client(PATIENCE);
    let post = match smtp.as_ref().map(Smtp::open).transpose() {
        Ok(post) => post.map(Arc::new),
        Err(reason) => {
            error!(reason, "no e-mail can be sent");
            None
        }
    };
    let Ok(http) = http else { return error!("no message can be sent: there is no client of HTTP") };
    while !*stop.borrow() {
        match data.next_delivery().await {
            Ok(Some(outgoing)) => {
                let outcome = match with_it(&data, &outgoing).await {
                    Ok(with) => {
                        let span = info_span!("deliver", delivery = outgoing.id(), kind = outgoing.kind.name());
                        one(&http, post.as_deref(), &server, &outgoing, with).instrument(span).await
                    }
                    Err(reason) => Err(reason),
                };
                match &outcome {
                    Ok(()) => info!(delivery = outgoing.id(), messages = outgoing.parts.len(), "message sent"),
                    Err(reason) => {
                        warn!(delivery = outgoing.id(), messages = outgoing.parts.len(), reason, "message not sent");
                    }
                }
                if let Err(failed) = data.delivered(&outgoing.parts, &outcome).await {
                    error!(delivery = outgoing.id(), reason = %failed, "the delivery cannot be noted");
                }
                continue;
            }
            Ok(None) => {}
            Err(failed) => error!(reason = %failed, "deliveries cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => {}
        }
    }
}

/// What goes with a message.
#[derive(Debug, Default)]
struct With {
    from_name: String,
    attached: Option<(String, Vec<u8>)>,
}

/// E-mail goes out under the name of the organisation, some with a report.
async fn with_it(data: &Data, outgoing: &Outgoing) -> Result<With, String> {
    if outgoing.kind != Kind::Email {
        return Ok(With::default());
    }
    let scope = Scope::server(outgoing.org, None);
    let from_name = data.settings(&scope).await.map_err(|error| error.to_string())?.brand.name;
    let mut attached = None;
    if outgoing.message.report != 0 {
        let made = rendered(data, &scope, outgoing.message.report, Format::Pdf, "en").await;
        let (audit, bytes) = made.map_err(|error| error.to_string())?;
        attached = Some((format!("report-{}-{}.pdf", audit.deployment, audit.sequence), bytes));
    }
    Ok(With { from_name, attached })
}

async fn one(
    http: &reqwest::Client,
    post: Option<&Post>,
    server: &str,
    outgoing: &Outgoing,
    with: With,
) -> Result<(), String> {
    let message = Message { text: outgoing.message.text.replace("{server}", server), ..outgoing.message.clone() };
    let target = outgoing.target.expose_secret();
    match outgoing.kind {
        Kind::Email => {
            let post = post.ok_or("this server sends no e-mail: start it with `--smtp` and `--mail-from`")?;
            let letter = Letter {
                to: target.to_owned(),
                from_name: with.from_name,
                id: format!("castellan-{}-{}", outgoing.id(), message.deployment),
                subject: message.subject.clone(),
                text: message.text.clone(),
                attached: with.attached,
            };
            post.send(letter).await
        }
        Kind::Webhook => {
            let body = json!({"delivery": outgoing.id(), "alert": message.alert, "events": message.events, "resolved": message.resolved,
                "subject": message.subject, "text": message.text, "deployment": message.deployment, "severity": message.severity, "server": server})
            .to_string();
            let time = now();
            let signature = signed(&outgoing.signing, time, &body);
            let request = http
                .post(target)
                .header("x-castellan-delivery", outgoing.id())
                .header("x-castellan-signature", format!("t={time},v1={signature}"));
            answered(request.header("content-type", "application/json").body(body)).await
        }
        Kind::Slack | Kind::Mattermost => {
            let body = json!({"text": format!("*{}*\n{}", escaped(&message.subject), escaped(&message.text))});
            as_json(http, target, &body).await
        }
        Kind::Teams => {
            let card = json!({"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4", "body": [
                {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "text": message.subject, "wrap": true},
                {"type": "TextBlock", "text": message.text.replace('\n', "\n\n"), "wrap": true}]});
            let body = json!({"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]});
            as_json(http, target, &body).await
        }
        Kind::Pagerduty => as_json(http, PAGERDUTY, &pagerduty(target, server, &message)).await,
    }
}

/// An event of PagerDuty, version 2: what is over resolves what was triggered.
fn pagerduty(key: &str, server: &str, message: &Message) -> Value {
    let action = if message.resolved { "resolve" } else { "trigger" };
    json!({"routing_key": key, "event_action": action, "dedup_key": format!("{server} alert {}", message.alert),
        "payload": {"summary": message.subject, "source": server, "severity": message.severity, "custom_details": {"text": message.text}}})
}

/// Of `TIME.BODY`, with the key that was shown when the channel was made. A receiver refuses what is older than a few minutes, and what it has seen.
fn signed(key: &SecretString, time: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
    HEXLOWER.encode(hmac::sign(&key, format!("{time}.{body}").as_bytes()).as_ref())
}

/// Slack and Mattermost take three characters for marks of their own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn as_json(http: &reqwest::Client, target: &str, body: &Value) -> Result<(), String> {
    answered(http.post(target).header("content-type", "application/json").body(body.to_string())).await
}

/// The address may be a secret: an error says the reason only.
async fn answered(request: reqwest::RequestBuilder) -> Result<(), String> {
    let answer = request.send().await.map_err(|error| {
        if error.is_timeout() {
            return "no answer in time".to_owned();
        }
        let mut reason: &dyn std::error::Error = &error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        reason.to_string()
    })?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(format!("the receiver answers {}", answer.status().as_u16()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_openssl() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac csw_key
        let key = SecretString::from("csw_key".to_owned());
        let known = "2f60b68d9ed23b4f1d7f875af3886ffafc9b5b1654304fedd3de601a6a3fb977";
        assert_eq!(signed(&key, 1_700_000_000, r#"{"a":1}"#), known);
        assert_ne!(signed(&key, 1_700_000_000, r#"{"a":1}"#), signed(&key, 1_700_000_001, r#"{"a":1}"#));
    }

    #[test]
    fn what_is_over_resolves_what_was_triggered() {
        let begun = Message { alert: 7, subject: "not heard".into(), severity: "error".into(), ..Message::default() };
        let over = Message { resolved: true, severity: "info".into(), ..begun.clone() };
        let (trigger, resolve) = (pagerduty("key", "https://c", &begun), pagerduty("key", "https://c", &over));
        assert_eq!(
            (trigger["event_action"].as_str(), resolve["event_action"].as_str()),
            (Some("trigger"), Some("resolve"))
        );
        assert_eq!(trigger["dedup_key"], resolve["dedup_key"]);
        assert_eq!(trigger["payload"]["severity"], "error");
    }

    #[test]
    fn e_mail_takes_up_tls_but_on_this_machine() {
        let smtp = |address: &str| Smtp {
            address: address.to_owned(),
            password: None,
            from: "Castellan <c@example.com>".to_owned(),
        };
        assert!(smtp("smtps://a%40b@mail.example.com").check().is_ok());
        assert!(smtp("smtp://127.0.0.1:2525").check().is_ok());
        assert!(smtp("http://mail").check().unwrap_err().contains("smtps://"));
        assert!(
            Smtp { from: "nobody".to_owned(), ..smtp("smtp://127.0.0.1") }.check().unwrap_err().contains("no sender")
        );
        assert_eq!(percent("a%40b+c"), "a@b+c");
    }
}
