//! From rows as they came to evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use castellan_model::{Series, calendar};
use castellan_rpc::Value;

use super::{Origin, Raw};
use crate::evidence::{
    Access, Action, AliasDomain, Attachment, Automation, Company, Dependency, Employee, Evidence, Field, Group, Job,
    Key, Ldap, MailServer, MailSource, Model, Module, OAuth, Operations, Parameter, Password, PrintedReport, Rule,
    Sequence, Template, User, Website,
};
use crate::reads::HARMLESS;

/// Makes evidence of rows.
pub(super) fn evidence(raw: Raw, origin: &Origin, series: Option<Series>, way: &str, account: &str) -> Evidence {
    let rows = |table: &str| raw.rows.get(table).map(Vec::as_slice).unwrap_or_default().iter().map(Row);
    // RPC gives the id of a model, SQL its name.
    let models: BTreeMap<i64, String> = rows("models").map(|row| (row.id(), row.text("model"))).collect();
    let mut passkeys: BTreeMap<i64, u32> = BTreeMap::new();
    for row in rows("passkeys") {
        *passkeys.entry(row.reference("user").unwrap_or(0)).or_default() += 1;
    }
    let model = |row: &Row<'_>| match row.reference("model") {
        Some(id) => models.get(&id).cloned().unwrap_or_default(),
        None => row.text("model"),
    };
    let mut out = Evidence {
        source: origin.source.clone(),
        database: origin.database.clone(),
        time: origin.time,
        series,
        ways: vec![way.to_owned()],
        account: account.to_owned(),
        users: rows("users").map(|row| user(&row, &passkeys)).collect(),
        groups: rows("groups")
            .map(|row| Group {
                id: row.id(),
                name: row.text("name"),
                implies: row.ids("implies"),
                share: row.is("share"),
                key_days: row.number("key_days"),
            })
            .collect(),
        access: rows("access")
            .map(|row| Access {
                id: row.id(),
                name: row.text("name"),
                model: model(&row),
                group: row.reference("group"),
                grants: row.operations(),
                active: row.is("active"),
                changed_by: row.reference("changed_by").unwrap_or(0),
                changed: row.time("changed").unwrap_or(0),
            })
            .collect(),
        rules: rows("rules")
            .map(|row| Rule {
                id: row.id(),
                name: row.text("name"),
                model: model(&row),
                groups: row.ids("groups"),
                domain: row.text("domain"),
                operations: row.operations(),
                active: row.is("active"),
                changed_by: row.reference("changed_by").unwrap_or(0),
                changed: row.time("changed").unwrap_or(0),
            })
            .collect(),
        models: rows("models")
            .map(|row| Model {
                id: row.id(),
                model: row.text("model"),
                name: row.text("name"),
                transient: row.is("transient"),
                manual: row.text("state") == "manual",
            })
            .collect(),
        fields: rows("fields")
            .map(|row| Field {
                id: row.id(),
                model: row.text("model"),
                name: row.text("name"),
                stored: row.is("stored"),
                groups: row.ids("groups"),
                manual: row.text("state") == "manual",
                modules: row.text("modules"),
            })
            .collect(),
        keys: rows("keys")
            .map(|row| Key {
                id: row.id(),
                name: row.text("name"),
                user: row.reference("user").unwrap_or(0),
                scope: Some(row.text("scope")).filter(|scope| !scope.is_empty()),
                created: row.time("created").unwrap_or(0),
                expires: row.time("expires"),
            })
            .collect(),
        parameters: rows("parameters").map(|row| parameter(&row)).collect(),
        jobs: rows("jobs").map(|row| job(&row)).collect(),
        actions: rows("actions").map(|row| action(&row)).collect(),
        ..Evidence::default()
    };
    settings(&mut out, &raw);
    merged(&mut out, &raw, &models);
    for (module, name, model, id) in &raw.names {
        out.names.entry(model.clone()).or_default().entry(*id).or_insert_with(|| format!("{module}.{name}"));
    }
    // Jobs go by the external id of their action where they have none of their own.
    out.gaps = raw.gaps;
    if let Some(reason) = out.gaps.remove("merged_access") {
        for table in ["access", "rules"] {
            out.gaps.insert(table.to_owned(), reason.clone());
        }
    }
    out.server = raw.server;
    out.counts = raw.counts;
    // Whoever knows the order of the server's answers knows nothing: sorted, so that both ways give the same.
    out.users.sort_by_key(|one| one.id);
    out.groups.sort_by_key(|one| one.id);
    out.access.sort_by_key(|one| one.id);
    out.rules.sort_by_key(|one| one.id);
    out.modules.sort_by(|left, right| left.name.cmp(&right.name));
    out.keys.sort_by_key(|one| one.id);
    out.parameters.sort_by(|left, right| left.key.cmp(&right.key));
    out.jobs.sort_by_key(|one| one.id);
    out.actions.sort_by_key(|one| one.id);
    out.public_attachments.sort_by_key(|one| one.id);
    out
}

fn settings(out: &mut Evidence, raw: &Raw) {
    let rows = |table: &str| raw.rows.get(table).map(Vec::as_slice).unwrap_or_default().iter().map(Row);
    out.automations = rows("automations")
        .map(|row| Automation {
            id: row.id(),
            name: row.text("name"),
            model: row.text("model"),
            trigger: row.text("trigger"),
            active: row.is("active"),
        })
        .collect();
    out.views = rows("views")
        .map(|row| Template {
            id: row.id(),
            name: row.text("name"),
            kind: row.text("kind"),
            subject: String::new(),
            text: row.text("text"),
            active: row.is("active"),
            changed_by: row.reference("changed_by").unwrap_or(0),
            changed: row.time("changed").unwrap_or(0),
        })
        .collect();
    out.mail_templates = rows("mail_templates")
        .map(|row| Template {
            id: row.id(),
            name: row.text("name"),
            kind: "mail".to_owned(),
            subject: row.text("subject"),
            text: row.text("text"),
            active: true,
            changed_by: row.reference("changed_by").unwrap_or(0),
            changed: row.time("changed").unwrap_or(0),
        })
        .collect();
    out.reports = rows("reports")
        .map(|row| PrintedReport {
            id: row.id(),
            name: row.text("name"),
            file_name: row.text("file_name"),
            attachment: row.text("attachment"),
            changed_by: row.reference("changed_by").unwrap_or(0),
            changed: row.time("changed").unwrap_or(0),
        })
        .collect();
    out.sequences = rows("sequences")
        .map(|row| Sequence {
            id: row.id(),
            name: row.text("name"),
            prefix: row.text("prefix"),
            suffix: row.text("suffix"),
        })
        .collect();
    out.reports.sort_by_key(|one| one.id);
    out.sequences.sort_by_key(|one| one.id);
    out.dependencies = rows("dependencies")
        .map(|row| Dependency { module: row.reference("module").unwrap_or(0), name: row.text("name") })
        .collect();
    out.dependencies.sort_by(|left, right| (left.module, &left.name).cmp(&(right.module, &right.name)));
    out.alias_domains = rows("alias_domains").map(|row| AliasDomain { id: row.id(), name: row.text("name") }).collect();
    out.views.sort_by_key(|one| one.id);
    out.mail_templates.sort_by_key(|one| one.id);
    out.mail_servers = rows("mail_servers")
        .map(|row| MailServer {
            id: row.id(),
            name: row.text("name"),
            host: row.text("host"),
            port: row.int("port"),
            encryption: row.text("encryption"),
            debug: row.is("debug"),
            logs_in: !row.text("user").is_empty(),
            active: row.is("active"),
        })
        .collect();
    out.mail_sources = rows("mail_sources")
        .map(|row| MailSource {
            id: row.id(),
            name: row.text("name"),
            host: row.text("host"),
            kind: row.text("kind"),
            tls: row.is("tls"),
            state: row.text("state"),
            fetched: row.time("fetched").unwrap_or(0),
            active: row.is("active"),
        })
        .collect();
    out.oauth = rows("oauth")
        .map(|row| OAuth {
            id: row.id(),
            name: row.text("name"),
            enabled: row.is("enabled"),
            authorize: row.text("authorize"),
            validate: row.text("validate"),
            has_client: !row.text("client").is_empty(),
        })
        .collect();
    out.ldap = rows("ldap")
        .map(|row| Ldap {
            id: row.id(),
            host: row.text("host"),
            port: row.int("port"),
            tls: row.is("tls"),
            creates_users: row.is("creates_users"),
        })
        .collect();
    out.companies = rows("companies")
        .map(|row| Company { id: row.id(), name: row.text("name"), email: row.text("email") })
        .collect();
    out.websites = rows("websites")
        .map(|row| Website {
            id: row.id(),
            name: row.text("name"),
            domain: row.text("domain"),
            signup: row.text("signup"),
        })
        .collect();
    out.modules = rows("modules")
        .map(|row| Module {
            id: row.id(),
            name: row.text("name"),
            state: row.text("state"),
            version: row.text("version"),
            author: row.text("author"),
            demo: row.is("demo"),
            imported: row.is("imported"),
            on_disk: row.get("on_disk").and_then(Value::text).map(str::to_owned),
        })
        .collect();
    out.public_attachments = rows("public_attachments")
        .map(|row| Attachment {
            id: row.id(),
            name: row.text("name"),
            model: row.text("model"),
            mimetype: row.text("mimetype"),
            url: row.text("url"),
        })
        .collect();
    out.left_employees =
        rows("left_employees").map(|row| Employee { id: row.id(), user: row.reference("user").unwrap_or(0) }).collect();
}

fn user(row: &Row<'_>, passkeys: &BTreeMap<i64, u32>) -> User {
    // SQL sees no column without the module; RPC sees no field.
    let two_factor = match row.get("two_factor") {
        Some(Value::Bool(is)) if !matches!(row.get("has_two_factor"), Some(Value::Bool(false))) => Some(*is),
        _ => None,
    };
    User {
        id: row.id(),
        login: row.text("login"),
        name: row.text("name"),
        email: row.text("email"),
        active: row.is("active"),
        share: row.is("share"),
        groups: row.ids("groups"),
        company: row.reference("company").unwrap_or(0),
        companies: row.ids("companies"),
        created: row.time("created").unwrap_or(0),
        last_login: row.time("last_login"),
        two_factor,
        passkeys: passkeys.get(&row.id()).copied().unwrap_or(0),
        oauth: row.reference("oauth"),
        password: row.get("password").and_then(Value::text).map(password),
        guessed: None,
    }
}

fn password(text: &str) -> Password {
    match text.split_once(' ') {
        Some(("hashed", rounds)) => Password::Hashed(rounds.parse().unwrap_or(0)),
        _ if text == "none" => Password::None,
        _ if text == "clear" => Password::Clear,
        _ => Password::Other,
    }
}

fn parameter(row: &Row<'_>) -> Parameter {
    let key = row.text("key");
    let value = row.text("value");
    let length = match row.get("length") {
        Some(Value::Int(length)) => usize::try_from(*length).unwrap_or(0),
        _ => value.chars().count(),
    };
    let looks_secret = match row.get("looks_secret") {
        Some(Value::Bool(is)) => *is,
        _ => looks_secret(&value),
    };
    let looks_like_code = match row.get("looks_like_code") {
        Some(Value::Bool(is)) => *is,
        _ => looks_like_code(&value),
    };
    Parameter {
        id: row.id(),
        value: HARMLESS.contains(&key.as_str()).then_some(value),
        length,
        looks_secret,
        looks_like_code,
        key,
    }
}

/// The shape of a key of a well-known service, a private key, a token, or an address with a password.
fn looks_secret(value: &str) -> bool {
    let starts = [
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "rk_test_",
        "AKIA",
        "ASIA",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "glpat-",
        "xoxa-",
        "xoxb-",
        "xoxp-",
        "xoxr-",
        "xoxs-",
        "-----BEGIN",
    ];
    let token = value.starts_with("eyJ") && value.matches('.').count() == 2;
    let login = value.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', ' ']).next().unwrap_or_default();
        authority.split_once('@').is_some_and(|(user, _)| {
            user.split_once(':').is_some_and(|(name, word)| !name.is_empty() && !word.is_empty())
        })
    });
    token || login || starts.iter().any(|start| value.contains(start))
}

/// The shape of Python or of a script: what no setting needs.
fn looks_like_code(value: &str) -> bool {
    static CODE: LazyLock<Option<regex::Regex>> = LazyLock::new(|| {
        regex::Regex::new(
            r"(?i)<script|javascript:|__import__|\b(eval|exec)\s*\(|\benv\[|\.sudo\(|\blambda\b[^:]*:|os\.(system|popen)|subprocess",
        )
        .ok()
    });
    CODE.as_ref().is_some_and(|code| code.is_match(value))
}

/// The combined rows of 20.0: those of a group grant what the others narrow. As rows and rules of before, of which the domains of one
/// model's groups add up, and those without a group narrow each other.
fn merged(out: &mut Evidence, raw: &Raw, models: &BTreeMap<i64, String>) {
    let rows: Vec<Row<'_>> =
        raw.rows.get("merged_access").map(Vec::as_slice).unwrap_or_default().iter().map(Row).collect();
    let everyone = raw.names.iter().find(|(module, name, _, _)| module == "base" && name == "group_everyone");
    let everyone = everyone.map(|(_, _, _, id)| *id);
    let model_of = |row: &Row<'_>| match row.reference("model") {
        Some(id) => models.get(&id).cloned().unwrap_or_default(),
        None => row.text("model"),
    };
    let narrowed: BTreeSet<String> =
        rows.iter().filter(|row| !row.text("domain").trim().is_empty()).map(&model_of).collect();
    for row in &rows {
        let model = model_of(row);
        let domain = row.text("domain").trim().to_owned();
        let letters = row.text("letters");
        let operations = if letters.is_empty() { row.operations() } else { Operations::of(&letters) };
        let group = row.reference("group");
        let (changed_by, changed) = (row.reference("changed_by").unwrap_or(0), row.time("changed").unwrap_or(0));
        let active = row.is("active") || row.get("active").is_none();
        if let Some(group) = group {
            out.access.push(Access {
                id: row.id(),
                name: row.text("name"),
                model: model.clone(),
                group: Some(group).filter(|group| Some(*group) != everyone),
                grants: operations,
                active,
                changed_by,
                changed,
            });
        }
        if group.is_none() || narrowed.contains(&model) {
            let domain = if domain.is_empty() { "[]".to_owned() } else { domain };
            out.rules.push(Rule {
                id: row.id(),
                name: row.text("name"),
                model,
                groups: group.into_iter().collect(),
                domain,
                operations,
                active,
                changed_by,
                changed,
            });
        }
    }
    for table in ["ir.model.access", "ir.rule"] {
        let names: Vec<(i64, String)> = raw
            .names
            .iter()
            .filter(|(_, _, model, _)| model == "ir.access")
            .map(|(module, name, _, id)| (*id, format!("{module}.{name}")))
            .collect();
        if !names.is_empty() {
            out.names.entry(table.to_owned()).or_default().extend(names);
        }
    }
}

fn job(row: &Row<'_>) -> Job {
    let minutes = match row.text("interval_type").as_str() {
        "minutes" => 1,
        "hours" => 60,
        "days" | "work_days" => 24 * 60,
        "weeks" => 7 * 24 * 60,
        _ => 30 * 24 * 60,
    };
    Job {
        id: row.id(),
        name: row.text("name"),
        action: row.reference("action").unwrap_or(0),
        user: row.reference("user").unwrap_or(0),
        active: row.is("active"),
        minutes: row.int("interval_number").saturating_mul(minutes),
        next: row.time("next").unwrap_or(0),
        last: row.time("last").unwrap_or(0),
        failures: row.int("failures"),
        left: row.number("left").map(|left| left as i64).filter(|left| *left >= 0),
    }
}

fn action(row: &Row<'_>) -> Action {
    // Of a webhook only where it leads; its path is a secret.
    let webhook = row.text("webhook");
    let webhook = match webhook.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{}", host.rsplit('@').next().unwrap_or_default())
        }
        None => String::new(),
    };
    Action {
        id: row.id(),
        name: row.text("name"),
        state: row.text("state"),
        model: row.text("model"),
        code: row.text("code"),
        usage: row.text("usage"),
        published: row.is("published"),
        webhook,
        groups: row.ids("groups"),
        changed_by: row.reference("changed_by").unwrap_or(0),
        changed: row.time("changed").unwrap_or(0),
    }
}

/// A row: Odoo's false, null and a missing column are all nothing.
struct Row<'v>(&'v Value);

impl<'v> Row<'v> {
    fn get(&self, name: &str) -> Option<&'v Value> {
        self.0.get(name)
    }

    fn id(&self) -> i64 {
        self.int("id")
    }

    fn int(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Value::Int(number)) => *number,
            Some(Value::Float(number)) => *number as i64,
            _ => 0,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Value::Int(number)) => Some(*number as f64),
            Some(Value::Float(number)) => Some(*number),
            _ => None,
        }
    }

    fn is(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    fn text(&self, name: &str) -> String {
        self.get(name).and_then(Value::text).unwrap_or_default().to_owned()
    }

    /// The id of one record: `7`, `[7, "name"]`.
    fn reference(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Int(id) => Some(*id),
            Value::List(pair) => pair.first().and_then(Value::int),
            _ => None,
        }
    }

    fn ids(&self, name: &str) -> Vec<i64> {
        let mut ids: Vec<i64> =
            self.get(name).and_then(Value::list).unwrap_or_default().iter().filter_map(Value::int).collect();
        ids.sort_unstable();
        ids
    }

    fn operations(&self) -> Operations {
        Operations {
            read: self.is("perm_read"),
            write: self.is("perm_write"),
            create: self.is("perm_create"),
            unlink: self.is("perm_unlink"),
        }
    }

    /// `2026-11-22 05:16:28`, `2026-11-22T05:16:28.123`: UTC.
    fn time(&self, name: &str) -> Option<i64> {
        parse_time(self.get(name)?.text()?)
    }
}

/// Unix time of a text as Odoo and PostgreSQL write it.
fn parse_time(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (month, day) = (number(5, 7)?, number(8, 10)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let day = calendar::day_of(&format!("{:04}{month:02}{day:02}", number(0, 4)?))?;
    let clock = |at: usize| number(at, at + 2).unwrap_or(0);
    Some(day * 86_400 + clock(11) * 3600 + clock(14) * 60 + clock(17))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_ways_are_read() {
        assert_eq!(parse_time("1970-01-02 00:00:01"), Some(86_401));
        assert_eq!(parse_time("2026-11-22T05:16:28.123456"), Some(1_795_324_588));
        assert_eq!(parse_time("2026-11-22"), Some(1_795_305_600));
        assert_eq!(parse_time("2026-13-22"), None);
        assert_eq!(parse_time("xy"), None);
    }

    /// 20.0: a row of a group grants within its domain, a row of nobody narrows what the others grant.
    #[test]
    fn merged_rows_are_rows_and_rules() {
        let row = |id: i64, group: i64, letters: &str, domain: &str| {
            let group = if group == 0 { Value::Bool(false) } else { Value::List(vec![group.into(), "x".into()]) };
            Value::map([
                ("id", id.into()),
                ("name", "x".into()),
                ("model", Value::List(vec![1.into(), "Order".into()])),
                ("group", group),
                ("letters", letters.into()),
                ("domain", domain.into()),
                ("active", Value::Bool(true)),
            ])
        };
        let mut raw = Raw::default();
        raw.rows.insert("models", vec![Value::map([("id", 1.into()), ("model", "sale.order".into())])]);
        let own = "[('user_id', '=', user.id)]";
        let companies = "[('company_id', 'in', company_ids)]";
        raw.rows.insert(
            "merged_access",
            vec![row(4, 1, "rw", own), row(5, 2, "rwcd", ""), row(6, 9, "r", own), row(7, 0, "rwcd", companies)],
        );
        for (name, id) in [("group_user", 1), ("group_system", 2), ("group_everyone", 9)] {
            raw.names.push(("base".into(), name.into(), "res.groups".into(), id));
        }
        raw.names.push(("sale".into(), "order_own".into(), "ir.access".into(), 4));
        let evidence = evidence(raw, &Origin::default(), Series::new(20), "SQL", "x");
        let access: Vec<_> = evidence.access.iter().map(|one| (one.id, one.group, one.grants.text())).collect();
        let all = "read, write, create, unlink";
        assert_eq!(access, [(4, Some(1), "read, write".into()), (5, Some(2), all.into()), (6, None, "read".into())]);
        let rules: Vec<_> =
            evidence.rules.iter().map(|one| (one.id, one.groups.clone(), one.domain.as_str())).collect();
        let expected = [(4, vec![1], own), (5, vec![2], "[]"), (6, vec![9], own), (7, Vec::new(), companies)];
        assert_eq!(rules, expected);
        assert_eq!(evidence.names["ir.rule"][&4], "sale.order_own");
    }

    #[test]
    fn code_is_known_by_its_shape() {
        for value in
            ["__import__('os')", "<script src=x>", "lambda self: 1", "env['res.users'].sudo().search([])", "eval (x)"]
        {
            assert!(looks_like_code(value), "{value}");
        }
        for value in ["https://erp.example.com", "retrieval(s)", "a, b: c", "{\"en\": 1}", "[('state', '=', 'done')]"] {
            assert!(!looks_like_code(value), "{value}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_shape() {
        for value in
            ["sk_live_abc", "https://user:pass@host/x", "eyJhbGciOi.eyJzdWIi.c2ln", "-----BEGIN PRIVATE KEY-----"]
        {
            assert!(looks_secret(value), "{value}");
        }
        for value in ["https://host/x@y", "https://user@host", "hello", "a.b.c", "postgres://host:5432/x"] {
            assert!(!looks_secret(value), "{value}");
        }
    }

    #[test]
    fn a_secret_parameter_keeps_its_length_only() {
        let row = |key: &str| Value::map([("id", 1.into()), ("key", key.into()), ("value", "s3cret".into())]);
        let (secret, known) = (row("x.token"), row("web.base.url"));
        let parameter = |row| parameter(&Row(row));
        assert_eq!((parameter(&secret).value, parameter(&secret).length), (None, 6));
        assert_eq!(parameter(&known).value.as_deref(), Some("s3cret"));
    }
}
