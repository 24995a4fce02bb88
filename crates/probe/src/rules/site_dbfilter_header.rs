//! The client may choose the database by a header.
//!
//! ## What it does
//!
//! Sends `X-Odoo-dbfilter` with a filter that fits no database and compares with the answer without it. Consent B.
//!
//! ## Why it matters
//!
//! The module dbfilter_from_header trusts the header; a proxy that does not overwrite it lets strangers into every
//! database.
//!
//! ## Bad
//!
//! ```http
//! > dbfilter
//! 303
//! location: /web/database/selector
//! ```
//!
//! ## Good
//!
//! ```http
//! > dbfilter
//! 200
//! content-type: text/html
//!
//! <form class="oe_login_form" action="/web/login"></form>
//! ```
//!
//! ## How to fix
//!
//! Let the proxy overwrite it: `proxy_set_header X-Odoo-dbfilter ^acme$;`, or empty it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-dbfilter-header", "OUT026", Group::Outside, Severity::High, 639);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let plain = view.exchange("login")?;
    let filtered = view.exchange("dbfilter")?;
    let leads_away = filtered.location().is_some_and(|to| to.contains("/web/database/"));
    if plain.status == 200
        && plain.body.contains("oe_login_form")
        && (leads_away || filtered.body.contains("/web/database/"))
    {
        return found(
            Report::at("dbfilter", "with `X-Odoo-dbfilter` the site looks for another database")
                .shown_by("/web/database/"),
        );
    }
    FINE
}
