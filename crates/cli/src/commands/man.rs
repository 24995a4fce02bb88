//! `castellan man`: man pages, one for each command.

use std::process::ExitCode;

use clap::CommandFactory;

use super::note;
use crate::exit::{self, Failure};
use crate::options::{Cli, ManArguments};

pub fn run(arguments: &ManArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.folder;
    let fail = |error: std::io::Error| Failure::own(format!("`{}`: {}", folder.display(), error.kind()));
    std::fs::create_dir_all(folder).map_err(fail)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(fail)?;
    let pages = std::fs::read_dir(folder).map_err(fail)?.count();
    note(&format!("wrote {pages} pages into {}", folder.display()));
    Ok(ExitCode::from(exit::CLEAN))
}
