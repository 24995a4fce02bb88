//! What a server says to a hello, in one piece and byte by byte, and certificates.
#![no_main]

use castellan_probe::tls::wire::Reader;
use castellan_probe::tls::{authorities, certificate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut whole = Reader::default();
    let first = whole.push(data);
    let mut pieces = Reader::default();
    let mut second = None;
    for byte in data {
        second = pieces.push(std::slice::from_ref(byte));
        if second.is_some() {
            break;
        }
    }
    // Where pieces end makes no difference to what is understood.
    assert_eq!(first.is_some(), second.is_some());
    let _ = whole.end();
    let _ = certificate::read(data);
    let _ = authorities(data);
});
