//! Everything that is read from a database, in one table: the promise to the user, the collectors and the documentation are made from it.

/// One field of a model: the name here, and what it is called where.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name in the evidence's raw row.
    pub name: &'static str,
    /// Names that Odoo gave it over the series, newest first; empty: not read through RPC.
    pub rpc: &'static [&'static str],
    /// SQL over the row `t`; empty: not read through SQL. `{column}` inside means that the column may be missing: then it is null.
    pub sql: &'static str,
}

const fn same(name: &'static str) -> Column {
    Column { name, rpc: &[], sql: "" }
}

/// A table of the evidence.
#[derive(Debug, Clone, Copy)]
pub struct Read {
    /// Name of the table in the evidence.
    pub name: &'static str,
    /// The model.
    pub model: &'static str,
    /// Its table.
    pub table: &'static str,
    /// What is read of each record.
    pub columns: &'static [Column],
    /// Which records: a domain of Odoo in JSON.
    pub domain: &'static str,
    /// The same for SQL, over the row `t`.
    pub filter: &'static str,
    /// The group that a reader needs.
    pub right: &'static str,
    /// A module that brings the model; without it there is nothing to read.
    pub module: &'static str,
    /// Why it is read.
    pub why: &'static str,
}

impl Read {
    /// The domain, as JSON.
    #[must_use]
    pub fn domain(&self) -> String {
        let terms: Vec<String> = PRIVATE_WORDS.iter().map(|word| format!("[\"name\", \"like\", \"{word}\"]")).collect();
        let ors = "\"|\", ".repeat(terms.len() - 1);
        self.domain.replace("$PRIVATE", &format!("{ors}{}", terms.join(", ")))
    }

    /// The condition of SQL.
    #[must_use]
    pub fn filter(&self) -> String {
        self.filter.replace("$PRIVATE", &PRIVATE_WORDS.join("|"))
    }
}

/// Words in names of fields that hold what concerns one person alone, or a secret.
pub const PRIVATE_WORDS: [&str; 18] = [
    "iban",
    "bank",
    "acc_number",
    "card_number",
    "salary",
    "wage",
    "passport",
    "ssn",
    "national_id",
    "birth",
    "medical",
    "health",
    "diagnosis",
    "blood",
    "religion",
    "password",
    "secret",
    "api_key",
];

/// A column with one name everywhere.
macro_rules! column {
    ($name:literal) => {
        Column { name: $name, rpc: &[$name], sql: concat!("{", $name, "}") }
    };
    ($name:literal, rpc $rpc:expr) => {
        Column { name: $name, rpc: &$rpc, sql: "" }
    };
    ($name:literal, sql $sql:expr) => {
        Column { name: $name, rpc: &[], sql: $sql }
    };
    ($name:literal, rpc $rpc:expr, sql $sql:expr) => {
        Column { name: $name, rpc: &$rpc, sql: $sql }
    };
}

/// A group that may read the technical tables.
const SYSTEM: &str = "base.group_system";
/// A group that may read users and rights.
const RIGHTS: &str = "base.group_erp_manager";
/// A group of every internal user.
const INTERNAL: &str = "base.group_user";

/// Of every record, first.
pub const ID: Column = same("id");

/// Everything that is read.
pub const READS: &[Read] = &[
    Read {
        name: "modules",
        model: "ir.module.module",
        table: "ir_module_module",
        columns: &[
            column!("name"),
            column!("state"),
            column!("version", rpc ["latest_version"], sql "{latest_version}"),
            column!("author"),
            column!("demo"),
            column!("imported"),
            // Computed from the manifest on the disk, so that SQL has nothing of it.
            column!("on_disk", rpc["installed_version"]),
        ],
        domain: r#"[["state", "!=", "uninstallable"]]"#,
        filter: "t.state <> 'uninstallable'",
        right: SYSTEM,
        module: "",
        why: "modules that are installed or lie ready on the disk, demo data, modules that came through the web",
    },
    Read {
        name: "users",
        model: "res.users",
        table: "res_users",
        columns: &[
            column!("login"),
            column!("name", rpc ["name"], sql "(SELECT p.name FROM res_partner p WHERE p.id = t.partner_id)"),
            column!("email", rpc ["email"], sql "(SELECT p.email FROM res_partner p WHERE p.id = t.partner_id)"),
            column!("active"),
            column!("share"),
            column!("groups", rpc ["group_ids", "groups_id"], sql "(SELECT json_agg(r.gid ORDER BY r.gid) FROM res_groups_users_rel r WHERE r.uid = t.id)"),
            column!("company", rpc ["company_id"], sql "{company_id}"),
            column!("companies", rpc ["company_ids"], sql "(SELECT json_agg(r.cid ORDER BY r.cid) FROM res_company_users_rel r WHERE r.user_id = t.id)"),
            column!("created", rpc ["create_date"], sql "{create_date}"),
            // One pass over the log: in 14.0 it has no index on its user.
            column!("last_login", rpc ["login_date"], sql "(SELECT jsonb_object_agg(l.who, l.at) FROM (SELECT create_uid AS who, max(create_date) AS at FROM res_users_log WHERE create_uid IS NOT NULL GROUP BY create_uid) l) ->> t.id::text"),
            column!("two_factor", rpc ["totp_enabled"], sql "{totp_secret} IS NOT NULL AND {totp_secret}::text <> ''"),
            column!("has_two_factor", sql "{totp_secret?}"),
            column!("oauth", rpc ["oauth_provider_id"], sql "{oauth_provider_id}"),
            column!("password", sql "CASE WHEN {password} IS NULL OR {password} = '' THEN 'none' WHEN {password} LIKE '$pbkdf2-sha512$%' THEN 'hashed ' || split_part({password}, '$', 3) WHEN {password} LIKE '$%$%' THEN 'other' ELSE 'clear' END"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "who can log in, with which groups; of a password only whether and how it is hashed, and that through SQL alone",
    },
    Read {
        name: "groups",
        model: "res.groups",
        table: "res_groups",
        columns: &[
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE {name}::text END"),
            column!("implies", rpc ["implied_ids"], sql "(SELECT json_agg(r.hid ORDER BY r.hid) FROM res_groups_implied_rel r WHERE r.gid = t.id)"),
            column!("share"),
            column!("key_days", rpc ["api_key_duration"], sql "{api_key_duration}"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "which groups bring others with them",
    },
    Read {
        name: "access",
        model: "ir.model.access",
        table: "ir_model_access",
        columns: &[
            column!("name"),
            column!("model", rpc ["model_id"], sql "(SELECT m.model FROM ir_model m WHERE m.id = t.model_id)"),
            column!("group", rpc ["group_id"], sql "{group_id}"),
            column!("perm_read"),
            column!("perm_write"),
            column!("perm_create"),
            column!("perm_unlink"),
            column!("active"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "access rights",
    },
    Read {
        name: "rules",
        model: "ir.rule",
        table: "ir_rule",
        columns: &[
            column!("name"),
            column!("model", rpc ["model_id"], sql "(SELECT m.model FROM ir_model m WHERE m.id = t.model_id)"),
            column!("groups", rpc ["groups"], sql "(SELECT json_agg(r.group_id ORDER BY r.group_id) FROM rule_group_rel r WHERE r.rule_group_id = t.id)"),
            column!("domain", rpc ["domain_force"], sql "{domain_force}"),
            column!("perm_read"),
            column!("perm_write"),
            column!("perm_create"),
            column!("perm_unlink"),
            column!("active"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "record rules",
    },
    Read {
        name: "merged_access",
        model: "ir.access",
        table: "ir_access",
        columns: &[
            column!("name"),
            column!("model", rpc ["model_id"], sql "(SELECT m.model FROM ir_model m WHERE m.id = t.model_id)"),
            column!("group", rpc ["group_id"], sql "{group_id}"),
            column!("domain"),
            column!("letters", rpc ["operation"], sql "{operation}"),
            column!("perm_read", rpc ["for_read", "perm_read"], sql "coalesce({for_read}::text, {perm_read}::text)::boolean"),
            column!("perm_write", rpc ["for_write", "perm_write"], sql "coalesce({for_write}::text, {perm_write}::text)::boolean"),
            column!("perm_create", rpc ["for_create", "perm_create"], sql "coalesce({for_create}::text, {perm_create}::text)::boolean"),
            column!("perm_unlink", rpc ["for_unlink", "perm_unlink"], sql "coalesce({for_unlink}::text, {perm_unlink}::text)::boolean"),
            column!("active"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "access rights and record rules of 20.0, which are one there",
    },
    Read {
        name: "models",
        model: "ir.model",
        table: "ir_model",
        columns: &[
            column!("model"),
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE {name}::text END"),
            column!("transient"),
            column!("state"),
        ],
        domain: "[]",
        filter: "true",
        right: RIGHTS,
        module: "",
        why: "names of models; no record of theirs",
    },
    Read {
        name: "fields",
        model: "ir.model.fields",
        table: "ir_model_fields",
        columns: &[
            column!("model"),
            column!("name"),
            column!("stored", rpc ["store"], sql "{store}"),
            column!("groups", rpc ["groups"], sql "(SELECT json_agg(r.group_id ORDER BY r.group_id) FROM ir_model_fields_group_rel r WHERE r.field_id = t.id)"),
            column!("state"),
            column!("modules", rpc ["modules"], sql "(SELECT string_agg(DISTINCT d.module, ', ' ORDER BY d.module) FROM ir_model_data d WHERE d.model = 'ir.model.fields' AND d.res_id = t.id)"),
        ],
        domain: r#"["|", "|", ["name", "=", "company_id"], "&", ["state", "=", "manual"], ["store", "=", true], "&", ["store", "=", true], $PRIVATE]"#,
        filter: "t.name = 'company_id' OR (t.store AND (t.state = 'manual' OR t.name ~ '$PRIVATE'))",
        right: RIGHTS,
        module: "",
        why: "which models belong to a company, which fields were made by hand, which hold personal data by their name",
    },
    Read {
        name: "keys",
        model: "res.users.apikeys",
        table: "res_users_apikeys",
        columns: &[
            column!("name"),
            column!("user", rpc ["user_id"], sql "{user_id}"),
            column!("scope"),
            column!("created", rpc ["create_date"], sql "{create_date}"),
            column!("expires", rpc ["expiration_date"], sql "{expiration_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "age, end and owner of API keys; the key itself cannot be read by anybody",
    },
    Read {
        name: "passkeys",
        model: "auth.passkey.key",
        table: "auth_passkey_key",
        columns: &[column!("user", rpc ["create_uid"], sql "{create_uid}")],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "auth_passkey",
        why: "who has a passkey",
    },
    Read {
        name: "parameters",
        model: "ir.config_parameter",
        table: "ir_config_parameter",
        columns: &[
            column!("key"),
            column!("value", rpc ["value"], sql "CASE WHEN {key} = ANY ($KNOWN) THEN {value} END"),
            column!("length", sql "length({value})"),
            // The shapes of `collect::build::looks_like_code`.
            column!("looks_like_code", sql r"{value} ~* '<script|javascript:|__import__|\m(eval|exec)\s*\(|\menv\[|\.sudo\(|\mlambda\M[^:]*:|os\.(system|popen)|subprocess'"),
            // The shapes of `collect::build::looks_secret`; braces would be columns.
            column!("looks_secret", sql r"{value} ~ '(sk|rk)_(live|test)_[0-9A-Za-z]+|(AKIA|ASIA)[0-9A-Z]+|gh[pousr]_[0-9A-Za-z]+|glpat-|xox[abprs]-|-----BEGIN|^eyJ[^.]+\.[^.]+\.|://[^/:@ ]+:[^/@ ]+@'"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "settings; values of keys that are not known to be harmless are dropped at once, only their length is kept",
    },
    Read {
        name: "jobs",
        model: "ir.cron",
        table: "ir_cron",
        columns: &[
            column!("name", rpc ["cron_name", "name"], sql "coalesce({cron_name}, {name}, (SELECT to_json(a.name) #>> '{}' FROM ir_act_server a WHERE a.id = {ir_actions_server_id}::int))"),
            column!("action", rpc ["ir_actions_server_id"], sql "{ir_actions_server_id}"),
            column!("user", rpc ["user_id"], sql "{user_id}"),
            column!("active"),
            column!("interval_number"),
            column!("interval_type"),
            column!("next", rpc ["nextcall"], sql "{nextcall}"),
            column!("last", rpc ["lastcall"], sql "{lastcall}"),
            column!("failures", rpc ["failure_count"], sql "{failure_count}"),
            column!("left", rpc ["numbercall"], sql "{numbercall}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "scheduled jobs: whose rights they have, whether they run",
    },
    Read {
        name: "actions",
        model: "ir.actions.server",
        table: "ir_act_server",
        columns: &[
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE {name}::text END"),
            column!("state"),
            column!("model", rpc ["model_name"], sql "(SELECT m.model FROM ir_model m WHERE m.id = t.model_id)"),
            column!("code"),
            column!("usage"),
            column!("published", rpc ["website_published"], sql "{website_published}"),
            column!("webhook", rpc ["webhook_url"], sql "substring({webhook_url} from '^[a-z]+://[^/@?]+')"),
            column!("groups", rpc ["group_ids", "groups_id"]),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "code that runs on the server",
    },
    Read {
        name: "views",
        model: "ir.ui.view",
        table: "ir_ui_view",
        columns: &[
            column!("name"),
            column!("kind", rpc ["type"], sql "{type}"),
            column!("text", rpc ["arch_db"], sql "CASE WHEN json_typeof(to_json({arch_db})) = 'object' THEN to_json({arch_db}) ->> 'en_US' ELSE {arch_db}::text END"),
            column!("active"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: r#"["|", ["arch_fs", "=", false], ["arch_updated", "=", true]]"#,
        filter: "{arch_fs} IS NULL OR {arch_updated}::text = 'true'",
        right: SYSTEM,
        module: "",
        why: "templates that were made or changed in the screens: code that runs on the server",
    },
    Read {
        name: "mail_templates",
        model: "mail.template",
        table: "mail_template",
        columns: &[
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE {name}::text END"),
            column!("subject", rpc ["subject"], sql "CASE WHEN json_typeof(to_json({subject})) = 'object' THEN to_json({subject}) ->> 'en_US' ELSE {subject}::text END"),
            column!("text", rpc ["body_html"], sql "CASE WHEN json_typeof(to_json({body_html})) = 'object' THEN to_json({body_html}) ->> 'en_US' ELSE {body_html}::text END"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "mail",
        why: "expressions that the server works out when mail is sent",
    },
    Read {
        name: "reports",
        model: "ir.actions.report",
        table: "ir_act_report_xml",
        columns: &[
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE {name}::text END"),
            column!("file_name", rpc ["print_report_name"], sql "CASE WHEN json_typeof(to_json({print_report_name})) = 'object' THEN to_json({print_report_name}) ->> 'en_US' ELSE {print_report_name}::text END"),
            column!("attachment"),
            column!("changed_by", rpc ["write_uid"], sql "{write_uid}"),
            column!("changed", rpc ["write_date"], sql "{write_date}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "expressions that the server works out when a report is printed",
    },
    Read {
        name: "sequences",
        model: "ir.sequence",
        table: "ir_sequence",
        columns: &[column!("name"), column!("prefix"), column!("suffix")],
        domain: r#"["|", ["prefix", "!=", false], ["suffix", "!=", false]]"#,
        filter: "coalesce(t.prefix, '') <> '' OR coalesce(t.suffix, '') <> ''",
        right: SYSTEM,
        module: "",
        why: "texts in front of and behind numbers; never the numbers",
    },
    Read {
        name: "automations",
        model: "base.automation",
        table: "base_automation",
        columns: &[
            column!("name", rpc ["name"], sql "CASE WHEN json_typeof(to_json({name})) = 'object' THEN to_json({name}) ->> 'en_US' ELSE coalesce({name}::text, (SELECT to_json(a.name) #>> '{}' FROM ir_act_server a WHERE a.id = {action_server_id}::int)) END"),
            column!("model", rpc ["model_name"], sql "(SELECT m.model FROM ir_model m WHERE m.id = coalesce({model_id}::int, (SELECT a.model_id FROM ir_act_server a WHERE a.id = {action_server_id}::int)))"),
            column!("trigger"),
            column!("active"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "base_automation",
        why: "what starts code by itself",
    },
    Read {
        name: "mail_servers",
        model: "ir.mail_server",
        table: "ir_mail_server",
        columns: &[
            column!("name"),
            column!("host", rpc ["smtp_host"], sql "{smtp_host}"),
            column!("port", rpc ["smtp_port"], sql "{smtp_port}"),
            column!("encryption", rpc ["smtp_encryption"], sql "{smtp_encryption}"),
            column!("debug", rpc ["smtp_debug"], sql "{smtp_debug}"),
            column!("user", rpc ["smtp_user"], sql "CASE WHEN coalesce({smtp_user}, '') <> '' THEN 'yes' END"),
            column!("active"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "how mail leaves; never the password",
    },
    Read {
        name: "mail_sources",
        model: "fetchmail.server",
        table: "fetchmail_server",
        columns: &[
            column!("name"),
            column!("host", rpc ["server"], sql "{server}"),
            column!("kind", rpc ["server_type"], sql "{server_type}"),
            column!("tls", rpc ["is_ssl"], sql "{is_ssl}"),
            column!("state"),
            column!("fetched", rpc ["date"], sql "{date}"),
            column!("active"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "how mail comes in; never the password",
    },
    Read {
        name: "oauth",
        model: "auth.oauth.provider",
        table: "auth_oauth_provider",
        columns: &[
            column!("name"),
            column!("enabled"),
            column!("authorize", rpc ["auth_endpoint"], sql "{auth_endpoint}"),
            column!("validate", rpc ["validation_endpoint"], sql "{validation_endpoint}"),
            column!("client", rpc ["client_id"], sql "CASE WHEN coalesce({client_id}, '') <> '' THEN 'yes' END"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "auth_oauth",
        why: "log-in by others",
    },
    Read {
        name: "ldap",
        model: "res.company.ldap",
        table: "res_company_ldap",
        columns: &[
            column!("host", rpc ["ldap_server"], sql "{ldap_server}"),
            column!("port", rpc ["ldap_server_port"], sql "{ldap_server_port}"),
            column!("tls", rpc ["ldap_tls"], sql "{ldap_tls}"),
            column!("creates_users", rpc ["create_user"], sql "{create_user}"),
        ],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "auth_ldap",
        why: "log-in by a directory; never the password",
    },
    Read {
        name: "companies",
        model: "res.company",
        table: "res_company",
        columns: &[
            column!("name"),
            column!("email", rpc ["email"], sql "coalesce({email}, (SELECT p.email FROM res_partner p WHERE p.id = t.partner_id))"),
        ],
        domain: "[]",
        filter: "true",
        right: INTERNAL,
        module: "",
        why: "which mail domains are one's own, and whether there are several companies",
    },
    Read {
        name: "alias_domains",
        model: "mail.alias.domain",
        table: "mail_alias_domain",
        columns: &[column!("name")],
        domain: "[]",
        filter: "true",
        right: INTERNAL,
        module: "mail",
        why: "where answers to mails and returned mails go",
    },
    Read {
        name: "websites",
        model: "website",
        table: "website",
        columns: &[
            column!("name"),
            column!("domain"),
            column!("signup", rpc ["auth_signup_uninvited"], sql "{auth_signup_uninvited}"),
        ],
        domain: "[]",
        filter: "true",
        right: INTERNAL,
        module: "website",
        why: "who may sign up",
    },
    Read {
        name: "dependencies",
        model: "ir.module.module.dependency",
        table: "ir_module_module_dependency",
        columns: &[column!("name"), column!("module", rpc ["module_id"], sql "{module_id}")],
        domain: "[]",
        filter: "true",
        right: SYSTEM,
        module: "",
        why: "which module needs which",
    },
    Read {
        name: "public_attachments",
        model: "ir.attachment",
        table: "ir_attachment",
        columns: &[
            column!("name"),
            column!("model", rpc ["res_model"], sql "{res_model}"),
            column!("mimetype"),
            column!("url"),
        ],
        // A domain with `res_field` sees the files of fields too, which a search leaves out otherwise.
        domain: r#"[["public", "=", true], ["res_field", "=", false], ["res_model", "not in", ["ir.ui.view", "website", "ir.asset", "theme.ir.attachment"]]]"#,
        filter: "t.public AND t.res_field IS NULL AND coalesce(t.res_model, '') NOT IN ('ir.ui.view', 'website', 'ir.asset', 'theme.ir.attachment')",
        right: SYSTEM,
        module: "",
        why: "name and kind of files that everybody can download; never what is in them",
    },
    Read {
        name: "left_employees",
        model: "hr.employee",
        table: "hr_employee",
        columns: &[column!("user", rpc ["user_id"], sql "{user_id}")],
        domain: r#"[["active", "=", false], ["user_id", "!=", false]]"#,
        filter: "{active}::text = 'false' AND {user_id} IS NOT NULL",
        right: "hr.group_hr_user",
        module: "hr",
        why: "users of people who have left: only the id of the user",
    },
];

/// Columns that a table is read without when they are refused: table, column, and the gap that this leaves. Up to 16.0 the name and the
/// address of a user are read with the rights of contacts.
pub const OPTIONAL: [(&str, &str, &str); 2] = [("users", "name", "addresses"), ("users", "email", "addresses")];

/// Models whose external ids are read, from `ir.model.data`: module, name, model, id.
pub const NAMED: [&str; 10] = [
    "res.groups",
    "res.users",
    "ir.model",
    "ir.model.access",
    "ir.rule",
    "ir.access",
    "ir.cron",
    "ir.actions.report",
    "ir.actions.server",
    "base.automation",
];

/// A number of records, of which none is read.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Name in the evidence.
    pub name: &'static str,
    /// The model.
    pub model: &'static str,
    /// Its table.
    pub table: &'static str,
    /// Which ones.
    pub domain: &'static str,
    /// The same for SQL.
    pub filter: &'static str,
}

/// What is counted.
pub const COUNTS: &[Count] = &[
    Count {
        name: "attachments-in-database",
        model: "ir.attachment",
        table: "ir_attachment",
        domain: r#"[["db_datas", "!=", false], ["res_field", "=", false]]"#,
        filter: "t.db_datas IS NOT NULL AND t.res_field IS NULL",
    },
    Count {
        name: "mail-waiting",
        model: "mail.mail",
        table: "mail_mail",
        domain: r#"[["state", "=", "outgoing"]]"#,
        filter: "t.state = 'outgoing'",
    },
    Count {
        name: "mail-failed",
        model: "mail.mail",
        table: "mail_mail",
        domain: r#"[["state", "=", "exception"]]"#,
        filter: "t.state = 'exception'",
    },
];

/// Parameters whose values are known to hold no secret.
pub const HARMLESS: &[&str] = &[
    "auth_password_policy.minlength",
    "auth_signup.invitation_scope",
    "auth_signup.reset_password",
    "auth_signup.reset_password.validity.hours",
    "auth_signup.signup.validity.hours",
    "auth_oauth.authorization_header",
    "auth_totp.policy",
    "auth_totp.trusted_device_age",
    "base.login_cooldown_after",
    "base.login_cooldown_duration",
    "base.template_portal_user_id",
    "base_setup.default_user_rights",
    "database.create_date",
    "database.is_neutralized",
    "ir_attachment.location",
    "mail.catchall.domain",
    "mail.restrict.template.rendering",
    "password.hashing.rounds",
    "portal.allow_api_keys",
    "report.url",
    "sessions.max_inactivity_seconds",
    "web.base.url",
    "web.base.url.freeze",
    "web.max_file_upload_size",
];

/// Something that PostgreSQL says of itself, through SQL alone.
#[derive(Debug, Clone, Copy)]
pub struct FactQuery {
    /// Name in the evidence.
    pub name: &'static str,
    /// Two columns: what it is about, and a number.
    pub sql: &'static str,
    /// Unit of the number.
    pub unit: &'static str,
    /// Why it is asked.
    pub why: &'static str,
    /// An extension without which there is nothing to ask.
    pub extension: &'static str,
}

/// What PostgreSQL is asked of itself: its catalogues and statistics, never a row of Odoo.
pub const FACTS: &[FactQuery] = &[
    FactQuery {
        name: "owner-powers",
        sql: "SELECT DISTINCT r.rolname || ', ' || p.word, 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner \
              CROSS JOIN LATERAL (VALUES ('superuser', r.rolsuper), ('may create roles', r.rolcreaterole AND NOT r.rolsuper), \
              ('bypasses row security', r.rolbypassrls AND NOT r.rolsuper), ('may replicate', r.rolreplication AND NOT r.rolsuper)) p (word, has) \
              WHERE c.oid = 'public.res_users'::regclass AND p.has",
        unit: "1",
        why: "what the role that Odoo connects as may do beyond its database",
        extension: "",
    },
    FactQuery {
        name: "public-tables",
        sql: "SELECT c.relname, count(*) FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a \
              WHERE a.grantee = 0 AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY 1",
        unit: "privileges",
        why: "tables that every role of the server may read or change",
        extension: "",
    },
    FactQuery {
        name: "readers-of-users",
        sql: "SELECT DISTINCT r.rolname, 1 FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper \
              AND r.oid <> (SELECT c.relowner FROM pg_class c WHERE c.oid = 'public.res_users'::regclass) \
              AND r.rolname <> current_user AND has_column_privilege(r.oid, 'public.res_users'::regclass, 'password', 'SELECT')",
        unit: "1",
        why: "other roles that may read how passwords are stored",
        extension: "",
    },
    FactQuery {
        name: "transaction-age",
        sql: "SELECT d.datname, age(d.datfrozenxid) FROM pg_database d WHERE d.datname = current_database()",
        unit: "transactions",
        why: "how near the counter of transactions is to its end",
        extension: "",
    },
    FactQuery {
        name: "connections",
        sql: "SELECT 'connections', count(*)::float / current_setting('max_connections')::float FROM pg_stat_activity WHERE backend_type = 'client backend'",
        unit: "share of max_connections",
        why: "whether Odoo will soon be refused",
        extension: "",
    },
    FactQuery {
        name: "open-transactions",
        sql: "SELECT coalesce(nullif(a.application_name, ''), a.usename, 'backend') || ' (' || a.pid || ', ' || coalesce(a.state, 'unknown') || ')', \
              extract(epoch FROM now() - a.xact_start) FROM pg_stat_activity a \
              WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL",
        unit: "seconds",
        why: "transactions that stay open and hold locks",
        extension: "",
    },
    FactQuery {
        name: "blocked",
        sql: "SELECT coalesce(nullif(a.application_name, ''), a.usename, 'backend') || ' (' || a.pid || ') waits for ' || \
              array_to_string(pg_blocking_pids(a.pid), ', '), coalesce(extract(epoch FROM now() - a.query_start), 0) FROM pg_stat_activity a \
              WHERE a.datname = current_database() AND cardinality(pg_blocking_pids(a.pid)) > 0",
        unit: "seconds",
        why: "who waits for a lock",
        extension: "",
    },
    FactQuery {
        name: "sequences",
        // The ids of Odoo are four bytes wide, whatever the sequence behind them is.
        sql: "SELECT s.sequencename, s.last_value::float / \
              (CASE WHEN s.sequencename LIKE '%\\_id\\_seq' THEN least(s.max_value, 2147483647) ELSE s.max_value END)::float \
              FROM pg_sequences s WHERE s.schemaname = 'public' AND s.last_value IS NOT NULL \
              AND s.last_value::float / (CASE WHEN s.sequencename LIKE '%\\_id\\_seq' THEN least(s.max_value, 2147483647) ELSE s.max_value END)::float > 0.5",
        unit: "share of the range",
        why: "ids that come to their end",
        extension: "",
    },
    FactQuery {
        name: "dead-rows",
        sql: "SELECT t.relname, t.n_dead_tup::float / (t.n_live_tup + t.n_dead_tup) FROM pg_stat_user_tables t \
              WHERE t.n_live_tup + t.n_dead_tup > 100000 AND t.n_dead_tup::float / (t.n_live_tup + t.n_dead_tup) > 0.05",
        unit: "share of the rows",
        why: "tables that are not cleaned",
        extension: "",
    },
    FactQuery {
        name: "without-autovacuum",
        sql: "SELECT 'every table', 1 WHERE current_setting('autovacuum') = 'off' \
              UNION ALL SELECT c.relname, 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace \
              AND array_to_string(c.reloptions, ',') LIKE '%autovacuum_enabled=false%'",
        unit: "1",
        why: "whether the cleaning is switched off",
        extension: "",
    },
    FactQuery {
        name: "replicas",
        sql: "SELECT coalesce(nullif(r.application_name, ''), 'replica'), coalesce(extract(epoch FROM r.replay_lag), 0) FROM pg_stat_replication r",
        unit: "seconds behind",
        why: "how far copies are behind",
        extension: "",
    },
    FactQuery {
        name: "cache",
        sql: "SELECT d.datname, d.blks_hit::float / (d.blks_hit + d.blks_read) FROM pg_stat_database d \
              WHERE d.datname = current_database() AND d.blks_hit + d.blks_read > 10000000",
        unit: "share of reads",
        why: "whether memory is enough",
        extension: "",
    },
    FactQuery {
        name: "whole-reads",
        sql: "SELECT t.relname, t.seq_scan FROM pg_stat_user_tables t WHERE t.n_live_tup > 100000 AND t.seq_scan > 1000 \
              AND t.seq_tup_read / greatest(t.seq_scan, 1) > 50000",
        unit: "times",
        why: "large tables that are read from end to end again and again",
        extension: "",
    },
    FactQuery {
        name: "unused-indexes",
        sql: "SELECT i.indexrelname, pg_relation_size(i.indexrelid) FROM pg_stat_user_indexes i JOIN pg_index x ON x.indexrelid = i.indexrelid \
              WHERE i.idx_scan = 0 AND NOT x.indisunique AND pg_relation_size(i.indexrelid) > 100 * 1024 * 1024",
        unit: "bytes",
        why: "indexes that cost and serve nobody",
        extension: "",
    },
    FactQuery {
        name: "slow-statements",
        sql: "SELECT 'statement ' || s.queryid, coalesce((to_jsonb(s) ->> 'mean_exec_time')::float, (to_jsonb(s) ->> 'mean_time')::float) \
              FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() AND s.calls > 20 \
              AND coalesce((to_jsonb(s) ->> 'mean_exec_time')::float, (to_jsonb(s) ->> 'mean_time')::float) > 500",
        unit: "milliseconds",
        why: "statements that take long on average; never their text",
        extension: "pg_stat_statements",
    },
];
