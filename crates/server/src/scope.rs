//! Who asks, and what of it all they may see: every question to the data goes through a [`Scope`].

use castellan_store::db::{DbError, Row, Tx, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person is in an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees one client, and changes nothing.
    ClientViewer,
    /// Sees everything, and changes nothing.
    Viewer,
    /// Starts scans, decides about findings.
    Analyst,
    /// Adds clients, deployments, credentials, schedules and people.
    Administrator,
    /// Everything, with other owners and the end of the organisation.
    Owner,
}

/// What can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See.
    Read,
    /// Start scans, push audits, decide about findings.
    Work,
    /// Change what is under care, its credentials and schedules.
    Manage,
    /// Change who has access, and see the log of what they did.
    People,
    /// Change owners, and end the organisation.
    Own,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 5] = [Self::ClientViewer, Self::Viewer, Self::Analyst, Self::Administrator, Self::Owner];

    /// The name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClientViewer => "client-viewer",
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Administrator => "administrator",
            Self::Owner => "owner",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// The most that it allows.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::ClientViewer | Self::Viewer => Right::Read,
            Self::Analyst => Right::Work,
            Self::Administrator => Right::People,
            Self::Owner => Right::Own,
        }
    }
}

impl Right {
    /// Every right, least first; each holds those before it.
    pub const ALL: [Self; 5] = [Self::Read, Self::Work, Self::Manage, Self::People, Self::Own];

    /// The name, as it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Work => "work",
            Self::Manage => "manage",
            Self::People => "people",
            Self::Own => "own",
        }
    }

    /// The right of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }
}

/// Who acts: a person, one of their tokens, or the server itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; 0: the server.
    pub person: i64,
    /// As lists and the log show it.
    pub label: String,
    /// Where the request came from.
    pub address: String,
}

/// What of it all may be seen and done. It is made from a session, a token or a claimed job, and from nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    org: i64,
    client: Option<i64>,
    right: Right,
    role: Role,
    actor: Actor,
}

impl Scope {
    /// For the modules that know who it is: log-in, tokens, claimed jobs, set-up.
    pub(crate) const fn new(org: i64, client: Option<i64>, role: Role, right: Right, actor: Actor) -> Self {
        Self { org, client, right, role, actor }
    }

    /// The server itself, on behalf of one organisation.
    pub(crate) fn server(org: i64, client: Option<i64>) -> Self {
        let actor = Actor { person: 0, label: "castellan".to_owned(), address: String::new() };
        Self::new(org, client, Role::Administrator, Right::Manage, actor)
    }

    /// An agent, which sends what it collected and nothing else.
    pub(crate) fn agent(org: i64, name: &str, address: &str) -> Self {
        let actor = Actor { person: 0, label: format!("agent {name}"), address: address.to_owned() };
        Self::new(org, None, Role::ClientViewer, Right::Read, actor)
    }

    /// The organisation.
    #[must_use]
    pub const fn org(&self) -> i64 {
        self.org
    }

    /// The only client that may be seen.
    #[must_use]
    pub const fn client(&self) -> Option<i64> {
        self.client
    }

    /// The role of the person behind it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether it may do this. Who sees one client may change what is of that client, and nothing of the organisation.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.right >= right && (self.client.is_none() || right < Right::People)
    }
}

/// A transaction of somebody. Every statement gets the organisation as `$1` and the client, or none, as `$2`; its own values start at `$3`.
#[derive(Debug)]
pub struct Scoped {
    tx: Tx,
    scope: Scope,
}

impl Scoped {
    /// Binds a transaction to a scope; PostgreSQL is told as well.
    pub(crate) async fn new(mut tx: Tx, scope: &Scope) -> Result<Self, DbError> {
        let client = scope.client.map(|client| client.to_string()).unwrap_or_default();
        say_who(&mut tx, &scope.org.to_string(), &client).await?;
        Ok(Self { tx, scope: scope.clone() })
    }

    /// Who asks.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    fn values(&self, sql: &str, own: Vec<Value>) -> Result<Vec<Value>, DbError> {
        if !sql.contains("$1") {
            return Err(DbError::Failed(format!("a statement names no organisation: {sql}")));
        }
        let mut all = castellan_store::values![self.scope.org, self.scope.client];
        all.extend(own);
        Ok(all)
    }

    pub(crate) async fn run(&mut self, sql: &'static str, own: Vec<Value>) -> Result<u64, DbError> {
        let values = self.values(sql, own)?;
        self.tx.run(sql, values).await
    }

    pub(crate) async fn all(&mut self, sql: &'static str, own: Vec<Value>) -> Result<Vec<Row>, DbError> {
        let values = self.values(sql, own)?;
        self.tx.all(sql, values).await
    }

    pub(crate) async fn one(&mut self, sql: &'static str, own: Vec<Value>) -> Result<Option<Row>, DbError> {
        let values = self.values(sql, own)?;
        self.tx.one(sql, values).await
    }

    /// The transaction, for statements of the server itself.
    pub(crate) const fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }

    pub(crate) const fn is_postgres(&self) -> bool {
        self.tx.is_postgres()
    }

    pub(crate) async fn commit(self) -> Result<(), DbError> {
        self.tx.commit().await
    }
}

/// Tells PostgreSQL's row-level security whose rows may be seen; `*` for the server itself.
pub(crate) async fn say_who(tx: &mut Tx, org: &str, client: &str) -> Result<(), DbError> {
    if tx.is_postgres() {
        let sql = "SELECT set_config('castellan.org', $1, true), set_config('castellan.client', $2, true)";
        tx.one(sql, castellan_store::values![org, client]).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_rights_have_names() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
        for right in Right::ALL {
            assert_eq!(Right::from_name(right.name()), Some(right));
        }
    }

    #[test]
    fn one_client_is_not_the_organisation() {
        let actor = Actor { person: 1, label: String::new(), address: String::new() };
        let scope = Scope::new(1, Some(2), Role::Administrator, Right::People, actor.clone());
        assert!(scope.may(Right::Manage) && !scope.may(Right::People));
        assert!(!Scope::new(1, None, Role::Viewer, Right::Read, actor).may(Right::Work));
    }
}
