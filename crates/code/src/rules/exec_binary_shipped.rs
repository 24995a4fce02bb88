//! The module ships a compiled program.
//!
//! ## What it does
//!
//! Reports `.so`, `.pyd`, `.pyc`, `.exe`, `.dll` and similar files inside a module.
//!
//! ## Why it matters
//!
//! Nobody can review what a compiled file does, and Python imports it like source.
//!
//! ## Bad
//!
//! ```text
//! ==> lib/helper.so <==
//! x
//! ==> models/a.py <==
//! x = 1
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/a.py <==
//! x = 1
//! ```
//!
//! ## How to fix
//!
//! Ship the source and let the administrator install compiled packages from their publisher.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/506.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Program};
use crate::rule::{Check, Report};
use crate::source::{ModuleId, Range, Site, FileId};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-binary-shipped", "EXE021", Group::Execution, Severity::High, 506);

pub(super) const CHECK: Check = Check::Module(check);

fn check(program: &Program<'_>, id: ModuleId, out: &mut Vec<Report>) {
    for (index, file) in program.files.iter().enumerate() {
        if file.module != Some(id) || file.language != crate::source::Language::Binary || file.path.contains("/tests/") {
            continue;
        }
        let extension = file.name().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if matches!(extension.as_str(), "so" | "pyd" | "pyc" | "pyo" | "exe" | "dll" | "dylib" | "jar" | "egg" | "whl") && !file.path.contains("__pycache__") {
            let site = Site { file: FileId(u32::try_from(index).unwrap_or(0)), range: Range { start: 0, end: 0 } };
            out.push(Report::at(site, format!("ships the compiled file `{}`", file.name())));
        }
    }
}
