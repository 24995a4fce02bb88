//! Encoded code is decoded and run.
//!
//! ## What it does
//!
//! Reports `exec`, `eval` and `marshal` on what base64, zlib, hex or a character list decodes to.
//!
//! ## Why it matters
//!
//! Code that hides from readers is how back doors and licence bombs are shipped; nobody can review what it does.
//!
//! ## Bad
//!
//! ```python
//! import base64
//! exec(base64.b64decode('cHJpbnQoMSk='))
//! ```
//!
//! ## Good
//!
//! ```python
//! import base64
//! LOGO = base64.b64decode('cHJpbnQoMSk=')
//! ```
//!
//! ## How to fix
//!
//! Replace the blob by its source text, or remove the module.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/506.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-hidden-payload", "EXE020", Group::Execution, Severity::Critical, 506);

pub(super) const CHECK: Check = Check::Call(&["exec", "eval", "compile", "loads"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.name == "loads" && !call.dotted.starts_with("marshal.") {
        return None;
    }
    let text = call.source(call.call);
    let decoders = [
        "b64decode", "b85decode", "b32decode", "a85decode", "zlib.decompress", "codecs.decode", "fromhex", "unhexlify", "rot13", "marshal.loads",
        "lzma.decompress", "bz2.decompress",
    ];
    let decoded = decoders.iter().any(|word| text.contains(word)) || (text.contains("chr(") && text.contains("join"));
    decoded.then(|| Report::here("runs code that was hidden by an encoding"))
}
