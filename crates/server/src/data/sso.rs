//! People who come from a provider of single sign-on: known by its subject, and the first time by an address that it has verified.

use castellan_store::values;

use super::people::{Account, NewPerson, email};
use super::{Data, DataError, log};
use crate::auth::sso::Known;
use crate::auth::token;
use crate::scope::{Actor, Role, Scope};

fn refused(detail: &str) -> DataError {
    DataError::Forbidden(detail.to_owned())
}

impl Data {
    /// The account of somebody whom the provider knows. An open invitation of their address is taken up by that.
    ///
    /// # Errors
    ///
    /// When there is no account, it may not log in, or the address is not verified.
    pub async fn known_by_sso(&self, known: &Known, address: &str) -> Result<Account, DataError> {
        let mut tx = self.read_all().await?;
        let sql = "SELECT email FROM person WHERE sso = $1";
        let row = tx.one(sql, values![&known.subject]).await?;
        drop(tx);
        let address_known = match row {
            Some(row) => row.text("email")?,
            None => self.meet(known, address).await?,
        };
        let account = self.account(&address_known).await?.filter(|account| !account.person.disabled);
        account.ok_or_else(|| refused("this account may not log in: ask an owner or administrator"))
    }

    /// Somebody comes from the provider for the first time: the address of their account comes back.
    async fn meet(&self, known: &Known, address: &str) -> Result<String, DataError> {
        let mail = email(&known.email).ok_or_else(|| refused("the provider tells no e-mail address"))?;
        if !known.is_verified {
            return Err(refused(
                "the provider has not verified your e-mail address: only one that is verified opens an account",
            ));
        }
        if self.account(&mail).await?.is_none() {
            self.accept_by_sso(&mail, &known.name).await?;
        }
        let mut tx = self.write_all().await?;
        let sql = "UPDATE person SET sso = $2 WHERE email = $1 AND sso IS NULL RETURNING id, org, client, role";
        let row = tx.one(sql, values![&mail, &known.subject]).await?;
        let row =
            row.ok_or_else(|| refused("the account of this address is tied to another account of the provider"))?;
        tx.commit().await?;
        let role = Role::from_name(&row.text("role")?).unwrap_or(Role::ClientViewer);
        let actor = Actor { person: row.int("id")?, label: mail.clone(), address: address.to_owned() };
        let scope = Scope::new(row.int("org")?, row.opt_int("client")?, role, role.right(), actor);
        let mut tx = self.write(&scope).await?;
        log::note(&mut tx, "sso.tie", &mail, known.subject.split('\n').next().unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(mail)
    }

    /// Takes up an invitation without a password: one that nobody knows stands in its place.
    async fn accept_by_sso(&self, mail: &str, name: &str) -> Result<(), DataError> {
        let nobodys = secrecy::SecretString::from(token::new("").map_err(DataError::Invalid)?);
        let name = if name.trim().is_empty() { mail } else { name.trim() };
        let name: String = name.chars().filter(|char| !char.is_control()).take(120).collect();
        let taken = NewPerson { email: mail.to_owned(), name, password: nobodys };
        if self.accept_as(&taken, None).await? {
            return Ok(());
        }
        Err(refused(
            "there is no account and no open invitation for this address: ask an owner or administrator to invite you",
        ))
    }
}
