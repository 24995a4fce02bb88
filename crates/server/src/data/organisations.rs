//! What an organisation sets for all of it: under which name its reports go out, and how long audits stay.

use castellan_report::theme::{Theme, picture};
use castellan_store::values;
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::people::named;
use super::{Data, DataError, log};
use crate::scope::Scope;

/// Audits stay at least this long, in days.
const SHORTEST: i64 = 30;
/// And at most, where an end is set.
const LONGEST: i64 = 36_500;
/// Characters of a line of the brand.
const LINE: usize = 200;

/// Under which name reports go out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Brand {
    /// Whose report it is; empty: Castellan's.
    pub name: String,
    /// How they are reached.
    pub contact: String,
    /// Last line of every page.
    pub footer: String,
    /// Colour of headings: `#1f4e79`.
    pub accent: Option<String>,
    /// Logo: PNG or JPEG in Base64, at most 512 KiB.
    pub logo: Option<String>,
}

impl Brand {
    /// As reports take it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn theme(&self) -> Result<Theme, String> {
        let name = if self.name.trim().is_empty() { Theme::default().name } else { self.name.trim().to_owned() };
        let theme = Theme::of(&name, self.accent.as_deref())?;
        for line in [&self.name, &self.contact, &self.footer] {
            if line.chars().count() > LINE || line.chars().any(char::is_control) {
                return Err(format!("a line of the brand has at most {LINE} characters"));
            }
        }
        let logo = match &self.logo {
            None => None,
            Some(text) => {
                let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| "`logo` is no Base64".to_owned())?;
                Some(picture(bytes).map_err(|reason| format!("`logo` {reason}"))?)
            }
        };
        Ok(Theme { contact: self.contact.clone(), footer: self.footer.clone(), logo, ..theme })
    }
}

/// What an organisation sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Under which name reports go out.
    #[serde(default)]
    pub brand: Brand,
    /// Days that audits stay, 30 to 36500; none: for ever. The newest of a deployment always stays.
    #[serde(default)]
    pub keep_days: Option<i64>,
}

impl Data {
    /// What the organisation sets.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub async fn settings(&self, scope: &Scope) -> Result<Organisation, DataError> {
        let mut tx = self.read(scope).await?;
        let sql = "SELECT name, brand, keep_days FROM organisation WHERE id = $1";
        let row = tx.one(sql, Vec::new()).await?.ok_or(DataError::NotFound("organisation"))?;
        Ok(Organisation {
            name: row.text("name")?,
            brand: serde_json::from_str(&row.text("brand")?).unwrap_or_default(),
            keep_days: row.opt_int("keep_days")?,
        })
    }

    /// Sets it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub async fn set(&self, scope: &Scope, told: &Organisation) -> Result<Organisation, DataError> {
        let name = named(&told.name)?;
        told.brand.theme().map_err(DataError::Invalid)?;
        if told.keep_days.is_some_and(|days| !(SHORTEST..=LONGEST).contains(&days)) {
            return Err(DataError::Invalid(format!("audits stay {SHORTEST} to {LONGEST} days, or for ever")));
        }
        let brand = serde_json::to_string(&told.brand).unwrap_or_default();
        let mut tx = self.write(scope).await?;
        let sql = "UPDATE organisation SET name = $3, brand = $4, keep_days = $5 WHERE id = $1";
        tx.run(sql, values![&name, brand, told.keep_days]).await?;
        let days = told.keep_days.map_or_else(|| "for ever".to_owned(), |days| format!("{days} days"));
        log::note(
            &mut tx,
            "organisation.change",
            &format!("organisation {}", scope.org()),
            &format!("audits stay {days}"),
        )
        .await?;
        tx.commit().await?;
        Ok(Organisation { name, ..told.clone() })
    }

    /// Removes what is kept for longer than its organisation wants: audits, and findings that were fixed before. How many audits went comes back.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached.
    pub async fn retain(&self, at: i64) -> Result<u64, DataError> {
        let mut tx = self.write_all().await?;
        let mut gone = 0;
        for row in tx.all("SELECT id, keep_days FROM organisation WHERE keep_days IS NOT NULL", Vec::new()).await? {
            let (org, days) = (row.int("id")?, row.opt_int("keep_days")?.unwrap_or(LONGEST));
            let before = at - days * 86_400;
            let sql = "DELETE FROM audit WHERE org = $1 AND time < $2 AND sequence < \
                (SELECT deployment.sequence FROM deployment WHERE deployment.id = audit.deployment)";
            gone += tx.run(sql, values![org, before]).await?;
            let sql = "DELETE FROM finding WHERE org = $1 AND state = 'fixed' AND changed < $2";
            tx.run(sql, values![org, before]).await?;
        }
        tx.commit().await?;
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_is_a_theme_or_says_why_not() {
        let brand = Brand {
            name: "Agency North".into(),
            accent: Some("#1f4e79".into()),
            logo: Some(BASE64.encode(&[0x89, b'P', b'N', b'G', 1])),
            ..Brand::default()
        };
        let theme = brand.theme().unwrap();
        assert_eq!((theme.name.as_str(), theme.logo.unwrap().0), ("Agency North", "png"));
        assert_eq!(Brand::default().theme().unwrap(), Theme::default());
        let wrong = |brand: Brand| brand.theme().unwrap_err();
        assert!(wrong(Brand { accent: Some("#ffff00".into()), ..brand.clone() }).contains("contrast"));
        assert!(wrong(Brand { accent: Some("blue".into()), ..brand.clone() }).contains("#1f4e79"));
        assert!(wrong(Brand { logo: Some("?".into()), ..brand.clone() }).contains("Base64"));
        assert!(wrong(Brand { logo: Some("R0lGODlh".into()), ..brand.clone() }).contains("neither PNG nor JPEG"));
        assert!(wrong(Brand { footer: "x".repeat(300), ..brand }).contains("200 characters"));
    }
}
