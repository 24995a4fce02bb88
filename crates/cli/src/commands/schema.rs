//! `castellan schema`.

use std::process::ExitCode;

use super::print;
use crate::exit::{self, Failure};
use crate::options::{SchemaArguments, SchemaKind};

pub fn run(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    let schema = match arguments.which {
        SchemaKind::Report => castellan_report::schema(),
        SchemaKind::Settings => castellan_audit::schema(),
    };
    print(&(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"));
    Ok(ExitCode::from(exit::CLEAN))
}
