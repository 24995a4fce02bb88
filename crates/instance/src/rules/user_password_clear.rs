//! A password is stored as it is.
//!
//! ## What it does
//!
//! Looks at how `res_users.password` is stored: anything that is not a hash. Read through SQL only, and never the password itself.
//!
//! ## Why it matters
//!
//! Every backup, every reader of the database and every SQL injection has the password, ready for other systems too. Odoo accepts it at log-in.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "password": "clear"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "password": "none"}]}
//! ```
//!
//! ## How to fix
//!
//! Set a new password for the user; Odoo stores the hash. Find what writes the column past Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/256.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::evidence::Password;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-password-clear", "USR005", Group::Users, Severity::Critical, 256);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users"])?;
    helpers::passwords_are_known(view)?;
    let records: Vec<_> =
        view.evidence.users.iter().filter(|user| user.password == Some(Password::Clear)).map(record).collect();
    let message = format!("passwords stored without a hash: {}", records.len());
    found_if_any(Report::of("res.users", "password is not empty and no hash", message).records(records))
}
