//! The whole scan of one javascript file.
#![no_main]

use castellan_code::scan::{ScanOptions, scan_texts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = scan_texts(vec![("m/static/src/a.js".to_owned(), data.to_vec())], &ScanOptions::default());
});
