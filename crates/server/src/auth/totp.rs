//! One-time passwords by time (RFC 6238): 6 digits, 30 seconds, one step of leeway, each once.

use data_encoding::BASE32_NOPAD;
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

/// A new secret, in Base32.
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn new() -> Result<SecretString, String> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(SecretString::from(BASE32_NOPAD.encode(&bytes)))
}

fn of(secret: &SecretString, email: &str) -> Result<Totp, String> {
    let secret = Secret::try_from_base32(secret.expose_secret()).map_err(|_| "the secret is damaged".to_owned())?;
    Builder::new()
        .with_secret(secret)
        .with_issuer(Some("Castellan"))
        .with_account_name(email.to_owned())
        .build()
        .map_err(|error| error.to_string())
}

/// The step of a right code, newer than `used`; none: the code is wrong, or was used.
///
/// # Errors
///
/// When the secret is damaged.
pub fn check(secret: &SecretString, code: &str, now: i64, used: i64) -> Result<Option<i64>, String> {
    let code: String = code.chars().filter(|char| !char.is_whitespace()).collect();
    let totp = of(secret, "account")?;
    let step = totp.check(&code, u64::try_from(now).unwrap_or_default());
    Ok(step.and_then(|step| i64::try_from(step).ok()).filter(|step| *step > used))
}

/// The address that an app reads, and its picture as SVG.
///
/// # Errors
///
/// When the secret is damaged.
pub fn picture(secret: &SecretString, email: &str) -> Result<(String, String), String> {
    let url = of(secret, email)?.to_url().map_err(|error| error.to_string())?;
    let code = qrcode::QrCode::new(url.as_bytes()).map_err(|error| error.to_string())?;
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(200, 200)
        .dark_color(qrcode::render::svg::Color("#000"))
        .light_color(qrcode::render::svg::Color("#fff"))
        .build();
    let svg = svg.find("<svg").map_or(svg.clone(), |at| svg[at..].to_owned());
    Ok((url, svg))
}

/// Codes for the day on which the telephone is lost.
///
/// # Errors
///
/// When the system gives no random bytes.
pub fn recovery_codes() -> Result<Vec<String>, String> {
    (0..10)
        .map(|_| {
            let mut bytes = [0_u8; 10];
            getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
            let text = BASE32_NOPAD.encode(&bytes).to_lowercase();
            Ok(format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..16]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_right_once() {
        // The secret and the time of RFC 6238, appendix B, with six digits.
        let secret = SecretString::from(BASE32_NOPAD.encode(b"12345678901234567890"));
        let step = check(&secret, "005 924", 1_234_567_890, 0).unwrap().unwrap();
        assert_eq!(check(&secret, "005924", 1_234_567_890, step).unwrap(), None);
        assert_eq!(check(&secret, "005925", 1_234_567_890, 0).unwrap(), None);
    }

    #[test]
    fn the_picture_holds_the_address() {
        let (url, svg) = picture(&new().unwrap(), "ada@example.com").unwrap();
        assert!(url.starts_with("otpauth://totp/Castellan:ada%40example.com?"), "{url}");
        assert!(svg.starts_with("<svg"));
        assert_eq!(recovery_codes().unwrap().len(), 10);
    }
}
