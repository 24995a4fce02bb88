//! Examples of rule pages as evidence: a hardened database, with the records of the example beside or in place of its own.
//!
//! ```json
//! {"users": [{"id": 7, "login": "info@example.com", "groups": [1]}], "without": ["modules/auth_totp"]}
//! ```
//!
//! A record replaces one of the same id, key or name, member by member; `without` takes records of the hardened database away.

use castellan_model::{Example, Series};
use serde_json::{Map, Value, json};

use crate::evidence::Evidence;
use crate::reads::FACTS;

/// Now, in every example.
pub const TIME: i64 = 1_790_000_000;

/// The evidence of an example.
///
/// # Errors
///
/// What is wrong with it.
pub fn evidence(example: &Example) -> Result<Evidence, String> {
    let change: Value = serde_json::from_str(&example.text).map_err(|error| error.to_string())?;
    let mut whole = base();
    if let Some(series) = example.series {
        whole["series"] = json!(series);
    }
    let Value::Object(change) = change else { return Err("an example is an object".to_owned()) };
    for (name, value) in change {
        if name == "without" {
            for path in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
                let (table, key) = path.split_once('/').ok_or_else(|| format!("`{path}` names no record"))?;
                let rows = whole[table].as_array_mut().ok_or_else(|| format!("`{table}` is no table"))?;
                let before = rows.len();
                rows.retain(|row| identity(row).as_deref() != Some(key));
                if rows.len() == before {
                    return Err(format!("`{path}` is not there"));
                }
            }
            continue;
        }
        let Some(known) = whole.get_mut(&name) else { return Err(format!("`{name}` is no table")) };
        merge(known, value);
    }
    serde_json::from_value(whole).map_err(|error| error.to_string())
}

/// A database that is in order.
#[must_use]
pub fn hardened() -> Evidence {
    serde_json::from_value(base()).unwrap_or_default()
}

/// What tells a record apart: its key, its name where it is a module, its id otherwise.
fn identity(row: &Value) -> Option<String> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    text("key")
        .or_else(|| if row.get("id").is_none_or(|id| id == 0) { text("name") } else { None })
        .or_else(|| row.get("id").map(ToString::to_string))
}

fn merge(known: &mut Value, change: Value) {
    match (known, change) {
        (Value::Array(rows), Value::Array(changes)) if changes.iter().all(Value::is_object) && !changes.is_empty() => {
            for change in changes {
                let found = rows.iter_mut().find(|row| identity(row) == identity(&change));
                match found {
                    Some(row) => merge(row, change),
                    None => rows.push(change),
                }
            }
        }
        (Value::Object(members), Value::Object(changes)) => {
            for (name, value) in changes {
                merge(members.entry(name).or_insert(Value::Null), value);
            }
        }
        (known, change) => *known = change,
    }
}

fn base() -> Value {
    let day = 86_400;
    let user = |id: i64, login: &str, groups: &[i64]| {
        json!({
            "id": id, "login": login, "name": login, "email": login, "active": true, "groups": groups, "company": 1,
            "companies": [1], "created": TIME - 400 * day, "last_login": TIME - 3 * day, "two_factor": true,
            "password": {"hashed": 600_000}, "guessed": false,
        })
    };
    let archived = |id: i64, login: &str, groups: &[i64]| {
        let mut row = user(id, login, groups);
        row["active"] = json!(false);
        row["last_login"] = Value::Null;
        row
    };
    let installed =
        |name: &str| json!({"name": name, "state": "installed", "version": "17.0.1.0", "author": "Odoo S.A."});
    let parameter = |key: &str, value: &str| json!({"key": key, "value": value, "length": value.len()});
    let access = |id: i64, model: &str, group: i64, grants: &str| {
        let has = |letter| grants.contains(letter);
        json!({
            "id": id, "name": model, "model": model, "group": group, "active": true,
            "grants": {"read": has('r'), "write": has('w'), "create": has('c'), "unlink": has('d')},
        })
    };
    let job = |id: i64, name: &str, minutes: i64| {
        json!({
            "id": id, "name": name, "action": id, "user": 1, "active": true, "minutes": minutes,
            "next": TIME + minutes * 60, "last": TIME - 60,
        })
    };
    let server: Map<String, Value> = FACTS.iter().map(|fact| (fact.name.to_owned(), json!([]))).collect();
    let mut names = Map::new();
    names.insert(
        "res.groups".into(),
        json!({
            "1": "base.group_user", "2": "base.group_system", "3": "base.group_erp_manager", "4": "base.group_portal",
            "5": "base.group_public", "6": "base.group_allow_export", "7": "account.group_account_manager",
            "8": "sales_team.group_sale_salesman", "9": "base.group_no_one", "10": "purchase.group_purchase_user",
            "11": "purchase.group_purchase_manager", "12": "account.group_account_invoice",
        }),
    );
    names.insert(
        "res.users".into(),
        json!({"1": "base.user_root", "2": "base.user_admin", "3": "base.public_user", "5": "base.template_portal_user_id"}),
    );
    names.insert("ir.cron".into(), json!({"1": "mail.ir_cron_mail_scheduler_action", "2": "base.autovacuum_job"}));
    names.insert(
        "ir.actions.server".into(),
        json!({"1": "mail.ir_cron_mail_scheduler_action_ir_actions_server", "2": "base.autovacuum_job_ir_actions_server"}),
    );
    names.insert("ir.rule".into(), json!({"1": "sale.sale_order_comp_rule"}));
    let mut whole = json!({
        "source": "https://erp.example.com",
        "database": "prod",
        "time": TIME,
        "since": TIME - 30 * day,
        "series": Series::ASSUMED,
        "ways": ["JSON-RPC", "SQL"],
        "account": "auditor@example.com",
        "gaps": {},
        "users": [
            archived(1, "__system__", &[1, 2]),
            user(2, "first@example.com", &[1, 2]),
            archived(3, "public", &[5]),
            archived(5, "portaltemplate", &[4]),
            user(6, "second@example.com", &[1, 2]),
            user(7, "clerk@example.com", &[1, 8]),
            user(8, "lead@example.com", &[1, 6, 8]),
            user(9, "books@example.com", &[1, 12]),
        ],
        "groups": [
            {"id": 1, "name": "User types / Internal User", "implies": [9]},
            {"id": 2, "name": "Administration / Settings", "implies": [3]},
            {"id": 3, "name": "Administration / Access Rights", "implies": [1]},
            {"id": 4, "name": "User types / Portal"},
            {"id": 5, "name": "User types / Public"},
            {"id": 6, "name": "Technical / Access to export feature"},
            {"id": 7, "name": "Invoicing / Billing Administrator", "implies": [12]},
            {"id": 8, "name": "Sales / User: Own Documents Only", "implies": [1]},
            {"id": 9, "name": "Extra Rights / Technical Features"},
            {"id": 10, "name": "Purchase / User", "implies": [1]},
            {"id": 11, "name": "Purchase / Administrator", "implies": [10]},
            {"id": 12, "name": "Invoicing / Billing", "implies": [1]},
        ],
        "access": [
            access(1, "res.partner", 1, "r"),
            access(2, "res.users", 3, "rwcd"),
            access(3, "ir.cron", 2, "rwcd"),
            access(4, "ir.actions.server", 2, "rwcd"),
            access(5, "sale.order", 8, "rwc"),
        ],
        "rules": [{
            "id": 1, "name": "Sales Order multi-company", "model": "sale.order", "domain": "['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]",
            "operations": {"read": true, "write": true, "create": true, "unlink": true}, "active": true,
        }],
        "models": [
            {"id": 1, "model": "res.partner", "name": "Contact"}, {"id": 2, "model": "res.users", "name": "User"},
            {"id": 3, "model": "ir.cron", "name": "Scheduled Actions"},
            {"id": 4, "model": "ir.actions.server", "name": "Server Action"}, {"id": 5, "model": "sale.order", "name": "Sales Order"},
        ],
        "fields": [{"id": 1, "model": "res.partner", "name": "company_id", "stored": true}],
        "keys": [],
        "parameters": [
            parameter("auth_password_policy.minlength", "12"),
            parameter("auth_signup.invitation_scope", "b2b"),
            parameter("auth_totp.policy", "all_required"),
            parameter("base.login_cooldown_after", "10"),
            parameter("base.login_cooldown_duration", "60"),
            parameter("sessions.max_inactivity_seconds", "43200"),
            parameter("web.base.url", "https://erp.example.com"),
            parameter("web.base.url.freeze", "True"),
            {"key": "database.secret", "length": 36},
        ],
        "jobs": [job(1, "Mail: Email Queue Manager", 60), job(2, "Base: Auto-vacuum internal data", 24 * 60)],
        "actions": [],
        "automations": [],
        "mail_servers": [{
            "id": 1, "name": "mail", "host": "smtp.example.com", "port": 587, "encryption": "starttls", "logs_in": true, "active": true,
        }],
        "mail_sources": [],
        "oauth": [],
        "ldap": [],
        "companies": [{"id": 1, "name": "Example", "email": "mail@example.com"}],
        "websites": [],
        "modules": [
            installed("base"), installed("web"), installed("mail"), installed("auth_totp"), installed("auth_totp_mail_enforce"),
            installed("auth_password_policy"), installed("auth_signup"),
            {"name": "auditlog", "state": "installed", "version": "17.0.1.0.0", "on_disk": "17.0.1.0.0", "author": "Odoo Community Association (OCA)"},
        ],
        "public_attachments": [],
        "left_employees": [],
        "duties": [],
        "counts": {"attachments-in-database": 0, "mail-waiting": 0, "mail-failed": 0},
        "names": names,
    });
    for table in ["reports", "sequences", "dependencies", "alias_domains", "known_modules", "views", "mail_templates"] {
        whole[table] = json!([]);
    }
    whole["texts"] = json!([{
        "name": "sale.sale_order_comp_rule", "place": "sale/security/ir_rules.xml:9",
        "domain": "['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]",
    }]);
    whole["server"] = Value::Object(server);
    whole
}
