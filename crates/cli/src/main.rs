//! The command `castellan`. One file a subcommand; the only crate that prints.

mod commands;
mod exit;
mod options;

use std::process::ExitCode;

use clap::Parser;

use options::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.color.write_global();
    let result = match cli.command {
        Command::Scan(arguments) => commands::scan::run(*arguments),
        Command::Collect(arguments) => commands::collect::run(&arguments),
        Command::ExplainRequest(arguments) => commands::explain_request::run(&arguments),
        Command::Connect(arguments) => commands::connect::run(&arguments),
        Command::WhoCan(arguments) => commands::rights::who_can(&arguments),
        Command::WhatCan(arguments) => commands::rights::what_can(&arguments),
        Command::Why(arguments) => commands::rights::why(&arguments),
        Command::Keys(arguments) => commands::keys::run(&arguments),
        Command::Advisories(arguments) => commands::advisories::run(&arguments),
        Command::Sbom(arguments) => commands::sbom::run(&arguments),
        Command::Upgrade(arguments) => commands::upgrade::run(&arguments),
        Command::Update(arguments) => commands::update::run(&arguments),
        Command::History(arguments) => commands::history::run(&arguments),
        Command::Diff(arguments) => commands::history::compare(&arguments),
        Command::Score(arguments) => commands::history::show_score(&arguments),
        Command::Report(arguments) => commands::history::again(&arguments),
        Command::Pack(arguments) => commands::pack::run(&arguments),
        Command::Verify(arguments) => commands::pack::check(&arguments),
        Command::Plan(arguments) => commands::history::show_plan(&arguments),
        Command::Rejudge(arguments) => commands::history::rejudge(&arguments),
        Command::Fix(arguments) => commands::fix::run(&arguments),
        Command::Undo(arguments) => commands::fix::undo(&arguments),
        Command::Harden(arguments) => commands::harden::run(&arguments),
        Command::Rules(arguments) => commands::rules::run(&arguments),
        Command::Init(arguments) => commands::init::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Work(arguments) => commands::serve::work(&arguments),
        Command::Server(arguments) => commands::server::run(&arguments),
        Command::Agent(arguments) => commands::agent::run(&arguments),
        Command::Remote(arguments) => commands::remote::run(&arguments),
        Command::RunJob => commands::run_job::run(),
        Command::Doctor(arguments) => Ok(commands::doctor::run(&arguments)),
        Command::Man(arguments) => commands::man::run(&arguments),
        Command::Completions(arguments) => commands::completions::run(&arguments),
        Command::Schema(arguments) => commands::schema::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            commands::complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}
