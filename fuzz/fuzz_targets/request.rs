//! A request through a configuration of each proxy: configuration, NUL, method, NUL, URL, NUL, address.
#![no_main]

use castellan_config::deployment::{Options, discover};
use castellan_config::host::Facts;
use castellan_config::host::snapshot::Snapshot;
use castellan_config::proxy::Request;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 5] =
    ["/etc/nginx/nginx.conf", "/etc/apache2/apache2.conf", "/etc/caddy/Caddyfile", "/etc/traefik/d.yml", "/etc/haproxy/haproxy.cfg"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let mut parts = rest.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
    let config = parts.next().unwrap_or_default();
    let method = parts.next().unwrap_or_else(|| "GET".into());
    let url = parts.next().unwrap_or_else(|| "https://erp.example.com/web/database/manager".into());
    let mut host = Snapshot::new(Facts::default());
    host.put(PATHS[usize::from(*first) % PATHS.len()], config, None);
    let deployment = discover(&host, &Options::default());
    let Ok(mut request) = Request::from_url(&method, &url) else { return };
    if let Some(from) = parts.next().and_then(|text| text.parse().ok()) {
        request.from = from;
    }
    for front in &deployment.fronts {
        for site in &front.sites {
            if let Some(listen) = site.main_listen() {
                request.port = listen.port;
                request.scheme = if listen.tls { "https".into() } else { "http".into() };
                request.host = site.host();
            }
            let _ = front.answer(&request).summary();
        }
        let _ = front.answer(&request).summary();
    }
});
