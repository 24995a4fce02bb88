//! `castellan pack` and `castellan verify`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use castellan_report::pack::{SigningKey, pack, verify};

use super::{data_folder, history, note, print, scan};
use crate::exit::{self, Failure};
use crate::options::{PackArguments, VerifyArguments};

/// The key of this account, made when it is used first.
fn key(named: Option<&Path>) -> Result<SigningKey, Failure> {
    let path: PathBuf = match named {
        Some(path) => path.to_path_buf(),
        None => data_folder().map(|folder| folder.join("signing.key")).ok_or_else(|| {
            Failure::usage("there is no folder for the signing key: set CASTELLAN_DATA, or give `--key FILE`")
        })?,
    };
    let shown = path.display().to_string();
    if path.is_file() {
        let text =
            std::fs::read_to_string(&path).map_err(|error| Failure::usage(format!("`{shown}`: {}", error.kind())))?;
        return SigningKey::read(&text).map_err(|reason| Failure::usage(format!("`{shown}`: {reason}")));
    }
    let (key, text) = SigningKey::generate().map_err(Failure::own)?;
    write_private(&path, &text)
        .map_err(|error| Failure::own(format!("`{shown}` cannot be written: {}", error.kind())))?;
    note(&format!("made the signing key {shown}; auditors verify with {}", key.public()));
    Ok(key)
}

/// For its owner alone from the first byte on.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(format!("{text}\n").as_bytes())
}

/// `castellan pack`.
pub fn run(arguments: &PackArguments) -> Result<ExitCode, Failure> {
    let (report, kept) = history::with_evidence(arguments.audit.as_deref())?;
    let settings = history::near(arguments.config.as_deref())?;
    let mut how = scan::presentation(&arguments.report, &settings)?;
    how.trend = history::before(&report);
    let key = key(arguments.key.as_deref())?;
    let bytes = pack(&report, &kept, &how, &key).map_err(Failure::own)?;
    let path = arguments.output.display();
    std::fs::write(&arguments.output, &bytes)
        .map_err(|error| Failure::own(format!("`{path}` cannot be written: {}", error.kind())))?;
    note(&format!("wrote {path}; `castellan verify {path} --key {}` verifies it", key.public()));
    Ok(ExitCode::from(exit::CLEAN))
}

/// `castellan verify`.
pub fn check(arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let path = arguments.pack.display();
    let bytes =
        std::fs::read(&arguments.pack).map_err(|error| Failure::usage(format!("`{path}`: {}", error.kind())))?;
    match verify(&bytes, arguments.key.as_deref()) {
        Ok(good) => {
            let trust = if arguments.key.is_some() {
                "the key that you gave"
            } else {
                "a key that nobody vouched for: compare it with what you were given"
            };
            print(&format!(
                "{path} is whole: {} files of the audit of {} of {}\nsigned with {trust}: {}\n",
                good.manifest.files.len(),
                good.manifest.subject,
                good.manifest.time,
                good.public_key
            ));
            Ok(ExitCode::from(exit::CLEAN))
        }
        Err(wrong) => Err(Failure::own(format!("`{path}` does not hold:\n  {}", wrong.join("\n  ")))),
    }
}
