//! The whole scan of one python file.
#![no_main]

use castellan_code::scan::{ScanOptions, scan_texts};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = scan_texts(vec![("m/models/a.py".to_owned(), data.to_vec())], &ScanOptions::default());
});
