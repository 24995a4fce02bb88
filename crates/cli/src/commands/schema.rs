//! `castellan schema`.

use std::process::ExitCode;

use super::print;
use crate::exit::{self, Failure};
use crate::options::{SchemaArguments, SchemaKind};

pub fn run(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    let schema = match arguments.which {
        SchemaKind::Report => castellan_report::schema(),
        SchemaKind::Settings => castellan_audit::schema(),
        SchemaKind::Watch => serde_json::to_value(castellan_server::api::description()).unwrap_or_default(),
    };
    print(&(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"));
    Ok(ExitCode::from(exit::CLEAN))
}
