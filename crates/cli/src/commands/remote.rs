//! `castellan remote`: drives a server from scripts and pipelines.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use castellan_model::Severity;
use castellan_server::remote::Remote;
use secrecy::SecretString;
use serde_json::Value;

use super::{note, print, serve, sites};
use crate::exit::{self, Failure};
use crate::options::{PolicyArguments, RemoteArguments, RemoteCommand};

/// How often a job is looked at.
const LOOK: Duration = Duration::from_secs(1);

fn client(arguments: &RemoteArguments) -> Result<Remote, Failure> {
    let server = arguments
        .server
        .as_deref()
        .ok_or_else(|| Failure::usage("which server? Give `--server https://HOST`, or set CASTELLAN_SERVER"))?;
    let text = match &arguments.token_file {
        Some(file) => {
            std::fs::read_to_string(file).map_err(|error| Failure::usage(format!("`{}`: {error}", file.display())))?
        }
        None => std::env::var("CASTELLAN_TOKEN").unwrap_or_default(),
    };
    let token = text.lines().next().unwrap_or_default().trim().to_owned();
    if token.is_empty() {
        return Err(Failure::usage(
            "there is no token: make one on the server's page Account, and set CASTELLAN_TOKEN or give `--token-file`",
        ));
    }
    let authorities = sites::authorities(&arguments.authority)?;
    Remote::new(server, SecretString::from(token), &authorities).map_err(Failure::usage)
}

/// `castellan remote`.
pub fn run(arguments: &RemoteArguments) -> Result<ExitCode, Failure> {
    let remote = client(arguments)?;
    serve::runtime()?.block_on(async {
        match &arguments.command {
            RemoteCommand::List { json } => list(&remote, *json).await,
            RemoteCommand::Push { deployment, evidence, policy } => {
                let bytes = std::fs::read(evidence)
                    .map_err(|error| Failure::usage(format!("`{}`: {error}", evidence.display())))?;
                let id = number(&remote, deployment).await?;
                let job =
                    remote.post(&format!("/deployments/{id}/evidence"), Some(bytes)).await.map_err(Failure::own)?;
                judged(&remote, id, &job, policy).await
            }
            RemoteCommand::Scan { deployment, policy } => {
                let id = number(&remote, deployment).await?;
                let job = remote.post(&format!("/deployments/{id}/scans"), None).await.map_err(Failure::own)?;
                judged(&remote, id, &job, policy).await
            }
            RemoteCommand::Report { deployment, output, format } => {
                let id = number(&remote, deployment).await?;
                let page = remote.get(&format!("/deployments/{id}/audits?limit=1")).await.map_err(Failure::own)?;
                let audit = page["items"][0]["id"].as_i64().ok_or_else(|| Failure {
                    message: format!("there is no audit of `{deployment}` yet"),
                    code: exit::NOTHING,
                })?;
                let bytes =
                    remote.download(&format!("/audits/{audit}/report?format={format}")).await.map_err(Failure::own)?;
                std::fs::write(output, bytes)
                    .map_err(|error| Failure::own(format!("`{}`: {error}", output.display())))?;
                Ok(ExitCode::from(exit::CLEAN))
            }
        }
    })
}

/// All deployments, page by page.
async fn all(remote: &Remote) -> Result<Vec<Value>, Failure> {
    let (mut out, mut cursor) = (Vec::new(), String::new());
    loop {
        let next = url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect::<String>();
        let path = if cursor.is_empty() {
            "/deployments?limit=500".to_owned()
        } else {
            format!("/deployments?limit=500&cursor={next}")
        };
        let page = remote.get(&path).await.map_err(Failure::own)?;
        out.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return Ok(out),
        }
    }
}

/// The number of a deployment that is named by number or name.
async fn number(remote: &Remote, named: &str) -> Result<i64, Failure> {
    if let Ok(id) = named.parse::<i64>() {
        return Ok(id);
    }
    let all = all(remote).await?;
    let found: Vec<&Value> = all.iter().filter(|one| one["name"].as_str() == Some(named)).collect();
    match found.as_slice() {
        [one] => Ok(one["id"].as_i64().unwrap_or_default()),
        [] => Err(Failure::usage(format!("the server has no deployment `{named}`; `castellan remote list` shows all"))),
        many => {
            let ids: Vec<String> = many
                .iter()
                .map(|one| format!("{} of {}", one["id"], one["client_name"].as_str().unwrap_or_default()))
                .collect();
            Err(Failure::usage(format!(
                "several deployments are called `{named}`: give the number ({})",
                ids.join(", ")
            )))
        }
    }
}

async fn list(remote: &Remote, json: bool) -> Result<ExitCode, Failure> {
    let all = all(remote).await?;
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default()));
        return Ok(ExitCode::from(exit::CLEAN));
    }
    if all.is_empty() {
        return Err(Failure { message: "nothing is under care yet".to_owned(), code: exit::NOTHING });
    }
    let mut text = String::from("   id  score  critical  high  deployment\n");
    for one in &all {
        let score = one["points"]
            .as_i64()
            .map_or_else(|| "-".to_owned(), |points| format!("{points} {}", one["grade"].as_str().unwrap_or_default()));
        let open = &one["open"];
        text.push_str(&format!(
            "{:>5}  {score:>5}  {:>8}  {:>4}  {} ({})\n",
            one["id"].as_i64().unwrap_or_default(),
            open["critical"].as_i64().unwrap_or_default(),
            open["high"].as_i64().unwrap_or_default(),
            one["name"].as_str().unwrap_or_default(),
            one["client_name"].as_str().unwrap_or_default(),
        ));
    }
    print(&text);
    Ok(ExitCode::from(exit::CLEAN))
}

/// Waits for a job, says what came of it, and answers as the policy says.
async fn judged(remote: &Remote, deployment: i64, job: &Value, policy: &PolicyArguments) -> Result<ExitCode, Failure> {
    let id = job["id"].as_i64().unwrap_or_default();
    let until = Instant::now() + Duration::from_secs(policy.patience);
    let done = loop {
        let job = remote.get(&format!("/jobs/{id}")).await.map_err(Failure::own)?;
        match job["state"].as_str().unwrap_or_default() {
            "done" => break job,
            "failed" | "cancelled" => {
                let reason = job["reason"].as_str().unwrap_or_default();
                return Err(Failure::own(format!("the scan {}: {reason}", job["state"].as_str().unwrap_or_default())));
            }
            _ if Instant::now() > until => {
                return Err(Failure::own(format!(
                    "job {id} is not done within {} seconds; it goes on",
                    policy.patience
                )));
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    };
    let audit =
        remote.get(&format!("/audits/{}", done["audit"].as_i64().unwrap_or_default())).await.map_err(Failure::own)?;
    let points = audit["points"].as_i64().unwrap_or_default();
    let count = |severity: Severity| audit["open"][severity.as_str()].as_i64().unwrap_or_default();
    print(&format!(
        "audit {} of deployment {deployment}: {points} of 100, grade {}; {} critical, {} high, {} medium, {} low\n",
        audit["sequence"].as_i64().unwrap_or_default(),
        audit["grade"].as_str().unwrap_or_default(),
        count(Severity::Critical),
        count(Severity::High),
        count(Severity::Medium),
        count(Severity::Low),
    ));
    let worst = Severity::ALL.into_iter().find(|severity| count(*severity) > 0);
    if let (Some(worst), Some(threshold)) = (worst, policy.fail_on)
        && worst >= threshold
    {
        return Ok(ExitCode::from(exit::findings(worst)));
    }
    if policy.min_score.is_some_and(|least| points < least) {
        note(&format!("the score {points} is below {}", policy.min_score.unwrap_or_default()));
        return Ok(ExitCode::from(exit::BELOW));
    }
    Ok(ExitCode::from(exit::CLEAN))
}
