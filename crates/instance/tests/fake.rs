//! A fake Odoo in every dialect: what is read, what is promised, and everything that goes wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::unreachable, reason = "helpers of tests are tests too")]

use std::time::Duration;

use castellan_instance::collect::{Failure, Origin, through_rpc};
use castellan_instance::evidence::Evidence;
use castellan_instance::judge::judge;
use castellan_instance::reads::{COUNTS, READS};
use castellan_model::CheckOutcome;
use castellan_rpc::{Client, Dialect, Limits, Options, Value};
use castellan_testkit::odoo::{Odoo, Row, Running, Trouble};

/// A database with a row of every model, and every field under the name of its series.
fn sample(series: u8) -> Odoo {
    let mut odoo = Odoo::new(series);
    odoo.tables.clear();
    for read in READS {
        let mut row = Row::from([("id".to_owned(), Value::Int(1))]);
        for column in read.columns {
            let name = if series >= 19 { column.rpc.first() } else { column.rpc.last() };
            if let Some(name) = name {
                row.insert((*name).to_owned(), Value::Bool(false));
            }
        }
        odoo.tables.entry(read.model.to_owned()).or_default().push(row);
    }
    let mut set = |model: &str, id: i64, values: &str| {
        let values = match castellan_rpc::json::read(values.as_bytes(), Limits::default()).unwrap() {
            Value::Map(values) => values,
            other => unreachable!("{other:?}"),
        };
        let table = odoo.tables.get_mut(model).unwrap();
        let mut row = table[0].clone();
        row.insert("id".into(), Value::Int(id));
        for (name, value) in values {
            assert!(
                row.contains_key(&name) || name == "state" || name == "res_field" || name == "public",
                "{model}.{name}"
            );
            row.insert(name, value);
        }
        table.retain(|row| row["id"] != Value::Int(id));
        table.push(row);
    };
    let groups = if series >= 19 { "group_ids" } else { "groups_id" };
    set("ir.module.module", 1, r#"{"name": "base", "state": "installed", "latest_version": "19.0.1.3"}"#);
    set("ir.module.module", 2, r#"{"name": "auth_totp", "state": "installed"}"#);
    set(
        "res.users",
        2,
        &format!(
            r#"{{"login": "auditor", "name": "Auditor", "active": true, "{groups}": [2], "company_ids": [1], "company_id": [1, "Example"], "create_date": "2024-01-01 00:00:00", "login_date": "2026-09-20 10:00:00", "totp_enabled": true}}"#
        ),
    );
    set(
        "res.users",
        7,
        &format!(
            r#"{{"login": "clerk", "active": true, "{groups}": [1], "company_ids": [1], "create_date": "2024-01-01 00:00:00", "login_date": "2026-09-20 10:00:00"}}"#
        ),
    );
    set("res.groups", 1, r#"{"name": "User"}"#);
    set("res.groups", 2, r#"{"name": "Settings", "implied_ids": [1]}"#);
    set("ir.model", 1, r#"{"model": "res.partner", "name": "Contact"}"#);
    set(
        "ir.model.access",
        9,
        r#"{"name": "x", "model_id": [1, "Contact"], "perm_read": true, "perm_write": true, "active": true}"#,
    );
    set(
        "ir.rule",
        4,
        r#"{"name": "own", "model_id": [1, "Contact"], "groups": [1], "domain_force": "[('id', '=', 1)]", "perm_read": true, "active": true}"#,
    );
    set("ir.config_parameter", 1, r#"{"key": "web.base.url", "value": "http://erp.example.com"}"#);
    set("ir.config_parameter", 2, r#"{"key": "shop.api_key", "value": "very-secret-value"}"#);
    set("res.users.apikeys", 1, r#"{"name": "shop", "user_id": [2, "Auditor"], "create_date": "2020-01-01 00:00:00"}"#);
    odoo.table(
        "ir.model.data",
        &[
            r#"{"id": 1, "module": "base", "name": "group_user", "model": "res.groups", "res_id": 1}"#,
            r#"{"id": 2, "module": "base", "name": "group_system", "model": "res.groups", "res_id": 2}"#,
        ],
    );
    odoo.table("mail.mail", &[r#"{"id": 1, "state": "exception"}"#]);
    for row in odoo.tables.get_mut("ir.attachment").unwrap() {
        for name in ["db_datas", "res_field", "public"] {
            row.entry(name.into()).or_insert(Value::Bool(false));
        }
    }
    odoo
}

fn options(running: &Running, dialect: Option<Dialect>) -> Options {
    let mut options = Options::new(running.url().parse().unwrap(), "prod", "auditor", "secret".to_owned().into());
    options.dialect = dialect;
    options.patience = Duration::from_secs(5);
    options
}

fn read(options: Options) -> Result<(Evidence, Dialect, u32), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::connect(options).await.map_err(|error| error.to_string())?;
        let origin = Origin { source: "fake".into(), database: "prod".into(), time: 1_790_000_000 };
        let evidence = through_rpc(&client, &origin, "auditor").await.map_err(|Failure(reason)| reason)?;
        Ok((evidence, client.dialect(), client.requests()))
    })
}

/// The same in JSON, but for how it was read.
fn bare(mut evidence: Evidence) -> String {
    evidence.ways.clear();
    serde_json::to_string(&evidence).unwrap()
}

#[test]
fn every_dialect_reads_the_same() {
    for series in [14, 17, 19] {
        let mut seen = Vec::new();
        for dialect in [Some(Dialect::JsonRpc), Some(Dialect::XmlRpc), Some(Dialect::Json2), None] {
            if dialect == Some(Dialect::Json2) && series < 19 {
                continue;
            }
            let running = Running::start(sample(series));
            let (evidence, used, requests) = read(options(&running, dialect)).unwrap();
            let chosen = if series >= 19 { Dialect::Json2 } else { Dialect::JsonRpc };
            assert_eq!(used, dialect.unwrap_or(chosen));
            assert!(requests <= 60, "{requests}");
            assert_eq!(evidence.gaps.len(), 0, "{:?}", evidence.gaps);
            assert_eq!(evidence.series.map(|series| series.major()), Some(series));
            let user = evidence.users.iter().find(|user| user.login == "auditor").unwrap();
            assert_eq!((user.groups.as_slice(), user.two_factor, user.company), (&[2][..], Some(true), 1));
            assert_eq!(evidence.access.iter().find(|row| row.id == 9).unwrap().model, "res.partner");
            assert_eq!(evidence.counts["mail-failed"], 1);
            seen.push(bare(evidence));
        }
        for other in &seen[1..] {
            assert_eq!(&seen[0], other, "{series}");
        }
        assert!(!seen[0].contains("very-secret-value"), "a secret parameter is in the evidence");
    }
}

/// The promise of docs/reads.md: no model, method or field beside the table.
#[test]
fn nothing_is_read_that_is_not_promised() {
    for series in [14, 19] {
        for refused in [false, true] {
            let mut odoo = sample(series);
            if refused {
                // The long way: each model is asked for its fields.
                odoo.refused.insert("ir.model.fields".into());
            }
            let running = Running::start(odoo);
            let (_, _, requests) = read(options(&running, None)).unwrap();
            assert!(requests <= 60, "{requests}");
            for seen in &running.state().seen {
                let what = format!("{seen:?}");
                match (seen.model.as_str(), seen.method.as_str()) {
                    ("res.users", "context_get") => assert!(seen.fields.is_empty(), "{what}"),
                    ("res.users", "search_read") if seen.fields == ["company_ids"] => {}
                    ("ir.model.data", "search_read") => assert_eq!(seen.fields, ["module", "name", "model", "res_id"]),
                    ("ir.model.fields", "search_read") if seen.fields == ["model", "name"] => {}
                    (model, "search_count") => assert!(COUNTS.iter().any(|count| count.model == model), "{what}"),
                    (model, "fields_get") => assert!(READS.iter().any(|read| read.model == model), "{what}"),
                    (model, "search_read") => {
                        let promised = READS.iter().find(|read| read.model == model).expect(&what);
                        for field in &seen.fields {
                            let known = promised.columns.iter().any(|column| column.rpc.contains(&field.as_str()));
                            assert!(known, "{what}: {field}");
                        }
                    }
                    _ => unreachable!("not promised: {what}"),
                }
            }
        }
    }
}

#[test]
fn what_is_refused_is_not_assessed() {
    let mut odoo = sample(17);
    for model in ["ir.cron", "ir.config_parameter", "res.users.apikeys", "ir.model.data"] {
        odoo.refused.insert(model.into());
    }
    let running = Running::start(odoo);
    let (evidence, _, _) = read(options(&running, None)).unwrap();
    assert_eq!(evidence.gaps["jobs"], "needs the right to read ir.cron (base.group_system)");
    let judged = judge(&evidence, &[], &[]);
    let outcome = |id: &str| judged.checks.iter().find(|check| check.rule == id).unwrap().outcome;
    for rule in ["job-stuck", "signup-open", "key-old", "user-admin-no-second-factor"] {
        assert_eq!(outcome(rule), CheckOutcome::CouldNotTell, "{rule}");
    }
    assert_eq!(outcome("module-stuck"), CheckOutcome::NotVulnerable);
}

#[test]
fn closed_dialects_lead_to_the_next() {
    let mut odoo = sample(19);
    odoo.old_closed = true;
    let running = Running::start(odoo);
    assert_eq!(read(options(&running, None)).unwrap().1, Dialect::Json2);
    let mut odoo = sample(17);
    odoo.old_closed = true;
    let running = Running::start(odoo);
    let reason = read(options(&running, None)).unwrap_err();
    assert!(reason.contains("JSON-2"), "{reason}");
}

#[test]
fn a_wrong_secret_and_a_wrong_database_are_told() {
    for series in [14, 19] {
        let running = Running::start(sample(series));
        let mut wrong = options(&running, None);
        wrong.secret = "guess".to_owned().into();
        let reason = read(wrong).unwrap_err();
        assert!(reason.contains("the log-in is refused"), "{reason}");
        let mut wrong = options(&running, Some(if series >= 19 { Dialect::Json2 } else { Dialect::JsonRpc }));
        wrong.database = "nodb".into();
        let reason = read(wrong).unwrap_err();
        assert!(reason.contains("nodb"), "{reason}");
    }
}

/// At every call, everything that can go wrong: an answer in time, a reason, and never a green check out of nothing.
#[test]
fn trouble_at_any_call_is_told() {
    for (dialect, series) in [(Dialect::JsonRpc, 17), (Dialect::Json2, 19)] {
        for number in [0, 1, 3, 7, 20] {
            for trouble in [Trouble::Close, Trouble::Status(502), Trouble::Nonsense, Trouble::Endless] {
                let mut odoo = sample(series);
                odoo.trouble = Some((number, trouble));
                let running = Running::start(odoo);
                let mut options = options(&running, Some(dialect));
                options.limits = Limits { bytes: 4 << 20, ..Limits::default() };
                let reason = read(options).map(|_| ()).unwrap_err();
                assert!(!reason.is_empty() && reason.len() < 300, "{number} {trouble:?}: {reason}");
            }
        }
    }
    let mut odoo = sample(17);
    odoo.trouble = Some((3, Trouble::Late(Duration::from_secs(3))));
    let running = Running::start(odoo);
    let mut impatient = options(&running, None);
    impatient.patience = Duration::from_millis(400);
    assert_eq!(read(impatient).unwrap_err(), "no answer in time");
}

#[test]
fn an_answer_of_the_wrong_kind_is_a_gap() {
    let mut odoo = sample(17);
    // Own companies, names of fields, modules, users.
    odoo.trouble = Some((3, Trouble::WrongType));
    let running = Running::start(odoo);
    let (evidence, _, _) = read(options(&running, Some(Dialect::JsonRpc))).unwrap();
    assert_eq!(evidence.gaps["users"], "the answer is no list");
    let judged = judge(&evidence, &[], &[]);
    let check = judged.checks.iter().find(|check| check.rule == "user-stale").unwrap();
    assert_eq!(check.outcome, CheckOutcome::CouldNotTell);
}
