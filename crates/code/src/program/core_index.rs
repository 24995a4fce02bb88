//! What Odoo itself ships: routes, access rows, sensitive models and groups, by series. Compiled 2026-11-22 from the
//! sources of Odoo Community 12.0, 14.0, 16.0, 17.0 and 19.0; see `data/README.md`.

use std::collections::HashMap;
use std::sync::OnceLock;

use castellan_model::Series;
use serde::Deserialize;

use super::Auth;

type CoreRow = (Option<String>, String);

#[derive(Deserialize, Default)]
struct CoreAccess {
    /// Model, series, then group (none for everybody) and permissions.
    rows: HashMap<String, HashMap<String, Vec<CoreRow>>>,
    sensitive: HashMap<String, SensitiveModel>,
}

/// A model whose rows give power or hold secrets.
#[derive(Debug, Deserialize)]
pub struct SensitiveModel {
    /// What it holds.
    pub why: String,
    /// What somebody gains who may write more than Odoo allows.
    pub write: String,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: String,
    /// Groups that may read it in a sound system.
    pub read_groups: Vec<String>,
    /// Groups that may write it in a sound system.
    pub write_groups: Vec<String>,
}

#[derive(Deserialize, Default)]
struct CoreRoutes {
    routes: HashMap<String, Vec<RouteVariant>>,
}

/// Series, `auth`, `csrf`.
type RouteVariant = (Vec<u8>, String, Option<bool>);

#[derive(Deserialize, Default)]
struct CoreGroups {
    groups: HashMap<String, u8>,
}

fn access() -> &'static CoreAccess {
    static DATA: OnceLock<CoreAccess> = OnceLock::new();
    DATA.get_or_init(|| serde_json::from_str(include_str!("../../data/core_access.json")).unwrap_or_default())
}

fn routes() -> &'static CoreRoutes {
    static DATA: OnceLock<CoreRoutes> = OnceLock::new();
    DATA.get_or_init(|| serde_json::from_str(include_str!("../../data/core_routes.json")).unwrap_or_default())
}

/// The sensitive model of this name.
#[must_use]
pub fn sensitive_model(model: &str) -> Option<&'static SensitiveModel> {
    access().sensitive.get(model)
}

/// Whether Odoo itself gives this group this permission (`r`, `w`, `c`, `d`) on a model, in the known series nearest
/// to `series`. `None` group means everybody. A model that is not in the index gives nothing.
#[must_use]
pub fn core_grants(model: &str, group: Option<&str>, permission: char, series: Series) -> bool {
    let Some(by_series) = access().rows.get(model) else { return false };
    let nearest = by_series.keys().filter_map(|key| key.parse::<u8>().ok()).min_by_key(|known| {
        // The newest known series that is not newer wins; else the nearest.
        let distance = i16::from(series.major()) - i16::from(*known);
        (distance < 0, distance.abs())
    });
    nearest.and_then(|known| by_series.get(&known.to_string())).is_some_and(|rows| {
        rows.iter().any(|(row_group, permissions)| {
            (row_group.as_deref() == group || row_group.is_none()) && permissions.contains(permission)
        })
    })
}

/// A route of Odoo Community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoreRoute {
    /// Who may call it.
    pub auth: Auth,
    /// Whether CSRF protection is on.
    pub csrf: bool,
}

/// The route that Odoo ships under this path, strictest declaration first.
#[must_use]
pub fn core_route(path: &str, series: Series) -> Option<CoreRoute> {
    let variants = routes().routes.get(path)?;
    let fits = |variant: &&RouteVariant| variant.0.contains(&series.major());
    let chosen = variants.iter().filter(fits).chain(variants.iter());
    chosen
        .map(|(_, auth, csrf)| CoreRoute {
            auth: match auth.as_str() {
                "none" => Auth::None,
                "public" => Auth::Public,
                "user" => Auth::User,
                "bearer" => Auth::Bearer,
                _ => Auth::Custom,
            },
            csrf: csrf.unwrap_or(true),
        })
        .max_by_key(|route| route.auth)
}

/// How much power a group of Odoo gives: 5 administrator, 4 equivalent, 3 large data or script injection,
/// 2 application rights, 1 limited, 0 anonymous. `None` for a group that is not Odoo's.
#[must_use]
pub fn group_tier(group: &str) -> Option<u8> {
    static DATA: OnceLock<CoreGroups> = OnceLock::new();
    let data =
        DATA.get_or_init(|| serde_json::from_str(include_str!("../../data/core_groups.json")).unwrap_or_default());
    data.groups.get(group).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_data_loads() {
        let series = Series::new(17).unwrap();
        assert_eq!(sensitive_model("ir.config_parameter").unwrap().severity, "critical");
        assert!(core_grants("res.partner", Some("base.group_user"), 'r', series));
        assert!(!core_grants("ir.config_parameter", Some("base.group_user"), 'w', series));
        assert_eq!(group_tier("base.group_system"), Some(5));
        assert_eq!(core_route("/mail/thread/messages", series).unwrap().auth, Auth::User);
    }
}
