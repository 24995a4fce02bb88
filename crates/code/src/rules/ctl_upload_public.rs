//! A route without login stores what is uploaded, whatever it is.
//!
//! ## What it does
//!
//! Reports public routes that create attachments as superuser from the request and look at neither type nor size.
//!
//! ## Why it matters
//!
//! Anybody fills the disk, and puts pages with scripts under your own domain.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/up', type='http', auth='public', methods=['POST'])
//!     def up(self, file):
//!         request.env['ir.attachment'].sudo().create({'name': file.filename, 'raw': file.read()})
//!         return 'ok'
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/up', type='http', auth='public', methods=['POST'])
//!     def up(self, file):
//!         if file.mimetype not in ('image/png', 'application/pdf') or request.httprequest.content_length > 1000000:
//!             return 'no'
//!         request.env['ir.attachment'].sudo().create({'name': 'upload', 'raw': file.read(), 'res_model': 'x.note', 'res_id': 1})
//!         return 'ok'
//! ```
//!
//! ## How to fix
//!
//! Check type and size, and bind the file to a record.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/434.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView, Traits};
use crate::program::{Auth};
use crate::python;
use crate::rule::{Check, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-upload-public", "WEB036", Group::Web, Severity::Medium, 434).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Call(&["create"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let route = call.function.route.as_ref()?;
    let receiver = call.receiver?;
    let open = matches!(route.auth, Auth::Public | Auth::None) && receiver.model() == "ir.attachment" && receiver.is(Traits::SUDO);
    let values = call.arguments.first()?;
    let node = call.function.node?;
    let looks = ["mimetype", "content_type", "content_length", "guess_mimetype"].iter().any(|name| helpers::mentions(&node.body, name))
        || helpers::calls_in(&node.body).into_iter().any(|other| matches!(python::last_name(&other.func), Some("guess_mimetype" | "len" | "guess_type")));
    (open && call.is_tainted(*values) && !looks).then(|| Report::here("stores what anybody on the internet uploads"))
}
