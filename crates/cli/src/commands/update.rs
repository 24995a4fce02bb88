//! `castellan update`.

use std::path::Path;
use std::process::ExitCode;

use castellan_advisory::import::{Imported, LARGEST_ARCHIVE};
use castellan_advisory::store::{self, Data};
use castellan_advisory::{data, index};
use castellan_model::calendar;
use castellan_rpc::download::download;
use url::Url;

use super::{data_folder, note, now, print};
use crate::exit::{self, Failure};
use crate::options::UpdateArguments;

pub fn run(arguments: &UpdateArguments) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.index {
        return make_index(folder, &arguments.output);
    }
    let Some(folder) = data_folder() else {
        return Err(Failure::usage("there is no place for data: set CASTELLAN_DATA or HOME"));
    };
    if arguments.from.is_empty() {
        show(&folder);
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if arguments.sha256.len() > arguments.from.len() {
        return Err(Failure::usage("there are more `--sha256` than `--from`: they go together in their order"));
    }
    let mut imported = Imported::default();
    for (number, source) in arguments.from.iter().enumerate() {
        let sum = arguments.sha256.get(number).map(String::as_str);
        match Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => {
                if url.scheme() == "http" && sum.is_none() {
                    return Err(Failure::usage(format!("`{source}` comes over plain HTTP: give its `--sha256`")));
                }
                let bytes = fetch(&url, &arguments.authority)?;
                imported.bytes(source, &bytes, sum)
            }
            None => imported.path(Path::new(source), sum),
        }
        .map_err(|error| Failure::own(error.to_string()))?;
    }
    // What is taken in adds to what is there; a damaged file gives way to the one before it.
    let before = Data::load(&folder);
    before.notes.iter().for_each(|text| note(text));
    let write = |name: &str, text: &str| {
        store::write(&folder, name, text)
            .map_err(|error| Failure::own(format!("`{}`: {}", folder.join(name).display(), error.kind())))
    };
    if let Some(table) = imported.table(&before.table) {
        write(store::RECORDS, &table.print())?;
    }
    let json = |error: serde_json::Error| Failure::own(error.to_string());
    if let Some(odoo) = &imported.odoo {
        if odoo.compiled <= data::odoo().compiled {
            note(&format!(
                "the facts about Odoo of {} are not newer than the embedded ones of {}, which stay in use",
                odoo.compiled,
                data::odoo().compiled
            ));
        }
        write(store::ODOO, &serde_json::to_string(odoo).map_err(json)?)?;
    }
    if let Some(modules) = imported.modules {
        let mut index = before.modules;
        index.merge(modules);
        write(store::MODULES, &serde_json::to_string(&index).map_err(json)?)?;
    }
    show(&folder);
    Ok(ExitCode::from(exit::CLEAN))
}

fn fetch(url: &Url, authorities: &[std::path::PathBuf]) -> Result<Vec<u8>, Failure> {
    let authorities = super::sites::authorities(authorities)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::own(format!("no connection can be opened: {error}")))?;
    runtime
        .block_on(download(url, &authorities, LARGEST_ARCHIVE))
        .map_err(|error| Failure::own(format!("{url}: {error}; the data that was there is still there")))
}

fn make_index(folder: &Path, output: &Path) -> Result<ExitCode, Failure> {
    let index = index::of_wheels(folder, &calendar::date(now())).map_err(|error| Failure::own(error.to_string()))?;
    if index.modules.is_empty() {
        return Err(Failure {
            message: format!(
                "`{}` holds no wheel of an Odoo module (odoo_addon_NAME-17.0.1.0.0-py3-none-any.whl)",
                folder.display()
            ),
            code: exit::NOTHING,
        });
    }
    let text = serde_json::to_string_pretty(&index).map_err(|error| Failure::own(error.to_string()))? + "\n";
    std::fs::write(output, text)
        .map_err(|error| Failure::own(format!("`{}` cannot be written: {}", output.display(), error.kind())))?;
    note(&format!("wrote {} modules to {}", index.modules.len(), output.display()));
    Ok(ExitCode::from(exit::CLEAN))
}

/// What is in use, and of which day.
fn show(folder: &Path) {
    let data = Data::load(folder);
    data.notes.iter().for_each(|text| note(text));
    let mut text = format!("data folder {}\n", folder.display());
    text.push_str(&format!("odoo       {:>7} advisories, {}\n", data.odoo.advisories.len(), data.odoo.compiled));
    let from = if data.has_embedded_records() { " (embedded: what Odoo itself asks for)" } else { "" };
    for ecosystem in data.table.ecosystems() {
        let count = data.table.advisories().iter().filter(|one| one.ecosystem == ecosystem).count();
        text.push_str(&format!("{ecosystem:<10} {count:>7} records, {}{from}\n", data.table.date_of(ecosystem)));
    }
    if data.modules.modules.is_empty() {
        text.push_str("modules    no index: `castellan update --from INDEX.json` takes one\n");
    } else {
        text.push_str(&format!("modules    {:>7} modules, {}\n", data.modules.modules.len(), data.modules.date));
    }
    print(&text);
}
