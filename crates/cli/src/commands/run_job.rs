//! `castellan run-job`: one scan for a worker of the server. The request comes as JSON on standard input, the answer goes to standard output.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use castellan_audit::{AuditOptions, Kept, audit_and_keep, endings, parse_settings, rejudge};
use castellan_model::DeploymentSummary;
use castellan_server::work::runner::{Reply, Request};

use super::{data, deployments, now, print};
use crate::exit::{self, Failure};

/// Seconds that evidence may be old and still be of its own day.
const OLDEST: i64 = 90 * 86_400;

pub fn run() -> Result<ExitCode, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::own(error.to_string()))?;
    let request: Request = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("`run-job` is for the server's own use: {error}")))?;
    let settings = parse_settings("the settings of the deployment", &request.settings, Path::new("/"))
        .map_err(|error| Failure::usage(error.to_string()))?;
    let deployment = settings.deployments.first().ok_or_else(|| Failure::usage("the settings name no deployment"))?;
    let data = data();
    let options = AuditOptions { data: Some(data.clone()), time: now(), ..AuditOptions::default() };
    let (report, kept) = match &request.evidence {
        Some(evidence) => {
            let kept = Kept::read(evidence.get().as_bytes()).map_err(Failure::usage)?;
            let own = settings.of(deployment).map_err(Failure::usage)?;
            let summary = DeploymentSummary {
                name: deployment.name.clone(),
                owner: deployment.owner.clone(),
                environment: deployment.environment.clone(),
                tags: deployment.tags.clone(),
            };
            // The audit is of when it was collected: an agent may send what waited for days. A wrong clock is not followed far.
            let time = kept.time.clamp(options.time - OLDEST, options.time);
            let options = AuditOptions { deployment: Some(summary), time, ..options };
            let report = rejudge(&kept, &own, &options).map_err(|error| Failure::own(error.to_string()))?;
            (report, kept)
        }
        None => {
            let (targets, own, options) = deployments::job(&settings, deployment, &options)?;
            audit_and_keep(&targets, &own, &options).map_err(|error| Failure::own(error.to_string()))?
        }
    };
    let evidence = serde_json::value::to_raw_value(&kept).map_err(|error| Failure::own(error.to_string()))?;
    let reply = serde_json::to_string(&Reply { report, evidence, endings: endings(&kept, &data) })
        .map_err(|error| Failure::own(error.to_string()))?;
    print(&reply);
    Ok(ExitCode::from(exit::CLEAN))
}
