//! `castellan server`.

use std::process::ExitCode;

use castellan_server::run;

use super::{note, serve};
use crate::exit::{self, Failure};
use crate::options::{ServerArguments, ServerCommand};

pub fn run(arguments: &ServerArguments) -> Result<ExitCode, Failure> {
    let said = match &arguments.command {
        ServerCommand::Backup { file, store } => {
            let store = serve::store(store)?;
            serve::runtime()?.block_on(async {
                let data = run::open(&store).await?;
                let rows = data.back_up(file).await.map_err(|error| error.to_string())?;
                Ok::<_, String>(format!("wrote {rows} rows to `{}`; the master key is not in it", file.display()))
            })
        }
        ServerCommand::Restore { file, store } => {
            let store = serve::store(store)?;
            serve::runtime()?.block_on(async {
                let data = run::open(&store).await?;
                let rows = data.restore(file).await.map_err(|error| error.to_string())?;
                Ok::<_, String>(format!("read {rows} rows from `{}`", file.display()))
            })
        }
        ServerCommand::RotateKeys { store } => {
            let store = serve::store(store)?;
            serve::runtime()?.block_on(async {
                let data = run::open(&store).await?;
                let moved = data.rotate_secrets().await.map_err(|error| error.to_string())?;
                Ok::<_, String>(format!("{moved} credentials are sealed with the key {} now", data.master().name()))
            })
        }
    };
    note(&said.map_err(Failure::own)?);
    Ok(ExitCode::from(exit::CLEAN))
}
