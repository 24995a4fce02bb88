//! An archive is unpacked without checking its members.
//!
//! ## What it does
//!
//! Reports `extractall` on tar archives without `filter`, and on any archive that a client sends.
//!
//! ## Why it matters
//!
//! A member named `../../x` is written outside of the folder; a small archive fills the disk.
//!
//! ## Bad
//!
//! ```python
//! import tarfile
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def unpack(self, path):
//!         with tarfile.open('/tmp/in.tar') as archive:
//!             archive.extractall('/tmp/out')
//! ```
//!
//! ## Good
//!
//! ```python
//! import tarfile
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def unpack(self):
//!         with tarfile.open('/tmp/in.tar') as archive:
//!             archive.extractall('/tmp/out', filter='data')
//! ```
//!
//! ## How to fix
//!
//! Pass `filter='data'`, check the names of members, and bound their sizes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/22.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-archive", "PY008", Group::Python, Severity::High, 22);

pub(super) const CHECK: Check = Check::Call(&["extractall"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let receiver = call.receiver?;
    let kind = receiver.dotted().unwrap_or_default();
    let tar = kind.starts_with("tarfile");
    let zip = kind.starts_with("zipfile");
    let filtered = call.keyword("filter").is_some() || call.keyword("members").is_some();
    if tar && !filtered {
        return Some(Report::here("members of the archive may be written outside of the folder"));
    }
    (zip && call.is_tainted(receiver)).then(|| {
        Report::here("the archive may unpack to any size").severity(Severity::Medium).confidence(Confidence::Medium)
    })
}
