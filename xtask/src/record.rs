//! Records what a real server says to every probe, as a fixture: `cargo xtask record URL FILE [ADDRESS]`.

use castellan_probe::collect::{Options, collect, site};
use castellan_probe::evidence::Consent;

/// Longest body that a fixture keeps; long ones are cut, as a scan cuts them.
const LONGEST: usize = 16 * 1024;

pub fn run(url: &str, file: &str, address: Option<&str>) -> Result<(), String> {
    let options = Options {
        consent: Consent::B,
        budget: 100,
        requests_per_second: 1000.0,
        handshakes_per_second: 1000.0,
        address: address.map(|text| text.parse().map_err(|error| format!("`{text}`: {error}"))).transpose()?,
        ..Options::default()
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let mut evidence = runtime.block_on(collect(&site(url)?, &options));
    if let Some(reason) = &evidence.unreachable {
        return Err(reason.clone());
    }
    for exchange in evidence.exchanges.values_mut() {
        if exchange.body.len() > LONGEST {
            let cut = exchange.body.floor_char_boundary(LONGEST);
            exchange.body.truncate(cut);
            exchange.is_cut = true;
        }
    }
    evidence.milliseconds = 0;
    std::fs::write(file, evidence.to_json() + "\n").map_err(|error| format!("`{file}`: {error}"))
}
