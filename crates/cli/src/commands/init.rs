//! `castellan init`.

use std::process::ExitCode;

use super::note;
use crate::exit::{self, Failure};
use crate::options::InitArguments;

pub fn run(arguments: &InitArguments) -> Result<ExitCode, Failure> {
    let file = arguments.folder.join("castellan.toml");
    if file.exists() && !arguments.force {
        return Err(Failure::usage(format!("`{}` is there already; --force overwrites it", file.display())));
    }
    let (text, found) = castellan_audit::draft(&arguments.folder, arguments.root.as_deref()).map_err(Failure::usage)?;
    found.iter().for_each(|line| note(&format!("found {line}")));
    std::fs::write(&file, text)
        .map_err(|error| Failure::own(format!("`{}` cannot be written: {}", file.display(), error.kind())))?;
    note(&format!("wrote {}", file.display()));
    Ok(ExitCode::from(exit::CLEAN))
}
