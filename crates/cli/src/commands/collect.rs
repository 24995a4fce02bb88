//! `castellan collect`.

use std::path::Path;
use std::process::ExitCode;

use castellan_audit::{INVENTORY_FILE, Targets};
use castellan_config::deployment::discover;
use castellan_config::host::bundle;

use super::{now, print};
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
        let root = arguments.root.as_deref().unwrap_or(Path::new("/"));
        let inventory =
            castellan_advisory::collect::host(root, &castellan_config::scan::addons(&deployment), "host", now());
        let inventory = serde_json::to_string_pretty(&inventory).map_err(|error| Failure::own(error.to_string()))?;
        let file = arguments.output.join(INVENTORY_FILE);
        std::fs::write(&file, inventory + "\n")
            .map_err(|error| Failure::own(format!("`{}`: {}", file.display(), error.kind())))?;
        let mut text = String::new();
        for found in &deployment.found {
            text.push_str(&format!("{:<10} {} ({})\n", found.kind, found.path, found.detail));
        }
        for note in &deployment.not_assessed {
            text.push_str(&format!("not read   {}: {}\n", note.path, note.reason));
        }
        text.push_str(&format!(
            "wrote {} files to {}, {} passwords replaced by how good they are\naudit it with: castellan scan --root {}\n",
            written.files + 1,
            arguments.output.display(),
            written.masked,
            arguments.output.display()
        ));
        print(&text);
    }
    Ok(ExitCode::from(exit::CLEAN))
}
