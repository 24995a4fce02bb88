//! What ends some day, told before it does: certificates, API keys, the support of a series.

use castellan_advisory::store::Data;
use castellan_advisory::support::{self, Support};
use castellan_model::calendar;
use serde::{Deserialize, Serialize};

use crate::kept::Kept;

/// What kind of thing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndingKind {
    /// The certificate of a site.
    Certificate,
    /// An API key of an active user.
    Key,
    /// Fixes for a series of Odoo.
    Support,
}

/// Something that ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ending {
    /// What kind of thing.
    pub kind: EndingKind,
    /// What it is: `erp.example.com`, `key 7 of ada in prod`, `Odoo 17.0`.
    pub name: String,
    /// Its last second, seconds since 1970.
    pub at: i64,
}

/// Everything in the evidence that ends.
#[must_use]
pub fn endings(kept: &Kept, data: &Data) -> Vec<Ending> {
    let mut out = Vec::new();
    for site in &kept.sites {
        if let Some(certificate) = site.tls.as_ref().and_then(|tls| tls.certificate()) {
            out.push(Ending { kind: EndingKind::Certificate, name: site.host.clone(), at: certificate.not_after });
        }
    }
    for database in &kept.databases {
        for key in &database.keys {
            let user = database.users.iter().find(|user| user.id == key.user && user.active);
            if let (Some(at), Some(user)) = (key.expires, user) {
                let name = format!("key {} of {} in {}", key.id, user.login, database.database);
                out.push(Ending { kind: EndingKind::Key, name, at });
            }
        }
    }
    let today = calendar::date(kept.time);
    for install in kept.inventories.iter().flat_map(|inventory| &inventory.odoo) {
        if let Some(Support::Until(end)) = support::odoo(&data.odoo, &install.series, &today)
            // Its last month is whole.
            && let Some(at) = calendar::day_start(&format!("{end}-28"))
        {
            out.push(Ending { kind: EndingKind::Support, name: format!("Odoo {}", install.series), at });
        }
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_is_found_in_every_kind_of_evidence() {
        let mut kept = Kept::new(1_790_000_000);
        let certificate = castellan_probe::tls::Certificate { not_after: 1_790_500_000, ..Default::default() };
        let tls = castellan_probe::tls::TlsEvidence { chains: vec![vec![certificate]], ..Default::default() };
        let host = "erp.example.com".to_owned();
        kept.sites.push(castellan_probe::evidence::Evidence { host, tls: Some(tls), ..Default::default() });
        let database = serde_json::json!({"database": "prod", "users": [{"id": 7, "login": "ada", "active": true}, {"id": 8, "login": "old", "active": false}],
            "keys": [{"id": 3, "user": 7, "expires": 1_790_600_000}, {"id": 4, "user": 7}, {"id": 5, "user": 8, "expires": 1}]});
        kept.databases.push(serde_json::from_value(database).unwrap());
        kept.inventories.push(
            serde_json::from_value(serde_json::json!({"odoo": [{"place": "release.py", "line": 1, "series": "18.0"}]}))
                .unwrap(),
        );
        let found = endings(&kept, &Data::embedded());
        let names: Vec<(&str, i64)> = found.iter().map(|one| (one.name.as_str(), one.at)).collect();
        assert_eq!(names[..2], [("erp.example.com", 1_790_500_000), ("key 3 of ada in prod", 1_790_600_000)]);
        assert!(names.len() == 3 && names[2].0 == "Odoo 18.0" && names[2].1 > 1_790_000_000, "{names:?}");
    }
}
