//! The evidence pack: reports, evidence and the queries behind it in one archive, with a manifest of checksums that is signed.
//!
//! ```text
//! manifest.json   every other file with its length and SHA-256
//! signature.json  an Ed25519 signature over manifest.json, and the key that verifies it
//! report.json, report.html, report.pdf, findings.csv, queries.md
//! evidence/       hosts, sites, databases, versions, code: what was collected, without passwords
//! ```

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use castellan_audit::{Kept, queries};
use castellan_model::AuditReport;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::present::Presentation;
use crate::{csv, html, json, pdf};

const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SIGNATURE: &str = "signature.json";
/// Files of a pack, and bytes that they unpack to, at most.
const MOST: usize = 100_000;
const LARGEST: u64 = 4 << 30;

/// What a pack holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format: u32,
    /// Version of Castellan.
    pub castellan: String,
    /// The deployment, or what was audited.
    pub subject: String,
    /// When the audit was made, RFC 3339.
    pub time: String,
    /// Files by name.
    pub files: BTreeMap<String, Entry>,
}

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Signature {
    algorithm: String,
    public_key: String,
    signature: String,
}

/// A key that signs packs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// A new key and how it is kept: PKCS#8 in base64.
    ///
    /// # Errors
    ///
    /// When the system gives no chance.
    pub fn generate() -> Result<(Self, String), String> {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| "no key can be made")?;
        let text = BASE64.encode(made.as_ref());
        Ok((Self::read(&text)?, text))
    }

    /// Reads a key.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| "it is not base64")?;
        let pair = Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| "it is no Ed25519 key in PKCS#8")?;
        Ok(Self { pair })
    }

    /// The key that verifies, in base64: what an auditor is given beforehand.
    #[must_use]
    pub fn public(&self) -> String {
        BASE64.encode(self.pair.public_key().as_ref())
    }
}

/// Makes a pack.
///
/// # Errors
///
/// When a report or the archive cannot be made.
pub fn pack(report: &AuditReport, kept: &Kept, how: &Presentation, key: &SigningKey) -> Result<Vec<u8>, String> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    files.insert("report.json".into(), json(report).into_bytes());
    files.insert("report.html".into(), html(report, how).into_bytes());
    files.insert("report.pdf".into(), pdf(report, how)?);
    files.insert("findings.csv".into(), csv(report).into_bytes());
    files.insert("queries.md".into(), queries(kept).into_bytes());
    for (number, host) in kept.hosts.iter().enumerate() {
        for (name, file) in &host.files {
            files.insert(format!("evidence/hosts/{}/{}", number + 1, safe(name)), file.bytes());
        }
    }
    for (number, site) in kept.sites.iter().enumerate() {
        files.insert(format!("evidence/sites/{}.json", number + 1), as_json(site));
    }
    for (number, database) in kept.databases.iter().enumerate() {
        files.insert(format!("evidence/databases/{}.json", number + 1), as_json(database));
    }
    for (number, inventory) in kept.inventories.iter().enumerate() {
        files.insert(format!("evidence/versions/{}.json", number + 1), as_json(inventory));
    }
    files.insert("evidence/code.json".into(), as_json(&kept.code));
    let manifest = Manifest {
        format: FORMAT,
        castellan: report.castellan.clone(),
        subject: report.deployment.as_ref().map_or_else(|| report.targets.join(", "), |one| one.name.clone()),
        time: castellan_model::calendar::moment(report.time),
        files: files
            .iter()
            .map(|(name, bytes)| (name.clone(), Entry { bytes: bytes.len() as u64, sha256: digest(bytes) }))
            .collect(),
    };
    let manifest = as_json(&manifest);
    let signature = Signature {
        algorithm: "Ed25519".to_owned(),
        public_key: key.public(),
        signature: BASE64.encode(key.pair.sign(&manifest).as_ref()),
    };
    let signature = as_json(&signature);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let all = [(MANIFEST.to_owned(), manifest), (SIGNATURE.to_owned(), signature)].into_iter().chain(files);
    for (name, bytes) in all {
        writer.start_file(name, options).map_err(|error| error.to_string())?;
        writer.write_all(&bytes).map_err(|error| error.to_string())?;
    }
    writer.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}

/// As a file of the pack.
fn as_json<T: Serialize>(one: &T) -> Vec<u8> {
    crate::json::pretty(&serde_json::to_value(one).unwrap_or_default()).into_bytes()
}

/// A name that leads nowhere else.
fn safe(name: &str) -> String {
    name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect::<Vec<_>>().join("/")
}

fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What a pack says of itself, when everything holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its manifest.
    pub manifest: Manifest,
    /// The key that signed it, in base64.
    pub public_key: String,
}

/// Verifies a pack: the signature over the manifest, and every file against it.
///
/// # Errors
///
/// Everything that does not hold, a line each.
pub fn verify(bytes: &[u8], trusted: Option<&str>) -> Result<Verified, Vec<String>> {
    let one = |reason: String| vec![reason];
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| one(format!("it is no zip archive: {error}")))?;
    if archive.len() > MOST {
        return Err(one(format!("it holds more than {MOST} files")));
    }
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(|error| one(error.to_string()))?;
        let name = file.name().to_owned();
        let mut content = Vec::new();
        file.by_ref()
            .take(LARGEST - total + 1)
            .read_to_end(&mut content)
            .map_err(|error| one(format!("`{name}`: {error}")))?;
        total += content.len() as u64;
        if total > LARGEST {
            return Err(one("it unpacks to more than 4 GiB".to_owned()));
        }
        if files.insert(name.clone(), content).is_some() {
            return Err(one(format!("`{name}` is there twice")));
        }
    }
    let mut need = |name: &str| files.remove(name).ok_or_else(|| one(format!("`{name}` is missing")));
    let manifest_bytes = need(MANIFEST)?;
    let signature: Signature =
        serde_json::from_slice(&need(SIGNATURE)?).map_err(|error| one(format!("`{SIGNATURE}`: {error}")))?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest_bytes).map_err(|error| one(format!("`{MANIFEST}`: {error}")))?;
    if manifest.format > FORMAT || signature.algorithm != "Ed25519" {
        return Err(one("a newer Castellan made it: verify it with that".to_owned()));
    }
    let mut wrong = Vec::new();
    let key = BASE64.decode(signature.public_key.as_bytes()).unwrap_or_default();
    let signed = BASE64.decode(signature.signature.as_bytes()).unwrap_or_default();
    if UnparsedPublicKey::new(&ED25519, &key).verify(&manifest_bytes, &signed).is_err() {
        wrong.push(format!("the signature does not fit `{MANIFEST}`"));
    }
    if trusted.is_some_and(|trusted| trusted.trim() != signature.public_key) {
        wrong.push(format!("another key signed it: {}", signature.public_key));
    }
    for (name, entry) in &manifest.files {
        match files.remove(name) {
            None => wrong.push(format!("`{name}` is missing")),
            Some(bytes) if bytes.len() as u64 != entry.bytes || digest(&bytes) != entry.sha256 => {
                wrong.push(format!("`{name}` was changed"));
            }
            Some(_) => {}
        }
    }
    wrong.extend(files.keys().map(|name| format!("`{name}` is not in the manifest")));
    if wrong.is_empty() { Ok(Verified { manifest, public_key: signature.public_key }) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rebuilt(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>) -> Vec<u8> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            if let Some((name, content)) = change(file.name(), content) {
                writer.start_file(name, SimpleFileOptions::default()).unwrap();
                writer.write_all(&content).unwrap();
            }
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn every_change_is_noticed() {
        let (key, text) = SigningKey::generate().unwrap();
        assert_eq!(SigningKey::read(&text).unwrap().public(), key.public());
        let report = AuditReport { castellan: "0.1.0".into(), ..AuditReport::default() };
        let packed = pack(&report, &Kept::new(0), &Presentation::default(), &key).unwrap();
        let good = verify(&packed, Some(&key.public())).unwrap();
        assert!(good.manifest.files.contains_key("report.pdf") && good.manifest.files.contains_key("queries.md"));
        let told = |bytes: &[u8], trusted: Option<&str>| verify(bytes, trusted).unwrap_err().join("; ");
        let (other, _) = SigningKey::generate().unwrap();
        assert!(told(&packed, Some(&other.public())).contains("another key"));
        let changed = rebuilt(&packed, |name, mut content| {
            if name == "findings.csv" {
                content.push(b'x');
            }
            Some((name.to_owned(), content))
        });
        assert_eq!(told(&changed, None), "`findings.csv` was changed");
        let fewer = rebuilt(&packed, |name, content| (name != "report.html").then(|| (name.to_owned(), content)));
        assert_eq!(told(&fewer, None), "`report.html` is missing");
        let renamed = rebuilt(&packed, |name, content| Some((name.replace("queries", "other"), content)));
        assert!(told(&renamed, None).contains("`other.md` is not in the manifest"));
        let forged = rebuilt(&packed, |name, content| {
            let text = String::from_utf8(content.clone());
            match text {
                Ok(text) if name == MANIFEST => Some((name.to_owned(), text.replace("0.1.0", "0.2.0").into_bytes())),
                _ => Some((name.to_owned(), content)),
            }
        });
        assert!(told(&forged, None).contains("signature"));
        assert!(told(b"no zip", None).contains("no zip archive"));
        assert!(told(&packed[..packed.len() / 2], None).contains("no zip archive"));
    }
}
