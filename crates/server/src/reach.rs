//! Which addresses a check for strangers may go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use url::{Host, Url};

/// How long a name server is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How far checks for strangers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Addresses of the internet, on the usual ports.
    Internet,
    /// Every address, of private networks too: for a server that only people of one's own reach.
    Anywhere,
}

/// A site that may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its address: `https://erp.example.com/`.
    pub url: String,
    /// Its name, and the port unless it is the usual one.
    pub host: String,
    /// Where it is. The scan goes there, whatever the name server says a moment later.
    pub address: IpAddr,
}

/// Whether an address is one of the public internet, by the registries of special addresses of IANA
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>, <https://www.iana.org/assignments/iana-ipv6-special-registry>).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or_else(|| is_public_v6(address), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127, ..) | (224..=255, ..) => true,
        // Shared by customers of one provider.
        (100, 64..=127, _) => true,
        (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true,
        // Of the IETF, documentation, the former 6to4 relay, benchmarks.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Of the IETF with Teredo, documentation, 6to4, which leads to any address of IPv4, documentation again.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

impl Reach {
    /// The site of an address that somebody typed; the scheme may be left out.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or why it is not looked at.
    pub async fn site(self, text: &str) -> Result<Site, String> {
        let url = self.url(text)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host.as_str(), port))).await {
            Ok(Ok(found)) => found.map(|address| address.ip()).collect::<Vec<_>>(),
            Ok(Err(_)) => return Err(format!("the name `{host}` is not known")),
            Err(_) => return Err("the name server does not answer: try again later".to_owned()),
        };
        let host = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        // The newer kind of address is often announced where nothing answers.
        let first = found.iter().find(|address| address.is_ipv4()).or_else(|| found.first());
        let address = *first.ok_or_else(|| format!("`{host}` has no address"))?;
        if self == Self::Internet && !found.into_iter().all(is_public) {
            return Err(format!("`{host}` leads to a private network: only sites of the internet are looked at"));
        }
        Ok(Site { url: url.to_string(), host, address })
    }

    fn url(self, text: &str) -> Result<Url, String> {
        let text = text.trim();
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|_| {
            format!("`{}` is no address: write https://erp.example.com", text.chars().take(80).collect::<String>())
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only sites of http and https can be looked at".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address holds a user or password: a look from outside needs neither".to_owned());
        }
        if self == Self::Internet && url.port().is_some() {
            return Err("only the usual ports are looked at: leave the port out".to_owned());
        }
        match url.host() {
            Some(Host::Domain(name)) if name.len() <= 253 => {}
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => {}
            _ => return Err("the address names no host".to_owned()),
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, is_public};

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:1.1.1.1",
            "2001:200::1",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn strangers_reach_the_internet_alone() {
        for (text, words) in [
            ("127.0.0.1", "private network"),
            // As a library of URLs reads them: 127.0.0.1, all of them.
            ("https://2130706433/", "private network"),
            ("https://0x7f.1/", "private network"),
            ("https://[::ffff:10.0.0.1]/", "private network"),
            ("localhost", "private network"),
            ("https://1.1.1.1:8069", "leave the port out"),
            ("https://ada:x@erp.example.com", "user or password"),
            ("ftp://erp.example.com", "only sites of http"),
            ("https://", "no address"),
            ("no such name.example", "no address"),
        ] {
            let said = Reach::Internet.site(text).await.unwrap_err();
            assert!(said.contains(words), "{text}: {said}");
        }
        let site = Reach::Internet.site(" 1.1.1.1/web?db=x#y ").await.unwrap();
        assert_eq!((site.url.as_str(), site.host.as_str()), ("https://1.1.1.1/", "1.1.1.1"));
        let site = Reach::Anywhere.site("http://127.0.0.1:8069/web").await.unwrap();
        assert_eq!((site.url.as_str(), site.host.as_str()), ("http://127.0.0.1:8069/", "127.0.0.1:8069"));
    }
}
