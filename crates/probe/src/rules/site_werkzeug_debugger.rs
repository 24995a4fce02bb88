//! Werkzeug's debugger runs on a public server.
//!
//! ## What it does
//!
//! Asks for a file of the debugger, and reads the error pages that were fetched anyway.
//!
//! ## Why it matters
//!
//! Behind a PIN that can be worked out, the debugger runs any Python that a stranger types.
//!
//! ## Bad
//!
//! ```http
//! > tests
//! 500
//! content-type: text/html
//!
//! <title>SessionExpired // Werkzeug Debugger</title><script src="?__debugger__=yes&amp;cmd=resource&amp;f=debugger.js"></script><script>var EVALEX = true, SECRET = "x";</script>
//! ```
//!
//! ```http
//! > debugger
//! 200
//! content-type: text/javascript
//!
//! $(function() { openShell(); debugger; }); var SECRET, EVALEX, promptForPin();
//! ```
//!
//! ## Good
//!
//! ```http
//! > debugger
//! 404
//! ```
//!
//! ## How to fix
//!
//! Remove `--dev` and `dev_mode` from the command line, the service and odoo.conf, and restart. Look for strangers in the
//! log.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>
//! * <https://werkzeug.palletsprojects.com/en/stable/debug/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-werkzeug-debugger", "OUT017", Group::Outside, Severity::Critical, 489);

pub(super) fn check(view: &View<'_>) -> Judged {
    let mut asked = None;
    for probe in ["debugger", "tests", "home", "login"] {
        match view.exchange(probe) {
            Ok(exchange) => {
                let page = exchange.body.contains("__debugger__") && exchange.body.contains("EVALEX");
                let script = probe == "debugger"
                    && exchange.media_type().contains("javascript")
                    && exchange.body.contains("promptForPin");
                if page || script {
                    let needle = if page { "EVALEX" } else { "promptForPin" };
                    return found(Report::at(probe, "the debugger of Werkzeug answers everybody").shown_by(needle));
                }
            }
            Err(reason) => asked = asked.or(Some(reason)),
        }
    }
    match asked {
        Some(reason) => Err(reason),
        None => FINE,
    }
}
