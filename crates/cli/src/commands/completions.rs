//! `castellan completions`.

use std::process::ExitCode;

use clap::CommandFactory;

use super::print;
use crate::exit::{self, Failure};
use crate::options::{Cli, CompletionsArguments};

pub fn run(arguments: &CompletionsArguments) -> Result<ExitCode, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "castellan", &mut out);
    print(&String::from_utf8_lossy(&out));
    Ok(ExitCode::from(exit::CLEAN))
}
