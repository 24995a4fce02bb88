//! `castellan sbom`.

use std::process::ExitCode;

use castellan_advisory::sbom::{cyclonedx, spdx};

use super::{advisories, data, note, now, print};
use crate::exit::{self, Failure};
use crate::options::SbomArguments;

pub fn run(arguments: &SbomArguments) -> Result<ExitCode, Failure> {
    let data = data();
    let stock = advisories::stock(&arguments.stock, &data)?;
    let subjects: Vec<&str> = stock.iter().map(|one| one.subject.as_str()).collect();
    let name = arguments.name.clone().unwrap_or_else(|| subjects.join(", "));
    let document = match arguments.format.as_str() {
        "spdx" => spdx(&stock, &data, &name, now()),
        _ => cyclonedx(&stock, &data, &name, now()),
    };
    let text = serde_json::to_string_pretty(&document).map_err(|error| Failure::own(error.to_string()))? + "\n";
    match &arguments.output {
        Some(path) => {
            std::fs::write(path, text)
                .map_err(|error| Failure::own(format!("`{}` cannot be written: {}", path.display(), error.kind())))?;
            note(&format!("wrote {}", path.display()));
        }
        None => print(&text),
    }
    Ok(ExitCode::from(exit::CLEAN))
}
