//! Live databases: read, judged, and the code that they hold handed to the rules for code.

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use castellan_code::discover::DiscoverError;
use castellan_code::scan::{CodeScan, RecordRuleText, ScanOptions, scan};
use castellan_instance::collect::{Origin, merge, stored_passwords, through_rpc, through_sql};
use castellan_instance::evidence::{Duties, Evidence, RuleText};
use castellan_instance::instance::{self, InstanceScan};
use castellan_instance::view::View;
use castellan_model::{Finding, InstanceSummary, NotAssessed, NotAssessedKind, Record};
use castellan_rpc::{Client, Options};

use crate::settings::Settings;

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
    /// What was changed after this time is told, Unix time.
    pub since: Option<i64>,
}

/// What is known of a database besides what it says itself.
#[derive(Debug, Clone, Default)]
pub struct InstanceContext {
    /// Pairs of groups that should be apart.
    pub duties: Vec<Duties>,
    /// Modules and authors that somebody vouches for.
    pub known_modules: Vec<String>,
    /// Record rules as the scanned addons have them.
    pub texts: Vec<RuleText>,
}

impl InstanceContext {
    /// From the settings and the code that was scanned.
    #[must_use]
    pub fn of(settings: &Settings, code: &CodeScan) -> Self {
        let text = |one: &RecordRuleText| RuleText {
            name: one.id.clone(),
            domain: one.domain.clone(),
            place: one.place.clone(),
        };
        Self {
            duties: settings.duties.clone(),
            known_modules: settings.known_modules.clone(),
            texts: code.record_rules.iter().map(text).collect(),
        }
    }
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
    let mut tried: BTreeMap<i64, bool> = BTreeMap::new();
    // The words for everybody first, so that the long list for administrators keeps nobody from being tried.
    for (id, password) in &order {
        if started.elapsed() > GUESSING {
            break;
        }
        let Some(user) = evidence.users.iter().find(|user| user.id == *id) else { continue };
        let local = user.login.split('@').next().unwrap_or_default().to_lowercase();
        let own = [user.login.clone(), format!("{local}123"), format!("{local}1"), evidence.database.clone(), local];
        let words: Vec<&str> = own.iter().map(String::as_str).chain(FIRST).collect();
        tried.insert(*id, castellan_config::odoo::secret::guess(password, &words).is_some());
    }
    for (id, password) in order {
        let is_open = administrators.contains(id) && tried.get(id) == Some(&false);
        if is_open && started.elapsed() < GUESSING {
            let common = castellan_config::odoo::secret::common();
            tried.insert(*id, castellan_config::odoo::secret::guess(password, common).is_some());
        }
    }
    for user in &mut evidence.users {
        user.guessed = tried.get(&user.id).copied();
    }
}

/// Looks at one database.
///
/// # Errors
///
/// When a way leads nowhere.
pub fn look_at_instance(
    target: &InstanceTarget,
    context: &InstanceContext,
    disabled: &[String],
    only: &[String],
) -> Result<InstanceScan, String> {
    let started = Instant::now();
    let (mut evidence, requests) = target.read()?;
    evidence.since = target.since;
    evidence.duties.clone_from(&context.duties);
    evidence.known_modules.clone_from(&context.known_modules);
    evidence.texts.clone_from(&context.texts);
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
        code.not_assessed.extend(inside.not_assessed);
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

/// A piece of code in the database.
struct Piece {
    model: &'static str,
    id: i64,
    name: String,
    /// The file up to the code, in one line, and what closes it.
    head: String,
    text: String,
    foot: &'static str,
}

/// Code of the database: server actions, also those that a module brought, because anybody may have changed them since; views made or
/// changed by hand; templates of mails; expressions of printed reports.
fn pieces(evidence: &Evidence) -> Vec<Piece> {
    let view = View::new(evidence);
    let mut out = Vec::new();
    for action in evidence.actions.iter().filter(|action| action.state == "code" && !action.code.trim().is_empty()) {
        out.push(Piece {
            model: "ir.actions.server",
            id: action.id,
            name: action.name.clone(),
            head: action_head(&action.model),
            text: escape(&action.code),
            foot: "</field></record></odoo>",
        });
    }
    // Expressions of printed reports are Python: as the code of an action that works them out.
    for report in &evidence.reports {
        for expression in [&report.file_name, &report.attachment] {
            if !expression.trim().is_empty() && !view.is_by_odoo("ir.actions.report", report.id) {
                out.push(Piece {
                    model: "ir.actions.report",
                    id: report.id,
                    name: report.name.clone(),
                    head: action_head("base"),
                    text: escape(expression.trim()),
                    foot: "</field></record></odoo>",
                });
            }
        }
    }
    for one in evidence.views.iter().filter(|one| one.active && !one.text.trim().is_empty()) {
        let head = "<odoo><record id=\"piece\" model=\"ir.ui.view\"><field name=\"name\">a</field><field name=\"arch\" type=\"xml\">";
        out.push(Piece {
            model: "ir.ui.view",
            id: one.id,
            name: one.name.clone(),
            head: head.to_owned(),
            text: without_declaration(&one.text).to_owned(),
            foot: "</field></record></odoo>",
        });
    }
    for one in evidence.mail_templates.iter().filter(|one| !one.text.trim().is_empty() || !one.subject.is_empty()) {
        if !view.is_by_odoo("mail.template", one.id) {
            let head = format!(
                "<odoo><record id=\"piece\" model=\"mail.template\"><field name=\"name\">a</field><field name=\"subject\">{}</field><field name=\"body_html\" type=\"html\">",
                escape(&one.subject).replace(['\r', '\n'], " ")
            );
            out.push(Piece {
                model: "mail.template",
                id: one.id,
                name: one.name.clone(),
                head,
                text: without_declaration(&one.text).to_owned(),
                foot: "</field></record></odoo>",
            });
        }
    }
    out
}

/// A server action up to its code, in one line.
fn action_head(model: &str) -> String {
    format!(
        "<odoo><record id=\"piece\" model=\"ir.actions.server\"><field name=\"name\">a</field><field name=\"model_id\" ref=\"model_{}\"/><field name=\"state\">code</field><field name=\"code\">",
        model.replace('.', "_")
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// XML inside other XML has no declaration of its own.
fn without_declaration(text: &str) -> &str {
    let trimmed = text.trim_start();
    if trimmed.starts_with("<?xml") {
        trimmed.split_once("?>").map_or(trimmed, |(_, rest)| rest.trim_start())
    } else {
        trimmed
    }
}

/// What the rules for code say of code in the database.
fn code_of(evidence: &Evidence, options: &ScanOptions) -> Result<CodeScan, DiscoverError> {
    let pieces = pieces(evidence);
    let Some(folder) = tempfile::tempdir().ok().filter(|_| !pieces.is_empty()) else { return Ok(CodeScan::default()) };
    let module = folder.path().join("database");
    let series = evidence.series.map_or_else(String::new, |series| format!("{series}.1.0.0"));
    let names: Vec<String> = (0..pieces.len()).map(|number| format!("'piece_{number}.xml'")).collect();
    let manifest = format!("{{'name': 'database', 'version': '{series}', 'data': [{}]}}\n", names.join(", "));
    let mut written =
        fs::create_dir_all(&module).is_ok() && fs::write(module.join("__manifest__.py"), manifest).is_ok();
    for (number, piece) in pieces.iter().enumerate() {
        // One line in front of the code, so that a line of the file is a line of the code and one more.
        let text = format!("{}\n{}\n{}\n", piece.head, piece.text, piece.foot);
        written &= fs::write(module.join(format!("piece_{number}.xml")), text).is_ok();
    }
    if !written {
        return Ok(CodeScan::default());
    }
    let mut found = scan(&[folder.path().to_path_buf()], options)?;
    let piece_of = |path: &str| {
        let number = path.rsplit("piece_").next()?.split('.').next()?.parse::<usize>().ok()?;
        pieces.get(number)
    };
    for finding in &mut found.findings {
        if let Some(piece) = piece_of(&finding.location.path) {
            relabel(finding, evidence, piece);
        }
    }
    found.findings.retain(|finding| finding.query.is_some());
    for note in &mut found.not_assessed {
        if let Some(piece) = piece_of(&note.path) {
            note.path = format!("{}/{} {}", evidence.database, piece.model, piece.id);
        }
    }
    Ok(found)
}

/// The place in the database in place of the file.
fn relabel(finding: &mut Finding, evidence: &Evidence, piece: &Piece) {
    let path = format!("{}/{} {}", evidence.database, piece.model, piece.id);
    let lines = piece.text.lines().count();
    finding.module = None;
    finding.query = Some(format!("code of {}, id {}", piece.model, piece.id));
    finding.records = vec![Record {
        model: piece.model.to_owned(),
        id: piece.id,
        external_id: evidence.names.get(piece.model).and_then(|names| names.get(&piece.id)).cloned(),
        label: piece.name.clone(),
    }];
    let escaped = matches!(piece.model, "ir.actions.server" | "ir.actions.report");
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
        if escaped {
            for line in &mut excerpt.lines {
                *line = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            }
        }
    };
    back(&mut finding.location);
    finding.related.iter_mut().for_each(|related| back(&mut related.location));
    finding.flow.iter_mut().for_each(|step| back(&mut step.location));
    finding.fingerprint =
        castellan_model::fingerprint(&finding.rule, &evidence.database, &path, &finding.fingerprint, 0);
}
