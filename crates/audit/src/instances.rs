//! Live databases: read, judged, and the code that they hold handed to the rules for code.

use std::fs;
use std::path::Path;
use std::time::Instant;

use castellan_code::discover::DiscoverError;
use castellan_code::scan::{CodeScan, ScanOptions, scan};
use castellan_instance::collect::{Origin, merge, stored_passwords, through_rpc, through_sql};
use castellan_instance::evidence::Evidence;
use castellan_instance::instance::{self, InstanceScan};
use castellan_instance::view::View;
use castellan_model::{Finding, InstanceSummary, NotAssessed, NotAssessedKind, Record};
use castellan_rpc::{Client, Options};

/// A live database, and the ways to it.
#[derive(Debug, Clone, Default)]
pub struct InstanceTarget {
    /// Through RPC.
    pub rpc: Option<Options>,
    /// Through SQL: a URL of PostgreSQL.
    pub sql: Option<String>,
    /// Try the passwords that everybody tries first, offline, against what SQL reads.
    pub guess_passwords: bool,
    /// Now, Unix time.
    pub time: i64,
}

/// How long guessing may take.
const GUESSING: std::time::Duration = std::time::Duration::from_secs(120);

/// Words that are tried for everybody; administrators are tried with all that the rules about master passwords know.
const FIRST: [&str; 8] = ["123456", "12345678", "password", "odoo", "admin", "demo", "1234", "changeme"];

impl InstanceTarget {
    /// As it is shown: without a password.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.rpc, &self.sql) {
            (Some(rpc), _) => format!("{} database {}", rpc.url.as_str().trim_end_matches('/'), rpc.database),
            (None, Some(sql)) => sql.split('@').next_back().unwrap_or_default().to_owned(),
            (None, None) => String::new(),
        }
    }

    /// Reads it by every way. How many requests it took.
    ///
    /// # Errors
    ///
    /// When a way leads nowhere.
    pub fn read(&self) -> Result<(Evidence, u32), String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| format!("no connection can be opened: {error}"))?;
        runtime.block_on(async {
            let mut requests = 0;
            let mut evidence = None;
            if let Some(options) = &self.rpc {
                let place = options.url.as_str().trim_end_matches('/').to_owned();
                let fail = |reason: String| format!("{place}: {reason}");
                let client = Client::connect(options.clone()).await.map_err(|error| fail(error.to_string()))?;
                let origin = Origin { source: place.clone(), database: options.database.clone(), time: self.time };
                let read =
                    through_rpc(&client, &origin, &options.login).await.map_err(|error| fail(error.to_string()))?;
                requests = client.requests();
                evidence = Some(read);
            }
            if let Some(url) = &self.sql {
                let mut read = through_sql(url, self.time).await.map_err(|error| error.to_string())?;
                if self.guess_passwords {
                    let stored = stored_passwords(url).await.map_err(|error| error.to_string())?;
                    guess_passwords(&mut read, &stored);
                }
                evidence = Some(match evidence {
                    Some(first) => merge(first, read),
                    None => read,
                });
            }
            evidence.map(|evidence| (evidence, requests)).ok_or_else(|| "no way to the database was given".to_owned())
        })
    }
}

/// Tries words against stored passwords, administrators first, and notes whether one of them fits; which one is not kept.
fn guess_passwords(evidence: &mut Evidence, stored: &[(i64, String)]) {
    let started = Instant::now();
    let view = View::new(evidence);
    let administrators: Vec<i64> = view.administrators().map(|user| user.id).collect();
    let mut order: Vec<&(i64, String)> = stored.iter().collect();
    order.sort_by_key(|(id, _)| (!administrators.contains(id), *id));
    let mut tried: Vec<(i64, bool)> = Vec::new();
    for (id, password) in order {
        if started.elapsed() > GUESSING {
            break;
        }
        let Some(user) = evidence.users.iter().find(|user| user.id == *id) else { continue };
        let local = user.login.split('@').next().unwrap_or_default().to_lowercase();
        let own = [user.login.clone(), format!("{local}123"), format!("{local}1"), evidence.database.clone(), local];
        let mut words: Vec<&str> = own.iter().map(String::as_str).chain(FIRST).collect();
        if administrators.contains(id) {
            words.extend(castellan_config::odoo::secret::common());
        }
        tried.push((*id, castellan_config::odoo::secret::guess(password, &words).is_some()));
    }
    for user in &mut evidence.users {
        user.guessed = tried.iter().find(|(id, _)| *id == user.id).map(|(_, is)| *is);
    }
}

/// Looks at one database.
///
/// # Errors
///
/// When a way leads nowhere.
pub fn look_at_instance(target: &InstanceTarget, disabled: &[String], only: &[String]) -> Result<InstanceScan, String> {
    let started = Instant::now();
    let (evidence, requests) = target.read()?;
    let mut scan = instance::of(evidence, disabled, only);
    scan.summary.requests = requests;
    scan.summary.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(scan)
}

/// Adds what was found in databases, and in the code that they hold.
pub(crate) fn take(
    code: &mut CodeScan,
    looked: Vec<InstanceScan>,
    options: &ScanOptions,
) -> Result<Vec<InstanceSummary>, DiscoverError> {
    if !looked.is_empty() {
        code.rules += castellan_instance::rules::all().len() as u64;
    }
    let mut out = Vec::new();
    for one in looked {
        let inside = code_of(&one.evidence, options)?;
        code.rules = code.rules.max(inside.rules + castellan_instance::rules::all().len() as u64);
        code.findings.extend(inside.findings);
        code.findings.extend(one.findings);
        code.not_assessed.extend(one.summary.gaps.iter().map(|reason| NotAssessed {
            path: format!("database {}", one.summary.database),
            kind: NotAssessedKind::Absent,
            reason: reason.clone(),
        }));
        out.push(one.summary);
    }
    Ok(out)
}

/// What the rules for code say of server actions. Those of Odoo's own modules are left out.
fn code_of(evidence: &Evidence, options: &ScanOptions) -> Result<CodeScan, DiscoverError> {
    let view = View::new(evidence);
    let actions: Vec<_> = evidence
        .actions
        .iter()
        .filter(|action| action.state == "code" && !action.code.trim().is_empty())
        .filter(|action| !view.is_by_odoo("ir.actions.server", action.id))
        .collect();
    if actions.is_empty() {
        return Ok(CodeScan::default());
    }
    let Ok(folder) = tempfile::tempdir() else { return Ok(CodeScan::default()) };
    let module = folder.path().join("database");
    let series = evidence.series.map_or_else(String::new, |series| format!("{series}.1.0.0"));
    let names: Vec<String> = actions.iter().map(|action| format!("'action_{}.xml'", action.id)).collect();
    let mut written = fs::create_dir_all(&module).is_ok()
        && fs::write(
            module.join("__manifest__.py"),
            format!("{{'name': 'database', 'version': '{series}', 'data': [{}]}}\n", names.join(", ")),
        )
        .is_ok();
    for action in &actions {
        written &= write_action(&module, action.id, &action.model, &action.code).is_ok();
    }
    if !written {
        return Ok(CodeScan::default());
    }
    let mut found = scan(&[folder.path().to_path_buf()], options)?;
    for finding in &mut found.findings {
        let Some(id) =
            finding.location.path.rsplit("action_").next().and_then(|rest| rest.split('.').next()?.parse().ok())
        else {
            continue;
        };
        if let Some(action) = actions.iter().find(|action| action.id == id) {
            relabel(finding, evidence, id, &action.name, action.code.lines().count());
        }
    }
    found.findings.retain(|finding| finding.query.is_some());
    Ok(found)
}

/// One line in front of the code, so that a line of the file is a line of the code and one more.
fn write_action(folder: &Path, id: i64, model: &str, code: &str) -> std::io::Result<()> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = format!(
        "<odoo><record id=\"action_{id}\" model=\"ir.actions.server\"><field name=\"name\">a</field><field name=\"model_id\" ref=\"model_{}\"/><field name=\"state\">code</field><field name=\"code\">\n{}\n</field></record></odoo>\n",
        model.replace('.', "_"),
        escape(code)
    );
    fs::write(folder.join(format!("action_{id}.xml")), text)
}

/// The place in the database in place of the file.
fn relabel(finding: &mut Finding, evidence: &Evidence, id: i64, name: &str, lines: usize) {
    let path = format!("{}/ir.actions.server {id}", evidence.database);
    finding.module = None;
    finding.query = Some(format!("ir.actions.server with code, id {id}"));
    finding.records = vec![Record {
        model: "ir.actions.server".to_owned(),
        id,
        external_id: evidence.names.get("ir.actions.server").and_then(|names| names.get(&id)).cloned(),
        label: name.to_owned(),
    }];
    let back = |location: &mut castellan_model::Location| {
        location.path.clone_from(&path);
        for position in [&mut location.span.start, &mut location.span.end] {
            position.line = position.line.saturating_sub(1).max(1);
        }
        let excerpt = &mut location.excerpt;
        if excerpt.first_line == 1 && !excerpt.lines.is_empty() {
            excerpt.lines.remove(0);
        } else {
            excerpt.first_line = excerpt.first_line.saturating_sub(1).max(1);
        }
        let first = usize::try_from(excerpt.first_line).unwrap_or(1);
        excerpt.lines.truncate((lines + 1).saturating_sub(first));
        for line in &mut excerpt.lines {
            *line = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        }
    };
    back(&mut finding.location);
    finding.related.iter_mut().for_each(|related| back(&mut related.location));
    finding.flow.iter_mut().for_each(|step| back(&mut step.location));
    finding.fingerprint =
        castellan_model::fingerprint(&finding.rule, &evidence.database, &path, &finding.fingerprint, 0);
}
