//! `castellan explain-request`.

use std::process::ExitCode;

use castellan_audit::Targets;
use castellan_config::deployment::{Deployment, discover};
use castellan_config::proxy::{Answer, Front, Outcome, Request};
use castellan_config::source::Site;
use serde_json::json;

use super::print;
use crate::exit::{self, Failure};
use crate::options::ExplainArguments;

pub fn run(arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    let mut request = Request::from_url(&arguments.method, &arguments.url).map_err(Failure::usage)?;
    if let Some(from) = arguments.from {
        request.from = from;
    }
    for header in &arguments.header {
        let (name, value) = header
            .split_once(':')
            .ok_or_else(|| Failure::usage(format!("`{header}` is no header; write `Name: value`")))?;
        request.headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
    }
    let targets = Targets::of(&arguments.paths, arguments.root.as_deref()).map_err(Failure::usage)?;
    let mut answered = 0;
    for target in &targets.hosts {
        let look = target.open(None).map_err(Failure::own)?;
        let deployment = discover(look.host.as_ref(), &look.options);
        for front in &deployment.fronts {
            let answer = front.answer(&request);
            if matches!(answer.outcome, Outcome::Unknown { .. }) && deployment.fronts.len() > 1 {
                continue;
            }
            answered += 1;
            if arguments.json {
                print(&(serde_json::to_string_pretty(&value(&deployment, front, &answer)).unwrap_or_default() + "\n"));
            } else {
                print(&text(&deployment, front, &request, &answer));
            }
        }
    }
    if answered == 0 {
        return Err(Failure {
            message: "no proxy configuration was found that answers this; give its main file".into(),
            code: exit::NOTHING,
        });
    }
    Ok(ExitCode::from(exit::CLEAN))
}

fn at(deployment: &Deployment, site: Site) -> String {
    deployment.file(site.file).map_or(String::new(), |file| {
        let position = file.position(site.range.start);
        format!("{}:{}:{}", file.path, position.line, position.column)
    })
}

fn text(deployment: &Deployment, front: &Front, request: &Request, answer: &Answer) -> String {
    let mut out = format!(
        "{} {}://{}:{}{} from {}\n{} ({})\n\n",
        request.method,
        request.scheme,
        request.host,
        request.port,
        request.target,
        request.from,
        front.program.name(),
        front.path
    );
    for (number, step) in answer.steps.iter().enumerate() {
        out.push_str(&format!("{:>3}. {}\n", number + 1, step.text));
        if let Some(site) = step.site {
            out.push_str(&format!("     {}\n", at(deployment, site)));
        }
    }
    out.push_str(&format!("\n  => {}\n", answer.summary()));
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            out.push_str(&format!("\n{title}\n"));
            for line in lines {
                out.push_str(&format!("  {line}\n"));
            }
        }
    };
    let passed = matches!(answer.outcome, Outcome::Proxy { .. });
    list(
        "limits on requests",
        answer
            .limits
            .iter()
            .map(|limit| {
                let rate = limit.per_second.map_or_else(
                    || "a rate that is not told here".to_owned(),
                    |rate| {
                        if rate < 1.0 { format!("{:.0} a minute", rate * 60.0) } else { format!("{rate:.0} a second") }
                    },
                );
                let by = if limit.by_client { " for each address" } else { "" };
                format!("{rate}{by} ({})", at(deployment, limit.site))
            })
            .collect(),
    );
    if passed {
        let forwarded = answer.forwarded.iter().map(|header| format!("{}: {}", header.name, header.value)).collect();
        list("headers for the server behind", forwarded);
        if answer.forwards_by_itself {
            list("set by the program itself", vec!["X-Forwarded-For, X-Forwarded-Host, X-Forwarded-Proto".into()]);
        }
    }
    list(
        "headers of the answer",
        answer.headers.iter().map(|header| format!("{}: {}", header.name, header.value)).collect(),
    );
    out.push('\n');
    out
}

fn value(deployment: &Deployment, front: &Front, answer: &Answer) -> serde_json::Value {
    let outcome = match &answer.outcome {
        Outcome::Proxy { upstream, servers, path } => {
            json!({"outcome": "proxy", "upstream": upstream, "servers": servers, "path": path})
        }
        Outcome::Respond { status, location } => json!({"outcome": "respond", "status": status, "location": location}),
        Outcome::File { path } => json!({"outcome": "file", "path": path}),
        Outcome::Unknown { reason } => json!({"outcome": "unknown", "reason": reason}),
    };
    json!({
        "proxy": front.program.name(),
        "file": front.path,
        "answer": outcome,
        "steps": answer.steps.iter().map(|step| json!({"text": step.text, "place": step.site.map(|site| at(deployment, site))})).collect::<Vec<_>>(),
        "headers": answer.headers.iter().map(|header| json!({"name": header.name, "value": header.value})).collect::<Vec<_>>(),
        "forwarded": answer.forwarded.iter().map(|header| json!({"name": header.name, "value": header.value})).collect::<Vec<_>>(),
        "limits": answer.limits.iter().map(|limit| json!({"per_second": limit.per_second, "by_client": limit.by_client})).collect::<Vec<_>>(),
        "asks_first": answer.asks.is_some(),
    })
}
