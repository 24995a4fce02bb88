//! What tells versions: tables, records, packages, pins, images, packs of git, scripts, versions themselves.
#![no_main]

use castellan_advisory::collect::{containers, git, javascript, python, system};
use castellan_advisory::import::Imported;
use castellan_advisory::table::Table;
use castellan_advisory::version::Scheme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(table) = Table::parse(&text) {
        let again = Table::parse(&table.print()).unwrap();
        assert_eq!(again.advisories().len(), table.len());
    }
    let mut imported = Imported::default();
    if imported.bytes("x", data, None).is_ok() {
        let _ = imported.table(&Table::new("2026-01-01", Vec::new()));
    }
    let _ = system::status(&text);
    let _ = python::requirements(&text, "requirements.txt");
    let _ = python::lock(&text, "uv.lock");
    let _ = python::metadata(&text, "METADATA");
    let _ = javascript::recognise(&text, "a/static/lib/pdfjs/pdf.js");
    containers::read(&text, "compose.yml", &mut containers::Images::default());
    let (left, right) = text.split_once('\n').unwrap_or((&text, "1.0"));
    for scheme in [Scheme::Pep440, Scheme::Debian, Scheme::Dotted] {
        let order = scheme.compare(left, right);
        assert_eq!(order, scheme.compare(right, left).map(std::cmp::Ordering::reverse));
    }
    // The first half is an index, the other one its pack.
    let (index, pack) = data.split_at(data.len() / 2);
    let part = |bytes: &[u8], at: u64, length: usize| {
        let at = usize::try_from(at).ok()?;
        Some(bytes.get(at..)?.iter().copied().take(length).collect::<Vec<u8>>())
    };
    let wanted = data.get(..20).unwrap_or(data);
    let _ = git::commit_in(&|at, length| part(index, at, length), &|at, length| part(pack, at, length), wanted);
});
