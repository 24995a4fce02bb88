//! The grade of the SSL Labs server rating guide, version 2009r.
//!
//! Source: <https://github.com/ssllabs/research/wiki/SSL-Server-Rating-Guide>. What needs an attack to be told (ROBOT, Heartbleed and their
//! like) is not counted.

use castellan_model::Grade;

use crate::headers;
use crate::tls::{self, TlsEvidence, wire};
use crate::view::View;

pub(super) fn grade(view: &View<'_>) -> Option<Grade> {
    let tls = view.evidence.tls.as_ref().filter(|tls| tls.failure.is_none() && !tls.versions.is_empty())?;
    let (protocol, exchange, cipher) = (protocol(tls), exchange(tls), cipher(tls));
    let parts = [protocol, exchange, cipher];
    let score = if parts.contains(&0) { 0 } else { (protocol * 30 + exchange * 30 + cipher * 40) / 100 };
    let mut reasons =
        vec![format!("protocols {protocol} × 30 %, key exchange {exchange} × 30 %, ciphers {cipher} × 40 %")];
    let caps = caps(view, tls, exchange);
    let warnings = warnings(tls);
    let by_score = match score {
        80.. => "A",
        65..=79 => "B",
        50..=64 => "C",
        35..=49 => "D",
        20..=34 => "E",
        _ => "F",
    };
    let worst = caps.iter().map(|(grade, _)| *grade).chain([by_score]).max_by_key(|grade| rank(grade)).unwrap_or("F");
    reasons.extend(caps.iter().map(|(grade, reason)| format!("at most {grade}: {reason}")));
    let grade = match worst {
        "A" if warnings.is_empty() => match without_hsts(view) {
            None => "A+",
            Some(reason) => {
                reasons.push(format!("no A+: {reason}"));
                "A"
            }
        },
        "A" => {
            reasons.extend(warnings.iter().map(|reason| format!("A-: {reason}")));
            "A-"
        }
        other => other,
    };
    Some(Grade { scheme: "SSL Labs".into(), grade: grade.into(), score, reasons })
}

fn rank(grade: &str) -> usize {
    ["A", "B", "C", "D", "E", "F", "M", "T"].iter().position(|known| *known == grade).unwrap_or(0)
}

/// Mean of the best and the worst.
fn mean(scores: impl Iterator<Item = i32> + Clone) -> i32 {
    match (scores.clone().max(), scores.min()) {
        (Some(best), Some(worst)) => i32::midpoint(best, worst),
        _ => 0,
    }
}

fn protocol(tls: &TlsEvidence) -> i32 {
    mean(tls.versions.iter().map(|version| match version.number {
        2 => 0,
        wire::SSL3 => 80,
        wire::TLS10 => 90,
        wire::TLS11 => 95,
        _ => 100,
    }))
}

/// Score of an RSA key or a prime.
const fn modular(bits: u32) -> i32 {
    match bits {
        0..512 => 20,
        512..1024 => 40,
        1024..2048 => 80,
        2048..4096 => 90,
        _ => 100,
    }
}

const fn elliptic(bits: u32) -> i32 {
    match bits {
        0..110 => 20,
        110..123 => 40,
        123..163 => 80,
        163..225 => 90,
        _ => 100,
    }
}

fn exchange(tls: &TlsEvidence) -> i32 {
    let keys = tls.chains.iter().filter_map(|chain| chain.first()).map(|own| match own.key_kind.as_str() {
        "RSA" => modular(own.key_bits),
        _ => elliptic(own.key_bits),
    });
    let curves = tls
        .groups
        .iter()
        .filter(|group| !(0x0100..=0x0104).contains(*group))
        .map(|group| elliptic(tls::group_bits(*group)));
    let anonymous = tls.versions.iter().flat_map(|version| &version.suites).any(|suite| suite.contains("anon"));
    let export = tls.versions.iter().flat_map(|version| &version.suites).any(|suite| suite.contains("EXPORT"));
    keys.chain(curves)
        .chain(tls.dh_bits.map(modular))
        .chain(anonymous.then_some(0))
        .chain(export.then_some(40))
        .min()
        .unwrap_or(0)
}

fn cipher(tls: &TlsEvidence) -> i32 {
    mean(tls.versions.iter().flat_map(|version| &version.suites).map(|suite| match tls::cipher_bits(suite) {
        0 => 0,
        1..128 => 20,
        128..256 => 80,
        _ => 100,
    }))
}

fn caps(view: &View<'_>, tls: &TlsEvidence, exchange: i32) -> Vec<(&'static str, String)> {
    let mut caps: Vec<(&'static str, String)> = Vec::new();
    let mut cap = |holds: bool, grade: &'static str, reason: &str| {
        if holds {
            caps.push((grade, reason.to_owned()));
        }
    };
    let suites = || tls.versions.iter().flat_map(|version| &version.suites);
    let newer = |wanted: &str| {
        tls.versions
            .iter()
            .filter(|version| version.number >= wire::TLS11)
            .flat_map(|version| &version.suites)
            .any(|suite| tls::weakness(suite).is_some_and(|reason| reason.contains(wanted)))
    };
    let chain = tls.chains.first().map_or(&[][..], Vec::as_slice);
    let own = chain.first();
    let expired = own.is_some_and(|own| own.not_after < view.evidence.time || own.not_before > view.evidence.time);
    let other_name = own.is_some_and(|own| !own.is_for(&view.evidence.host));
    let lonely = own.is_some_and(|own| own.timestamps && !own.self_issued) && chain.len() == 1;
    let distrust = tls.distrust.as_deref().filter(|reason| {
        !reason.contains("another name") && !reason.contains("expired") && !reason.contains("valid yet")
    });
    cap(expired, "T", "the certificate is not valid now");
    cap(distrust.is_some() && !lonely, "T", distrust.unwrap_or_default());
    cap(
        chain.iter().any(|one| one.signature_hash == "SHA1" && !(one.self_issued && one.is_authority)),
        "T",
        "a signature with SHA-1",
    );
    cap(other_name, "M", "the certificate is for another name");
    cap(tls.takes(2), "F", "SSL 2.0");
    cap(tls.versions.last().is_some_and(|best| best.number <= wire::SSL3), "F", "nothing better than SSL 3.0");
    cap(suites().any(|suite| suite.contains("EXPORT")), "F", "export suites");
    cap(suites().any(|suite| tls::cipher_bits(suite) < 112), "F", "suites with less than 112 bits");
    cap(suites().any(|suite| suite.contains("anon")), "F", "suites without authentication");
    cap(chain.iter().any(|one| matches!(one.signature_hash.as_str(), "MD2" | "MD5")), "F", "a signature with MD5");
    cap(own.is_some_and(|own| own.exponent_one), "F", "an RSA exponent of 1");
    cap(exchange <= 40, "F", "key exchange of 40 points or less");
    cap(!tls.takes(wire::TLS12) && !tls.takes(wire::TLS13), "C", "neither TLS 1.2 nor 1.3");
    let cbc_ssl3 = tls
        .versions
        .iter()
        .any(|version| version.number == wire::SSL3 && version.suites.iter().any(|suite| suite.contains("CBC")));
    cap(cbc_ssl3, "C", "POODLE");
    cap(tls.compression, "C", "compression (CRIME)");
    cap(newer("RC4"), "C", "RC4 with TLS 1.1 or newer");
    cap(newer("64-bit"), "C", "64-bit blocks with TLS 1.1 or newer");
    cap(tls.takes(wire::SSL3), "B", "SSL 3.0");
    cap(tls.takes(wire::TLS10), "B", "TLS 1.0");
    cap(tls.takes(wire::TLS11), "B", "TLS 1.1");
    cap(!suites().any(|suite| tls::is_forward_secret(suite)), "B", "no forward secrecy");
    cap(!suites().any(|suite| tls::is_authenticated(suite)), "B", "no authenticated encryption");
    cap(suites().any(|suite| suite.contains("RC4")), "B", "RC4");
    cap(distrust.is_some() && lonely, "B", "an incomplete chain");
    cap(exchange > 40 && exchange <= 80, "B", "key exchange of 80 points or less");
    caps
}

fn warnings(tls: &TlsEvidence) -> Vec<&'static str> {
    let mut out = Vec::new();
    if !tls.takes(wire::TLS13) {
        out.push("no TLS 1.3");
    }
    if tls.secure_renegotiation == Some(false) {
        out.push("renegotiation is not protected");
    }
    out
}

/// Why it is not exceptional: A+ wants HSTS for half a year.
fn without_hsts(view: &View<'_>) -> Option<&'static str> {
    let header = view.landing().ok().and_then(|(_, page)| page.header("strict-transport-security"));
    match header.and_then(headers::hsts) {
        None => Some("no HSTS"),
        Some(hsts) if hsts.max_age < headers::SIX_MONTHS => Some("HSTS of less than half a year"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Evidence;
    use crate::example::hardened;
    use crate::tls::Version;

    fn graded(change: impl FnOnce(&mut Evidence)) -> (String, i32) {
        let mut evidence = hardened();
        change(&mut evidence);
        grade(&View::new(&evidence)).map_or(("none".into(), 0), |grade| (grade.grade, grade.score))
    }

    fn with(evidence: &mut Evidence, number: u16, suites: &[&str]) {
        let suites = suites.iter().map(|suite| (*suite).to_owned()).collect();
        evidence.tls.as_mut().unwrap().versions.insert(0, Version { number, suites });
    }

    /// Calculated by hand from the guide.
    #[test]
    fn the_guide_is_followed() {
        // 100, 100, 100.
        assert_eq!(graded(|_| ()), ("A+".into(), 100));
        // A warning: no TLS 1.3.
        assert_eq!(
            graded(|evidence| evidence.tls.as_mut().unwrap().versions.retain(|one| one.number != 0x0304)).0,
            "A-"
        );
        // Protocols (100 + 90) / 2, ciphers (100 + 80) / 2: 28.5 + 30 + 36.
        assert_eq!(graded(|evidence| with(evidence, 0x0301, &["TLS_RSA_WITH_AES_128_CBC_SHA"])), ("B".into(), 94));
        // 56 bits: at most F, and 0.4 * (100 + 20) / 2.
        assert_eq!(graded(|evidence| with(evidence, 0x0303, &["TLS_RSA_WITH_DES_CBC_SHA"])), ("F".into(), 84));
        // Without encryption a category is 0, and with it all.
        assert_eq!(graded(|evidence| with(evidence, 0x0303, &["TLS_RSA_WITH_NULL_SHA"])).0, "F");
        assert_eq!(graded(|evidence| with(evidence, 0x0303, &["TLS_RSA_WITH_RC4_128_SHA"])).0, "C");
        assert_eq!(graded(|evidence| with(evidence, 2, &[])).0, "F");
        // 1024 bits: key exchange 80.
        assert_eq!(graded(|evidence| evidence.tls.as_mut().unwrap().dh_bits = Some(1024)), ("B".into(), 94));
        assert_eq!(graded(|evidence| evidence.tls.as_mut().unwrap().chains[0][0].names.clear()).0, "M");
        assert_eq!(graded(|evidence| evidence.time += 400 * 86_400).0, "T");
        assert_eq!(graded(|evidence| evidence.tls.as_mut().unwrap().failure = Some("no TLS".into())).0, "none");
    }
}
