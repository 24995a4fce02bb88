//! Passkeys (WebAuthn): keys in a telephone, computer or stick that are bound to the name of this server. An authenticator signs only after a
//! finger, a face or a PIN: a passkey is both factors at once.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{Host, Url};
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Passkeys of one address.
#[derive(Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
    origin: String,
}

/// What an authenticator was asked to sign, until it has.
#[derive(Debug, Serialize, Deserialize)]
pub enum Waiting {
    /// A new passkey of a person.
    New(i64, PasskeyRegistration),
    /// A log-in of whoever has a passkey.
    LogIn(DiscoverableAuthentication),
}

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its identifier.
    pub credential: Vec<u8>,
    /// Public key, counter and kind, as JSON.
    pub public_key: String,
}

/// Who a passkey is made for.
#[derive(Debug, Clone)]
pub struct Holder<'a> {
    /// Number of the person.
    pub person: i64,
    /// E-mail address, as authenticators list it.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Identifiers of the passkeys that they have.
    pub has: Vec<Vec<u8>>,
}

/// What authenticators know a person by: the number alone says nothing, and never changes.
fn handle(person: i64) -> Uuid {
    let digest = Sha256::digest(format!("castellan person {person}"));
    Uuid::from_slice(&digest[..16]).unwrap_or_default()
}

fn refused(error: &WebauthnError) -> String {
    format!("what the authenticator sent is refused: {error}; begin again")
}

fn kept(passkey: &Passkey) -> Result<Kept, String> {
    let public_key = serde_json::to_string(passkey).map_err(|error| error.to_string())?;
    Ok(Kept { credential: passkey.cred_id().to_vec(), public_key })
}

impl Passkeys {
    /// Passkeys for the address of a server. None: browsers bind them to a name, and give them to `https:` and `localhost` alone. An address of
    /// this machine counts as `localhost`.
    #[must_use]
    pub fn at(url: &str) -> Option<Self> {
        let mut origin = Url::parse(url).ok()?;
        let is_local = |address: IpAddr| address.is_loopback();
        if match origin.host()? {
            Host::Ipv4(address) => is_local(address.into()),
            Host::Ipv6(address) => is_local(address.into()),
            Host::Domain(_) => false,
        } {
            origin.set_host(Some("localhost")).ok()?;
        }
        let Host::Domain(name) = origin.host()? else { return None };
        if origin.scheme() != "https" && name != "localhost" {
            return None;
        }
        let webauthn = WebauthnBuilder::new(name, &origin).ok()?.rp_name("Castellan").build().ok()?;
        Some(Self { origin: origin.origin().ascii_serialization(), webauthn })
    }

    /// Where they work: `https://castellan.example.com`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks for a new passkey: what the browser passes to `navigator.credentials.create`, and what is waited for.
    ///
    /// # Errors
    ///
    /// When the question cannot be made.
    pub fn offer(&self, holder: &Holder<'_>) -> Result<(serde_json::Value, Waiting), String> {
        let has = holder.has.iter().map(|id| CredentialID::from(id.clone())).collect();
        let (asked, waiting) = self
            .webauthn
            .start_passkey_registration(handle(holder.person), holder.email, holder.name, Some(has))
            .map_err(|error| error.to_string())?;
        let mut asked = serde_json::to_value(asked.public_key).map_err(|error| error.to_string())?;
        // It is found without an address typed first.
        let selection = &mut asked["authenticatorSelection"];
        selection["residentKey"] = "required".into();
        selection["requireResidentKey"] = true.into();
        Ok((asked, Waiting::New(holder.person, waiting)))
    }

    /// The new passkey of a person, when it is what was asked for.
    ///
    /// # Errors
    ///
    /// When it is not: another question, person, address or key.
    pub fn made(&self, person: i64, waiting: &Waiting, sent: &RegisterPublicKeyCredential) -> Result<Kept, String> {
        let Waiting::New(of, waiting) = waiting else { return Err("this was no offer of a passkey".to_owned()) };
        if *of != person {
            return Err("this offer was made to somebody else".to_owned());
        }
        kept(&self.webauthn.finish_passkey_registration(sent, waiting).map_err(|error| refused(&error))?)
    }

    /// Asks whoever has a passkey: what the browser passes to `navigator.credentials.get`, and what is waited for.
    ///
    /// # Errors
    ///
    /// When the question cannot be made.
    pub fn ask(&self) -> Result<(serde_json::Value, Waiting), String> {
        let (asked, waiting) = self.webauthn.start_discoverable_authentication().map_err(|error| error.to_string())?;
        let asked = serde_json::to_value(asked.public_key).map_err(|error| error.to_string())?;
        Ok((asked, Waiting::LogIn(waiting)))
    }

    /// Whether a passkey of a person signed what was asked for. It comes back as it is to be kept: with a new counter.
    ///
    /// # Errors
    ///
    /// When it did not, or its counter goes back: there is a copy of it.
    pub fn proven(
        &self,
        person: i64,
        waiting: Waiting,
        sent: &PublicKeyCredential,
        known: &Kept,
    ) -> Result<Kept, String> {
        let Waiting::LogIn(waiting) = waiting else { return Err("this was no question for a passkey".to_owned()) };
        let mut passkey: Passkey =
            serde_json::from_str(&known.public_key).map_err(|error| format!("the passkey is damaged: {error}"))?;
        let (who, _) = self.webauthn.identify_discoverable_authentication(sent).map_err(|error| refused(&error))?;
        if who != handle(person) {
            return Err("this passkey is of somebody else".to_owned());
        }
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(sent, waiting, DiscoverableKey::from(&passkey))
            .map_err(|error| refused(&error))?;
        passkey.update_credential(&result);
        kept(&passkey)
    }
}

#[cfg(test)]
mod tests {
    use super::Passkeys;

    #[test]
    fn only_a_name_and_a_safe_way_have_passkeys() {
        for (url, origin) in [
            ("https://castellan.example.com", Some("https://castellan.example.com")),
            ("https://castellan.example.com:8443", Some("https://castellan.example.com:8443")),
            ("http://127.0.0.1:8437", Some("http://localhost:8437")),
            ("http://[::1]:8437", Some("http://localhost:8437")),
            ("http://localhost:8437", Some("http://localhost:8437")),
            ("http://castellan.example.com", None),
            ("https://192.0.2.1", None),
            ("", None),
        ] {
            assert_eq!(Passkeys::at(url).as_ref().map(Passkeys::origin), origin, "{url}");
        }
    }
}
