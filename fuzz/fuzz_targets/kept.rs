//! What comes from elsewhere: evidence packs, kept evidence, settings with deployments.
#![no_main]

use castellan_audit::Kept;
use castellan_report::pack::verify;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = verify(data, None);
    if let Ok(kept) = Kept::read(data) {
        let _ = castellan_audit::queries(&kept);
    }
    let text = String::from_utf8_lossy(data);
    let _ = castellan_audit::parse_settings("castellan.toml", &text, std::path::Path::new("/nowhere"));
});
