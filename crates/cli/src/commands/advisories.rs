//! `castellan advisories`.

use std::process::ExitCode;

use castellan_advisory::inventory::Inventory;
use castellan_advisory::store::Data;
use castellan_advisory::summary::summary;
use castellan_audit::{AuditError, Targets, take_stock};
use castellan_model::{AdvisoryStatus, VersionSummary};
use castellan_report::{Look, listing};

use super::{data, database, now, print};
use crate::exit::{self, Failure};
use crate::options::{AdvisoriesArguments, StockArguments};

pub fn run(arguments: &AdvisoriesArguments) -> Result<ExitCode, Failure> {
    let data = data();
    let summaries: Vec<VersionSummary> =
        stock(&arguments.stock, &data)?.iter().map(|one| summary(one, &data)).collect();
    let only: Vec<AdvisoryStatus> = AdvisoryStatus::ALL
        .into_iter()
        .filter(|status| arguments.only.iter().any(|name| name.replace('-', " ") == status.name()))
        .collect();
    if arguments.json {
        let text = serde_json::to_string_pretty(&summaries).map_err(|error| Failure::own(error.to_string()))?;
        print(&format!("{text}\n"));
    } else {
        print(&listing(&summaries, &only, Look { color: false, width: super::scan::width() }));
    }
    let worst = summaries
        .iter()
        .flat_map(|summary| &summary.odoo)
        .flat_map(|install| &install.advisories)
        .filter(|answer| matches!(answer.status, AdvisoryStatus::Affected | AdvisoryStatus::LikelyAffected))
        .map(|answer| answer.severity)
        .max();
    Ok(ExitCode::from(worst.map_or(exit::CLEAN, exit::findings)))
}

/// What has a version on the targets of a command.
pub fn stock(arguments: &StockArguments, data: &Data) -> Result<Vec<Inventory>, Failure> {
    let databases = database::target(&arguments.database, &[], None)?;
    let only_database = databases.is_some() && arguments.paths.is_empty() && arguments.root.is_none();
    let targets = if only_database {
        Targets::default()
    } else {
        Targets::of(&arguments.paths, arguments.root.as_deref()).map_err(Failure::usage)?
    };
    if let Some(site) = targets.sites.first() {
        return Err(Failure::usage(format!(
            "{site} is a site, which does not tell what it runs; name a folder, `--root`, `--rpc` or `--sql`"
        )));
    }
    let stock =
        take_stock(&targets, databases.as_slice(), arguments.odoo_version, data, now()).map_err(
            |error| match error {
                AuditError::Discover(error) => Failure { message: error.to_string(), code: exit::NOTHING },
                other => Failure::own(other.to_string()),
            },
        )?;
    if stock.is_empty() {
        return Err(Failure {
            message: "nothing here has a version that Castellan knows: name a folder with Odoo, modules, an environment of Python or compose files, or leave the paths out to look at this host".into(),
            code: exit::NOTHING,
        });
    }
    Ok(stock)
}
