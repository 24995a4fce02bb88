//! The whole scan of a module whose files come from one input, split at NUL bytes.
#![no_main]

use castellan_code::scan::{ScanOptions, scan_texts};
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 5] =
    ["m/__manifest__.py", "m/models/a.py", "m/data/a.xml", "m/security/ir.model.access.csv", "m/static/src/a.js"];

fuzz_target!(|data: &[u8]| {
    let texts = data.split(|byte| *byte == 0).zip(PATHS).map(|(text, path)| (path.to_owned(), text.to_vec())).collect();
    let _ = scan_texts(texts, &ScanOptions::default());
});
