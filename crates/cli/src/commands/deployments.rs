//! Deployments of `castellan.toml` as scans: what is looked at, with which settings.

use std::path::{Path, PathBuf};

use castellan_audit::{AuditOptions, Deployment, InstanceTarget, RpcWay, Settings, Targets};
use castellan_model::DeploymentSummary;
use castellan_probe::evidence::Consent;

use super::{database, now, sites};
use crate::exit::Failure;
use crate::options::SecretArguments;

/// The name of the file.
pub const FILE: &str = "castellan.toml";

/// The settings file that a command names as its only path.
pub fn named(paths: &[PathBuf]) -> Option<&Path> {
    match paths {
        [one] if one.file_name().is_some_and(|name| name == FILE) && one.is_file() => Some(one),
        _ => None,
    }
}

/// The deployments that are meant: those that are named, or all.
pub fn chosen<'s>(settings: &'s Settings, names: &[String]) -> Result<Vec<&'s Deployment>, Failure> {
    if names.is_empty() {
        return Ok(settings.deployments.iter().collect());
    }
    let find = |name: &String| {
        settings.deployments.iter().find(|one| one.name == *name).ok_or_else(|| {
            let known: Vec<&str> = settings.deployments.iter().map(|one| one.name.as_str()).collect();
            Failure::usage(if known.is_empty() {
                format!("there is no deployment `{name}`: no `{FILE}` with a [[deployment]] was found here")
            } else {
                format!("there is no deployment `{name}`; there are {}", known.join(", "))
            })
        })
    };
    names.iter().map(find).collect()
}

/// What is looked at, and how.
pub fn job(
    settings: &Settings,
    deployment: &Deployment,
    options: &AuditOptions,
) -> Result<(Targets, Settings, AuditOptions), Failure> {
    let own = settings.of(deployment).map_err(Failure::usage)?;
    let mut targets = if deployment.paths.is_empty() && deployment.root.is_none() && !deployment.this_host {
        Targets::default()
    } else {
        let mut targets = Targets::of(&deployment.paths, deployment.root.as_deref()).map_err(Failure::usage)?;
        if deployment.this_host && !deployment.paths.is_empty() && deployment.root.is_none() {
            targets.hosts.extend(Targets::of(&[], None).map_err(Failure::usage)?.hosts);
        }
        targets
    };
    targets.sites.extend(deployment.sites.iter().cloned());
    let mut options = options.clone();
    options.deployment = Some(DeploymentSummary {
        name: deployment.name.clone(),
        owner: deployment.owner.clone(),
        environment: deployment.environment.clone(),
        tags: deployment.tags.clone(),
    });
    if let Some(path) = &deployment.odoo_path {
        options.odoo_path = Some(path.clone());
    }
    let each = &mut options.sites.each;
    if deployment.site.consent.as_deref() == Some("B") {
        each.consent = Consent::B;
        each.budget = each.budget.max(60);
    }
    each.address = deployment.site.address.or(each.address);
    each.plain_port = deployment.site.plain_port.unwrap_or(each.plain_port);
    each.authorities.extend(sites::authorities(&deployment.site.authorities)?);
    options.instances.extend(instance(deployment)?);
    Ok((targets, own, options))
}

fn instance(deployment: &Deployment) -> Result<Option<InstanceTarget>, Failure> {
    if deployment.rpc.is_none() && deployment.sql.is_none() {
        return Ok(None);
    }
    let rpc = match &deployment.rpc {
        None => None,
        Some(way) => Some(through(way, deployment)?),
    };
    Ok(Some(InstanceTarget {
        rpc,
        sql: deployment.sql.clone(),
        guess_passwords: deployment.guess_passwords && deployment.sql.is_some(),
        time: now(),
        since: None,
    }))
}

fn through(way: &RpcWay, deployment: &Deployment) -> Result<castellan_rpc::Options, Failure> {
    let arguments = SecretArguments {
        secret_file: way.secret_file.clone(),
        secret_keyring: way.secret_keyring,
        dialect: way.dialect.clone(),
    };
    let variable = way.secret_env.as_deref().unwrap_or(database::VARIABLE);
    let site = &deployment.site;
    database::through_rpc_with(
        &arguments,
        variable,
        &way.url,
        &way.database,
        &way.login,
        &site.authorities,
        site.address,
    )
}
