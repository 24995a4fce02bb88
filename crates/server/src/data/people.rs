//! Organisations, their people, invitations, second factors.

use castellan_store::db::{Row, Tx};
use castellan_store::values;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Data, DataError, clients, log};
use crate::auth::{password, token, totp};
use crate::clock::now;
use crate::keys::Sealed;
use crate::scope::{Actor, Role, Scope, Scoped};

/// How long an invitation can be taken up.
const INVITED: i64 = 7 * 86_400;
/// Failed log-ins of an account from an address before it waits, and of an address on the whole.
const PAIR: i64 = 5;
const ADDRESS: i64 = 50;
/// Failures are forgotten after this, and no wait is longer.
const LONGEST: i64 = 3600;

/// A person who has access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// Number.
    pub id: i64,
    /// E-mail address, which is the log-in.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// The only client that they see.
    pub client: Option<i64>,
    /// A second factor is set up.
    pub second_factor: bool,
    /// May not log in.
    pub disabled: bool,
    /// Since when, seconds since 1970.
    pub created: i64,
}

impl Person {
    fn of(row: &Row) -> Result<Self, DataError> {
        Ok(Self {
            id: row.int("id")?,
            email: row.text("email")?,
            name: row.text("name")?,
            role: Role::from_name(&row.text("role")?).unwrap_or(Role::ClientViewer),
            client: row.opt_int("client")?,
            second_factor: row.opt_bytes("totp")?.is_some(),
            disabled: row.flag("disabled")?,
            created: row.int("created")?,
        })
    }
}

/// What a log-in is compared with. It never leaves the server.
#[derive(Debug)]
pub struct Account {
    /// The person.
    pub person: Person,
    /// The organisation.
    pub org: i64,
    /// The hash of the password.
    pub password: String,
    /// The sealed secret of the second factor.
    totp: Option<Vec<u8>>,
    step: i64,
}

/// An invitation that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invitation {
    /// Number.
    pub id: i64,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// For the only client that they will see.
    pub client: Option<i64>,
    /// Until when, seconds since 1970.
    pub expires: i64,
}

/// What a new account is made of.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Password.
    pub password: SecretString,
}

/// An address of e-mail as it is compared.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, host) = text.rsplit_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|char| char.is_whitespace() || char.is_control());
    (plain(name) && plain(host) && host.contains('.') && text.len() <= 254 && !name.contains('@')).then(|| text.clone())
}

fn checked(new: &NewPerson) -> Result<(String, String), DataError> {
    let email =
        email(&new.email).ok_or_else(|| DataError::Invalid(format!("`{}` is no e-mail address", new.email.trim())))?;
    let name = named(&new.name)?;
    match password::weakness(&new.password, &email) {
        Some(reason) => Err(DataError::Invalid(reason)),
        None => Ok((email, name)),
    }
}

/// A name of something: one line, 1 to 120 characters.
pub(crate) fn named(text: &str) -> Result<String, DataError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 120 || text.chars().any(char::is_control) {
        return Err(DataError::Invalid("a name is one line of 1 to 120 characters".to_owned()));
    }
    Ok(text.to_owned())
}

async fn hashed(password: &SecretString) -> Result<String, DataError> {
    let password = password.clone();
    password::apart(move || password::hash(&password)).await.and_then(|hash| hash).map_err(DataError::Invalid)
}

fn totp_context(person: i64) -> String {
    format!("person {person}/totp")
}

const PERSON: &str = "SELECT id, email, name, role, client, totp, disabled, created FROM person \
    WHERE org = $1 AND ($3 IS NULL OR id = $3) ORDER BY name, id";

impl Data {
    /// Whether nobody has an account yet.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn is_new(&self) -> Result<bool, DataError> {
        let mut tx = self.read_all().await?;
        Ok(tx.one("SELECT id FROM organisation LIMIT 1", Vec::new()).await?.is_none())
    }

    /// Makes an organisation with its owner. `first`: only if there is none.
    ///
    /// # Errors
    ///
    /// When something is wrong with the names or the password, or the address has an account.
    pub async fn found(&self, organisation: &str, owner: &NewPerson, first: bool) -> Result<Person, DataError> {
        let organisation = named(organisation)?;
        let (email, name) = checked(owner)?;
        let hash = hashed(&owner.password).await?;
        let mut tx = self.write_all().await?;
        if first {
            if tx.is_postgres() {
                tx.run("LOCK TABLE organisation IN EXCLUSIVE MODE", Vec::new()).await?;
            }
            if tx.one("SELECT id FROM organisation LIMIT 1", Vec::new()).await?.is_some() {
                return Err(DataError::Conflict("this server has an owner already: log in".to_owned()));
            }
        }
        let sql = "INSERT INTO organisation (name, created) VALUES ($1, $2) RETURNING id";
        let org =
            tx.one(sql, values![&organisation, now()]).await?.ok_or(DataError::NotFound("organisation"))?.int("id")?;
        let sql = "INSERT INTO client (org, name, created) VALUES ($1, $2, $3)";
        tx.run(sql, values![org, &organisation, now()]).await?;
        let sql = "INSERT INTO person (org, email, name, password, role, created) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
        let row = tx
            .one(sql, values![org, &email, &name, hash, Role::Owner.name(), now()])
            .await
            .map_err(|error| DataError::exists(error, "this address has an account already"))?
            .ok_or(DataError::NotFound("person"))?;
        let id = row.int("id")?;
        tx.commit().await?;
        let actor = Actor { person: id, label: email, address: String::new() };
        let scope = Scope::new(org, None, Role::Owner, Role::Owner.right(), actor);
        let mut tx = self.write(&scope).await?;
        log::note(&mut tx, "organisation.create", &format!("organisation {org}"), &organisation).await?;
        tx.commit().await?;
        self.person(&scope, id).await
    }

    /// The name of the organisation.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn organisation(&self, scope: &Scope) -> Result<String, DataError> {
        let mut tx = self.read(scope).await?;
        let row = tx.one("SELECT name FROM organisation WHERE id = $1", Vec::new()).await?;
        Ok(row.ok_or(DataError::NotFound("organisation"))?.text("name")?)
    }

    /// Everybody who has access.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn people(&self, scope: &Scope) -> Result<Vec<Person>, DataError> {
        let mut tx = self.read(scope).await?;
        tx.all(PERSON, values![None::<i64>]).await?.iter().map(Person::of).collect()
    }

    /// One person.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn person(&self, scope: &Scope, id: i64) -> Result<Person, DataError> {
        let mut tx = self.read(scope).await?;
        person(&mut tx, id).await
    }

    /// Changes role, client or access of a person.
    ///
    /// # Errors
    ///
    /// When who asks may not, or the last owner would go.
    pub async fn change_person(
        &self,
        scope: &Scope,
        id: i64,
        role: Option<Role>,
        client: Option<Option<i64>>,
        disabled: Option<bool>,
    ) -> Result<Person, DataError> {
        let mut tx = self.write(scope).await?;
        let before = person(&mut tx, id).await?;
        let (role, disabled) = (role.unwrap_or(before.role), disabled.unwrap_or(before.disabled));
        let client = client.unwrap_or(before.client);
        if before.role.max(role) > scope.role() {
            return Err(DataError::Forbidden("only an owner changes owners".to_owned()));
        }
        fits(&mut tx, role, client).await?;
        let is_owner = before.role == Role::Owner && !before.disabled;
        if is_owner && (role != Role::Owner || disabled) {
            let sql = "SELECT id FROM person WHERE org = $1 AND role = 'owner' AND disabled = 0 AND id <> $3";
            if tx.one(sql, values![id]).await?.is_none() {
                return Err(DataError::Conflict("the last owner stays: make another person owner first".to_owned()));
            }
        }
        tx.run(
            "UPDATE person SET role = $4, client = $5, disabled = $6 WHERE org = $1 AND id = $3",
            values![id, role.name(), client, disabled],
        )
        .await?;
        if disabled || role < before.role || client != before.client {
            tx.run("DELETE FROM session WHERE org = $1 AND person = $3", values![id]).await?;
            tx.run("DELETE FROM api_token WHERE org = $1 AND person = $3", values![id]).await?;
        }
        let detail = format!("role {}{}", role.name(), if disabled { ", disabled" } else { "" });
        log::note(&mut tx, "person.change", &before.email, &detail).await?;
        let after = person(&mut tx, id).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Invites somebody. The token comes back once.
    ///
    /// # Errors
    ///
    /// When who asks may not, or the address is none.
    pub async fn invite(
        &self,
        scope: &Scope,
        address: &str,
        role: Role,
        client: Option<i64>,
    ) -> Result<(Invitation, String), DataError> {
        let address =
            email(address).ok_or_else(|| DataError::Invalid(format!("`{}` is no e-mail address", address.trim())))?;
        if role > scope.role() {
            return Err(DataError::Forbidden("nobody invites somebody who may do more".to_owned()));
        }
        let secret = token::new("csi_").map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        fits(&mut tx, role, client).await?;
        let row = tx
            .one(
                "INSERT INTO invitation (org, client, email, role, hash, created, expires) VALUES ($1, $3, $4, $5, $6, $7, $8) RETURNING id",
                values![client, &address, role.name(), token::hash(&secret), now(), now() + INVITED],
            )
            .await?
            .ok_or(DataError::NotFound("invitation"))?;
        log::note(&mut tx, "invitation.create", &address, role.name()).await?;
        let invitation = Invitation { id: row.int("id")?, email: address, role, client, expires: now() + INVITED };
        tx.commit().await?;
        Ok((invitation, secret))
    }

    /// Invitations that can still be taken up.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn invitations(&self, scope: &Scope) -> Result<Vec<Invitation>, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT id, email, role, client, expires FROM invitation WHERE org = $1 AND expires > $3 ORDER BY id";
        let rows = tx.all(sql, values![now()]).await?;
        rows.iter()
            .map(|row| {
                Ok(Invitation {
                    id: row.int("id")?,
                    email: row.text("email")?,
                    role: Role::from_name(&row.text("role")?).unwrap_or(Role::ClientViewer),
                    client: row.opt_int("client")?,
                    expires: row.int("expires")?,
                })
            })
            .collect()
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub async fn withdraw(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        if tx.run("DELETE FROM invitation WHERE org = $1 AND id = $3", values![id]).await? == 0 {
            return Err(DataError::NotFound("invitation"));
        }
        log::note(&mut tx, "invitation.withdraw", &format!("invitation {id}"), "").await?;
        Ok(tx.commit().await?)
    }

    /// The address that an invitation is for; none: it is used up or over.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn invited(&self, secret: &str) -> Result<Option<String>, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT email FROM invitation WHERE hash = $1 AND expires > $2";
        let row = tx.one(sql, values![token::hash(secret), now()]).await?;
        Ok(row.map(|row| row.text("email")).transpose()?)
    }

    /// Takes an invitation up: its address is proven by that.
    ///
    /// # Errors
    ///
    /// When it is over, or something is wrong with name or password.
    pub async fn accept(&self, secret: &str, name: &str, password: SecretString) -> Result<(), DataError> {
        let Some(email) = self.invited(secret).await? else {
            return Err(DataError::Conflict("this invitation is used up or over: ask for a new one".to_owned()));
        };
        let taken = NewPerson { email, name: name.to_owned(), password };
        checked(&taken)?;
        if self.accept_as(&taken, Some(secret)).await? {
            return Ok(());
        }
        Err(DataError::Conflict("this invitation is used up or over: ask for a new one".to_owned()))
    }

    /// Takes the invitation with this secret up, or, for whom a provider vouches, the newest of their address. No: there is none.
    pub(super) async fn accept_as(&self, taken: &NewPerson, secret: Option<&str>) -> Result<bool, DataError> {
        let hash = hashed(&taken.password).await?;
        let (email, name) = (taken.email.trim().to_lowercase(), taken.name.trim());
        let mut tx = self.write_all().await?;
        let sql = "DELETE FROM invitation WHERE id = (SELECT id FROM invitation WHERE email = $1 AND ($2 IS NULL OR hash = $2) AND expires > $3 \
            ORDER BY id DESC LIMIT 1) RETURNING org, client, role";
        let Some(row) = tx.one(sql, values![&email, secret.map(token::hash), now()]).await? else { return Ok(false) };
        let (org, client, role) = (row.int("org")?, row.opt_int("client")?, row.text("role")?);
        let sql = "INSERT INTO person (org, client, email, name, password, role, created) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
        let row = tx
            .one(sql, values![org, client, &email, name, hash, &role, now()])
            .await
            .map_err(|error| DataError::exists(error, "this address has an account already"))?
            .ok_or(DataError::NotFound("person"))?;
        let id = row.int("id")?;
        tx.commit().await?;
        let role = Role::from_name(&role).unwrap_or(Role::ClientViewer);
        let actor = Actor { person: id, label: email.clone(), address: String::new() };
        let mut tx = self.write(&Scope::new(org, client, role, role.right(), actor)).await?;
        log::note(&mut tx, "invitation.accept", &email, role.name()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The account of an address, for the log-in.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn account(&self, address: &str) -> Result<Option<Account>, DataError> {
        let Some(address) = email(address) else { return Ok(None) };
        let mut tx = self.read_all().await?;
        let sql = "SELECT id, org, client, email, name, password, role, totp, totp_step, disabled, created FROM person WHERE email = $1";
        let Some(row) = tx.one(sql, values![address]).await? else { return Ok(None) };
        Ok(Some(Account {
            person: Person::of(&row)?,
            org: row.int("org")?,
            password: row.text("password")?,
            totp: row.opt_bytes("totp")?,
            step: row.int("totp_step")?,
        }))
    }

    /// Whether the second factor is right: a code that was not used before, or a recovery code, which is used up.
    ///
    /// # Errors
    ///
    /// When the secret cannot be opened.
    pub async fn check_second(&self, account: &Account, code: &str) -> Result<bool, DataError> {
        let Some(sealed) = account.totp.as_deref().and_then(Sealed::from_bytes) else { return Ok(true) };
        let secret = self
            .master()
            .open(&totp_context(account.person.id), &sealed)
            .map_err(|error| DataError::Invalid(error.to_string()))?;
        let mut tx = self.write_all().await?;
        let right = match totp::check(&secret, code, now(), account.step).map_err(DataError::Invalid)? {
            Some(step) => {
                let sql = "UPDATE person SET totp_step = $2 WHERE id = $1 AND totp_step < $2";
                tx.run(sql, values![account.person.id, step]).await? == 1
            }
            None => {
                let sql = "UPDATE recovery_code SET used = $3 WHERE person = $1 AND hash = $2 AND used IS NULL";
                tx.run(sql, values![account.person.id, token::hash(code.trim()), now()]).await? == 1
            }
        };
        tx.commit().await?;
        Ok(right)
    }

    /// Sets a second factor up, after a code has shown that the app has the secret. Recovery codes come back once.
    ///
    /// # Errors
    ///
    /// When the code is wrong.
    pub async fn enrol(&self, scope: &Scope, secret: &SecretString, code: &str) -> Result<Vec<String>, DataError> {
        let id = scope.actor().person;
        let Some(step) = totp::check(secret, code, now(), 0).map_err(DataError::Invalid)? else {
            return Err(DataError::Invalid(
                "this code is not the one of now: is the clock of the telephone right?".to_owned(),
            ));
        };
        let sealed =
            self.master().seal(&totp_context(id), secret).map_err(|error| DataError::Invalid(error.to_string()))?;
        let codes = totp::recovery_codes().map_err(DataError::Invalid)?;
        let mut tx = self.write(scope).await?;
        tx.run(
            "UPDATE person SET totp = $4, totp_step = $5 WHERE org = $1 AND id = $3",
            values![id, sealed.to_bytes(), step],
        )
        .await?;
        tx.run("DELETE FROM recovery_code WHERE org = $1 AND person = $3", values![id]).await?;
        for code in &codes {
            let sql = "INSERT INTO recovery_code (org, person, hash) VALUES ($1, $3, $4)";
            tx.run(sql, values![id, token::hash(code)]).await?;
        }
        log::note(&mut tx, "second-factor.enrol", &format!("person {id}"), "").await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Takes the second factor of a person away: of oneself, or, by who may change people, of somebody who lost it.
    ///
    /// # Errors
    ///
    /// When there is no such person, or it is one who may do more.
    pub async fn drop_second(&self, scope: &Scope, id: i64) -> Result<(), DataError> {
        let mut tx = self.write(scope).await?;
        let before = person(&mut tx, id).await?;
        if before.role > scope.role() {
            return Err(DataError::Forbidden("only an owner changes owners".to_owned()));
        }
        tx.run("UPDATE person SET totp = NULL WHERE org = $1 AND id = $3", values![id]).await?;
        tx.run("DELETE FROM recovery_code WHERE org = $1 AND person = $3", values![id]).await?;
        tx.run(
            "DELETE FROM session WHERE org = $1 AND person = $3 AND person <> $4",
            values![id, scope.actor().person],
        )
        .await?;
        log::note(&mut tx, "second-factor.drop", &before.email, "").await?;
        Ok(tx.commit().await?)
    }

    /// Changes one's own password, and ends every other session.
    ///
    /// # Errors
    ///
    /// When the old one is wrong, or the new one is weak.
    pub async fn change_password(
        &self,
        scope: &Scope,
        session: i64,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<(), DataError> {
        let id = scope.actor().person;
        let mut tx = self.read(scope).await?;
        let row = tx.one("SELECT email, password FROM person WHERE org = $1 AND id = $3", values![id]).await?;
        let row = row.ok_or(DataError::NotFound("person"))?;
        let (email, hash) = (row.text("email")?, row.text("password")?);
        drop(tx);
        if let Some(reason) = password::weakness(new, &email) {
            return Err(DataError::Invalid(reason));
        }
        if !is_right(old, Some(hash)).await? {
            return Err(DataError::Forbidden("the old password is wrong".to_owned()));
        }
        let hash = hashed(new).await?;
        let mut tx = self.write(scope).await?;
        tx.run("UPDATE person SET password = $4 WHERE org = $1 AND id = $3", values![id, hash]).await?;
        tx.run("DELETE FROM session WHERE org = $1 AND person = $3 AND id <> $4", values![id, session]).await?;
        log::note(&mut tx, "password.change", &email, "").await?;
        Ok(tx.commit().await?)
    }

    /// How many seconds a log-in has to wait; 0: it may be tried.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn must_wait(&self, account: &str, address: &str) -> Result<i64, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT MAX(until) AS until FROM login_failure WHERE key IN ($1, $2)";
        let row = tx.one(sql, values![pair(account, address), format!("address {address}")]).await?;
        let until = row.map(|row| row.opt_int("until")).transpose()?.flatten().unwrap_or(0);
        Ok((until - now()).max(0))
    }

    /// Counts a failed log-in. The pair of account and address waits, and the address; never the account alone, or anybody could lock its
    /// owner out.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn failed(&self, account: &str, address: &str) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        for (key, allowed) in [(pair(account, address), PAIR), (format!("address {address}"), ADDRESS)] {
            let sql = "INSERT INTO login_failure (key, failures, since, until) VALUES ($1, 1, $2, 0) ON CONFLICT (key) DO UPDATE SET \
                failures = CASE WHEN login_failure.since < $3 THEN 1 ELSE login_failure.failures + 1 END, since = $2 RETURNING failures";
            let row = tx.one(sql, values![&key, now(), now() - LONGEST]).await?;
            let failures = row.map(|row| row.int("failures")).transpose()?.unwrap_or(1);
            if failures >= allowed {
                let wait =
                    2_i64.saturating_pow(u32::try_from(failures - allowed).unwrap_or(30).min(30)).saturating_mul(15);
                let sql = "UPDATE login_failure SET until = $2 WHERE key = $1";
                tx.run(sql, values![&key, now() + wait.min(LONGEST)]).await?;
            }
        }
        tx.run("DELETE FROM login_failure WHERE since < $1", values![now() - 2 * LONGEST]).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets the failures of an account from an address, after a right log-in.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn succeeded(&self, account: &str, address: &str) -> Result<(), DataError> {
        let mut tx = self.write_all().await?;
        tx.run("DELETE FROM login_failure WHERE key = $1", values![pair(account, address)]).await?;
        Ok(tx.commit().await?)
    }
}

impl Data {
    /// Seals the keys of second factors with the newest master key.
    pub(super) async fn rotate_second_factors(&self, tx: &mut Tx) -> Result<u64, DataError> {
        let mut moved = 0;
        for row in tx.all("SELECT id, totp FROM person WHERE totp IS NOT NULL", Vec::new()).await? {
            let (id, Some(sealed)) = (row.int("id")?, Sealed::from_bytes(&row.bytes("totp")?)) else { continue };
            let new = self.master().rotate(&totp_context(id), &sealed);
            if let Some(new) = new.map_err(|error| DataError::Conflict(error.to_string()))? {
                tx.run("UPDATE person SET totp = $2 WHERE id = $1", values![id, new.to_bytes()]).await?;
                moved += 1;
            }
        }
        Ok(moved)
    }
}

/// Whether it is the password; on a thread that may wait.
///
/// # Errors
///
/// When the thread was stopped.
pub async fn is_right(given: &SecretString, hash: Option<String>) -> Result<bool, DataError> {
    let given = SecretString::from(given.expose_secret().to_owned());
    password::apart(move || password::is_right(&given, hash.as_deref())).await.map_err(DataError::Invalid)
}

fn pair(account: &str, address: &str) -> String {
    let account = email(account).unwrap_or_else(|| "?".to_owned());
    format!("pair {account} {address}")
}

async fn person(tx: &mut Scoped, id: i64) -> Result<Person, DataError> {
    tx.one(PERSON, values![id]).await?.as_ref().map(Person::of).transpose()?.ok_or(DataError::NotFound("person"))
}

/// A role for one client needs that client, and the others have none.
async fn fits(tx: &mut Scoped, role: Role, client: Option<i64>) -> Result<(), DataError> {
    match (role, client) {
        (Role::ClientViewer, None) => Err(DataError::Invalid("a client viewer needs a client".to_owned())),
        (Role::ClientViewer, Some(client)) => clients::exists(tx, client).await,
        (_, Some(_)) => Err(DataError::Invalid("only a client viewer has a client".to_owned())),
        (_, None) => Ok(()),
    }
}
