//! What agent and server say to each other, as JSON below `/api/v1/agent`.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::signature::{Key, is_signed};

/// Where an agent enrols: POST of an [`Enrol`], answered with an [`Enrolled`].
pub const ENROL: &str = "/api/v1/agent/enrolment";
/// Where it says that it lives: POST of a [`Heartbeat`], answered with [`Orders`].
pub const HEARTBEAT: &str = "/api/v1/agent/heartbeat";
/// Where evidence goes: PUT with its number behind it, answered with [`Taken`].
pub const EVIDENCE: &str = "/api/v1/agent/evidence";
/// Seconds by which the clocks of both may differ.
pub const SKEW: i64 = 300;
/// The key of the signature of a request to enrol: the one in its body.
pub const ENROL_KEY: &str = "enrol";
/// What an order is signed as, so that nothing else that the server signs is one.
const ORDER: &str = "castellan-order-1\n";

/// Public keys are 32 bytes in Base64.
///
/// # Errors
///
/// When it is none.
pub fn public_key(text: &str) -> Result<Vec<u8>, String> {
    let bytes = BASE64.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| "a public key is 32 bytes in Base64".to_owned())
}

/// An agent asks to be taken in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AgentEnrolment)]
pub struct Enrol {
    /// The token that a person made for it. It is good for one agent.
    pub token: String,
    /// Its public key.
    pub public_key: String,
    /// Name of its host.
    pub host: String,
    /// Version of Castellan.
    pub version: String,
}

/// The server took it in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// Number of the agent.
    pub agent: i64,
    /// The server's public key: orders are signed with it.
    pub server_key: String,
    /// Name of the deployment.
    pub deployment: String,
}

/// What an agent says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = AgentStatus)]
pub struct Status {
    /// Name of its host.
    pub host: String,
    /// Version of Castellan.
    pub version: String,
    /// A random word of this run of the agent. Two that take turns are two machines with one key.
    pub run: String,
    /// The last order that it took: what came after it is told again, as when an answer was lost.
    pub order: i64,
    /// Seconds between two collections.
    pub every: i64,
    /// Evidence that waits, and its bytes.
    pub spooled: u64,
    /// Bytes of it.
    pub spooled_bytes: u64,
    /// Evidence that had to go because the spool was full.
    pub dropped: u64,
    /// When it collected last, seconds since 1970.
    pub collected: Option<i64>,
    /// Why the last collection failed.
    pub problem: String,
}

/// An agent lives.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Heartbeat {
    /// What it says of itself.
    pub status: Status,
    /// What came of orders.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
}

/// What an agent can be told to do. There is nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OrderKind)]
pub enum Kind {
    /// Answer.
    Ping,
    /// Collect and send evidence.
    Scan,
    /// Say how it stands: versions, folders, sizes, times.
    Diagnostics,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Ping, Self::Scan, Self::Diagnostics];

    /// The name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Scan => "scan",
            Self::Diagnostics => "diagnostics",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Number; it grows, so that none is carried out twice.
    pub id: i64,
    /// Whom it is for.
    pub agent: i64,
    /// What to do.
    pub kind: Kind,
    /// Not after, seconds since 1970.
    pub expires: i64,
}

/// An order with the server's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedOrder {
    /// An [`Order`], as it was signed.
    pub order: String,
    /// The signature in Base64.
    pub signature: String,
}

impl SignedOrder {
    /// Signs an order.
    #[must_use]
    pub fn new(order: &Order, key: &Key) -> Self {
        let order = serde_json::to_string(order).unwrap_or_default();
        let signature = BASE64.encode(&key.sign(format!("{ORDER}{order}").as_bytes()));
        Self { order, signature }
    }

    /// The order, when it is of this server, for this agent, of now, and newer than the last.
    ///
    /// # Errors
    ///
    /// Why it is not carried out.
    pub fn open(&self, server: &[u8], agent: i64, last: i64, now: i64) -> Result<Order, String> {
        let signature = BASE64.decode(self.signature.as_bytes()).unwrap_or_default();
        if !is_signed(server, format!("{ORDER}{}", self.order).as_bytes(), &signature) {
            return Err("an order is not signed by the server that this agent enrolled with".to_owned());
        }
        let order: Order = serde_json::from_str(&self.order).map_err(|error| format!("an order: {error}"))?;
        if order.agent != agent {
            return Err(format!("order {} is for another agent", order.id));
        }
        if order.expires < now {
            return Err(format!("order {} is too old", order.id));
        }
        if order.id <= last {
            return Err(format!("order {} came before", order.id));
        }
        Ok(order)
    }
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Number of the order.
    pub order: i64,
    /// It was carried out.
    pub done: bool,
    /// What it says.
    pub text: String,
}

/// The answer to a heartbeat.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Orders {
    /// What to do, in this order.
    pub orders: Vec<SignedOrder>,
}

/// The answer to evidence.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// The job that judges it; none: it was taken before.
    pub job: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_carried_out_by_whom_it_is_for_once() {
        let (key, _) = Key::generate().unwrap();
        let order = Order { id: 5, agent: 3, kind: Kind::Scan, expires: 1000 };
        let signed = SignedOrder::new(&order, &key);
        assert_eq!(signed.open(&key.public(), 3, 4, 999), Ok(order));
        let refused = |agent, last, now| signed.open(&key.public(), agent, last, now).unwrap_err();
        assert!(refused(4, 4, 999).contains("another agent"));
        assert!(refused(3, 5, 999).contains("came before"));
        assert!(refused(3, 4, 1001).contains("too old"));
        let (other, _) = Key::generate().unwrap();
        assert!(signed.open(&other.public(), 3, 4, 999).unwrap_err().contains("not signed"));
        let changed = SignedOrder { order: signed.order.replace("scan", "ping"), ..signed };
        assert!(changed.open(&key.public(), 3, 4, 999).unwrap_err().contains("not signed"));
    }

    #[test]
    fn a_public_key_has_its_length() {
        assert_eq!(public_key(&BASE64.encode(&[7; 32])).unwrap(), [7; 32]);
        assert!(public_key("AAAA").is_err() && public_key("?").is_err());
    }
}
