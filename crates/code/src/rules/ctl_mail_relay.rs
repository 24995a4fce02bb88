//! A route without login sends mail to whom the client names.
//!
//! ## What it does
//!
//! Follows values of public routes into recipient and body of mails that are sent as superuser.
//!
//! ## Why it matters
//!
//! Anybody sends mail in your name to anybody, and your domain ends on block lists.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/tell', type='json', auth='public')
//!     def tell(self, email, text):
//!         request.env['mail.mail'].sudo().create({'email_to': email, 'body_html': text}).send()
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
//!     @http.route('/x/tell', type='json', auth='public')
//!     def tell(self, text):
//!         request.env['mail.mail'].sudo().create({'email_to': 'info@example.com', 'subject': 'Question'}).send()
//! ```
//!
//! ## How to fix
//!
//! Fix the recipient and the template, and ask for a CAPTCHA.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/799.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-mail-relay", "WEB035", Group::Web, Severity::Medium, 799);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Mail], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_anonymous() && !flow.guards.intersects(Guards::HUMAN | Guards::TOKEN))
        .then(|| Report::here(format!("a mail takes {}", flow.source_words())))
}
