//! The folder of attachments can be asked for from outside.
//!
//! ## What it does
//!
//! Asks for `/web/filestore/`, which the proxy should keep for redirects of Odoo.
//!
//! ## Why it matters
//!
//! Whoever knows or finds out the name of a file reads it without a session.
//!
//! ## Bad
//!
//! ```http
//! > filestore
//! 403
//! content-type: text/html
//!
//! <html><head><title>403 Forbidden</title></head><hr><center>nginx</center></html>
//! ```
//!
//! ```http
//! > filestore
//! 200
//! content-type: text/html
//!
//! <title>Index of /web/filestore/</title>
//! ```
//!
//! ## Good
//!
//! ```http
//! > filestore
//! 404
//! ```
//!
//! ```http
//! > filestore
//! 301
//! location: /web/filestore
//! ```
//!
//! ## How to fix
//!
//! Write `internal;` into `location /web/filestore`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/552.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-filestore-reachable", "OUT044", Group::Outside, Severity::High, 552);

pub(super) fn check(view: &View<'_>) -> Judged {
    let exchange = view.exchange("filestore")?;
    view.not_gated()?;
    let listed = exchange.status == 200 && exchange.body.contains("Index of /");
    // A folder that is there and not listed is forbidden; a path that nobody has is not found.
    let forbidden = exchange.status == 403 && view.exchange("random-web").is_ok_and(|one| one.status == 404);
    if listed {
        return found(Report::at("filestore", "the folder of attachments is listed").shown_by("Index of /"));
    }
    if forbidden {
        let report = Report::at("filestore", "the folder of attachments answers by itself")
            .confidence(castellan_model::Confidence::Medium);
        return found(report);
    }
    FINE
}
