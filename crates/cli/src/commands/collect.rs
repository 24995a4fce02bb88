//! `castellan collect`.

use std::process::ExitCode;

use castellan_audit::Targets;
use castellan_config::deployment::discover;
use castellan_config::host::bundle;

use super::print;
use crate::exit::{self, Failure};
use crate::options::CollectArguments;

pub fn run(arguments: &CollectArguments) -> Result<ExitCode, Failure> {
    if arguments.output.exists() {
        let empty = std::fs::read_dir(&arguments.output).is_ok_and(|mut entries| entries.next().is_none());
        if !empty {
            return Err(Failure::usage(format!(
                "`{}` is there already; name a new folder",
                arguments.output.display()
            )));
        }
    }
    let targets = Targets::of(&[], arguments.root.as_deref()).map_err(Failure::usage)?;
    for target in &targets.hosts {
        let look = target.open(None).map_err(Failure::own)?;
        let deployment = discover(look.host.as_ref(), &look.options);
        let written = bundle::write(&deployment, &arguments.output)
            .map_err(|error| Failure::own(format!("`{}`: {}", arguments.output.display(), error.kind())))?;
        let mut text = String::new();
        for found in &deployment.found {
            text.push_str(&format!("{:<10} {} ({})\n", found.kind, found.path, found.detail));
        }
        for note in &deployment.not_assessed {
            text.push_str(&format!("not read   {}: {}\n", note.path, note.reason));
        }
        text.push_str(&format!(
            "wrote {} files to {}, {} passwords replaced by how good they are\naudit it with: castellan scan --root {}\n",
            written.files,
            arguments.output.display(),
            written.masked,
            arguments.output.display()
        ));
        print(&text);
    }
    Ok(ExitCode::from(exit::CLEAN))
}
