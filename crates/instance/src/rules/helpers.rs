//! What several rules ask.

use std::collections::BTreeSet;

use castellan_model::Severity;

use crate::evidence::{Access, Attachment, Job, Key, MailServer, Operation, Operations, User};
use crate::reads::PRIVATE_WORDS;
use crate::rights;
use crate::rotation;
use crate::rule::{Report, Unjudged};
use crate::shipped;
use crate::view::{RIGHTS, SYSTEM, View, record};

/// Record rules that Odoo ships archived.
pub(super) const SHIPPED_OFF: [&str; 2] = ["base.res_partner_rule", "product.product_comp_rule"];

/// Pairs of groups that should be apart, and what both together can do.
pub(super) const TOXIC: [(&str, &str, &str); 5] = [
    (
        "purchase.group_purchase_manager",
        "account.group_account_manager",
        "approve orders and change the books and bank accounts that pay them",
    ),
    ("purchase.group_purchase_manager", "account.group_account_invoice", "approve orders and register their payment"),
    (
        "account.group_account_manager",
        "account.group_validate_bank_account",
        "enter bank accounts and confirm that they are right",
    ),
    ("hr_payroll.group_hr_payroll_manager", "account.group_account_manager", "set wages and pay them"),
    ("stock.group_stock_manager", "account.group_account_manager", "change the stock and the books that would show it"),
];

/// Passwords are seen through SQL only.
pub(super) fn passwords_are_known(view: &View<'_>) -> Result<(), Unjudged> {
    if view.evidence.users.iter().any(|user| user.password.is_some()) {
        return Ok(());
    }
    Err(Unjudged::NotAssessed("how passwords are stored is seen through SQL only: add `--sql`".into()))
}

/// Keys that work.
pub(super) fn live_keys<'e>(view: &View<'e>) -> impl Iterator<Item = &'e Key> + use<'e> {
    let evidence = view.evidence;
    evidence.keys.iter().filter(move |key| rotation::is_live(key, evidence.time))
}

/// A program uses the account.
pub(super) fn has_key(view: &View<'_>, user: &User) -> bool {
    live_keys(view).any(|key| key.user == user.id)
}

/// A user that is there to be copied, or for visitors.
pub(super) fn is_template(view: &View<'_>, user: &User) -> bool {
    matches!(
        view.name("res.users", user.id),
        Some("base.public_user" | "base.default_user" | "base.template_portal_user_id" | "base.user_root")
    )
}

/// Words of a log-in before the `@`.
fn words(login: &str) -> Vec<String> {
    let local = login.split('@').next().unwrap_or_default().to_lowercase();
    local.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A department, a device or a role in place of a person.
pub(super) fn is_shared_name(login: &str) -> bool {
    const SHARED: [&str; 52] = [
        "info",
        "office",
        "sales",
        "shop",
        "store",
        "warehouse",
        "stock",
        "logistics",
        "shipping",
        "accounting",
        "accounts",
        "finance",
        "billing",
        "invoice",
        "invoices",
        "hr",
        "support",
        "service",
        "helpdesk",
        "contact",
        "reception",
        "front",
        "desk",
        "pos",
        "till",
        "cashier",
        "production",
        "factory",
        "purchase",
        "purchasing",
        "team",
        "staff",
        "user",
        "users",
        "common",
        "shared",
        "general",
        "mail",
        "admin",
        "administrator",
        "buero",
        "kasse",
        "lager",
        "verkauf",
        "buchhaltung",
        "einkauf",
        "ventas",
        "almacen",
        "compras",
        "accueil",
        "comptabilite",
        "magasin",
    ];
    let words = words(login);
    !words.is_empty() && words.iter().all(|word| SHARED.contains(&word.as_str()))
}

/// The name that Odoo gave the first administrator: told by another rule.
pub(super) fn is_first_name(login: &str) -> bool {
    matches!(login, "admin" | "administrator" | "odoo")
}

/// A test or an example.
pub(super) fn is_test_name(login: &str) -> bool {
    const TEST: [&str; 12] =
        ["test", "tests", "testing", "testuser", "demo", "dummy", "tmp", "temp", "example", "foo", "prueba", "probe"];
    words(login).iter().any(|word| TEST.contains(&word.as_str()))
}

/// A user of Odoo's demo data.
pub(super) fn is_demo(view: &View<'_>, user: &User) -> bool {
    let name = view.name("res.users", user.id).unwrap_or_default();
    let by_name =
        matches!(name, "base.user_demo" | "base.demo_user0") || name.contains(".demo_") || name.ends_with("_demo");
    let demo_data = view.evidence.modules.iter().any(|module| module.demo);
    by_name || (demo_data && matches!(user.login.as_str(), "demo" | "portal" | "marc_demo"))
}

/// Mail domains of the companies, and the one that most users have.
pub(super) fn own_domains(view: &View<'_>) -> BTreeSet<String> {
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    let mut own: BTreeSet<String> =
        view.evidence.companies.iter().filter_map(|company| domain(&company.email)).collect();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for user in view.internal() {
        if let Some(domain) = domain(if user.email.contains('@') { &user.email } else { &user.login }) {
            *counts.entry(domain).or_default() += 1;
        }
    }
    let internal = view.internal().count();
    own.extend(
        counts
            .into_iter()
            .filter(|(domain, count)| count * 3 >= internal && *count > 2 && !is_free_mail(domain))
            .map(|(domain, _)| domain),
    );
    own.retain(|domain| !is_free_mail(domain));
    own
}

fn is_free_mail(domain: &str) -> bool {
    matches!(
        domain,
        "gmail.com"
            | "googlemail.com"
            | "outlook.com"
            | "hotmail.com"
            | "live.com"
            | "yahoo.com"
            | "icloud.com"
            | "gmx.de"
            | "gmx.net"
            | "web.de"
            | "proton.me"
            | "protonmail.com"
            | "aol.com"
            | "mail.ru"
            | "qq.com"
    )
}

/// Active rows that no module of Odoo brought.
pub(super) fn own_rows<'v, 'e: 'v>(view: &'v View<'e>) -> impl Iterator<Item = &'e Access> + use<'v, 'e> {
    let evidence = view.evidence;
    evidence.access.iter().filter(move |row| {
        row.active && (!view.is_by_odoo("ir.model.access", row.id) || beyond_shipped(view, row).is_some())
    })
}

/// Whether any module brought a record: what people make in the screens has no external id, or one of export and Studio.
pub(super) fn is_from_module(view: &View<'_>, model: &str, id: i64) -> bool {
    view.name(model, id).is_some_and(|name| !name.starts_with("__") && !name.starts_with("studio_customization."))
}

/// What a row grants beyond what Odoo ships for its group and the groups that it brings; none: nothing, or nothing is known.
pub(super) fn beyond_shipped(view: &View<'_>, row: &Access) -> Option<Operations> {
    let rows = shipped::access(&row.model, view.series())?;
    let granted = rows
        .iter()
        .filter(|one| match one.group.map(|name| view.group(name)) {
            None => true,
            Some(None) => false,
            Some(Some(group)) => row.group.is_some_and(|own| own == group || view.closure(own).contains(&group)),
        })
        .fold(Operations::default(), |all, one| all.or(one.grants));
    let more = row.grants.without(granted);
    (!more.is_empty()).then_some(more)
}

/// Rows of a group with what they grant beyond what Odoo ships; of models that Odoo does not know, everything.
pub(super) fn rows_beyond_shipped<'v, 'e: 'v>(
    view: &'v View<'e>,
    group: i64,
) -> impl Iterator<Item = (&'e Access, Operations)> + use<'v, 'e> {
    let evidence = view.evidence;
    evidence.access.iter().filter(move |row| row.active && row.group == Some(group)).filter_map(move |row| {
        let more = match shipped::access(&row.model, view.series()) {
            Some(_) => beyond_shipped(view, row)?,
            None if view.is_by_odoo("ir.model.access", row.id) => return None,
            None => row.grants,
        };
        Some((row, more))
    })
}

/// A domain that speaks of the user or his partner, of tokens or of what is published.
pub(super) fn is_for_owner(domain: &str) -> bool {
    !crate::rights::is_always_true(domain)
        && ["user", "partner", "publish", "access_token", "is_public", "create_uid"]
            .iter()
            .any(|word| domain.contains(word))
}

/// A job that a module of Odoo brought, under its own name or that of its action.
pub(super) fn is_job_by_odoo(view: &View<'_>, job: &Job) -> bool {
    view.is_by_odoo("ir.cron", job.id) || view.is_by_odoo("ir.actions.server", job.action)
}

/// A wizard, or a model that is not there any more.
pub(super) fn is_transient(view: &View<'_>, model: &str) -> bool {
    view.evidence.models.iter().any(|one| one.model == model && one.transient)
}

/// Active users who are no administrators and may write or create records of a model.
pub(super) fn changed_by_ordinary_users(view: &View<'_>, model: &str) -> Option<Report> {
    let mut records: Vec<(i64, String)> = Vec::new();
    let mut rows = BTreeSet::new();
    for operation in [Operation::Write, Operation::Create] {
        for (user, reasons) in rights::who_can(view, operation, model) {
            // Website designers may change views by Odoo's own design: told with their group, not here.
            let designer =
                model == "ir.ui.view" && reasons.rows.iter().all(|row| view.is_by_odoo("ir.model.access", row.id));
            if view.is_administrator(user) || designer || records.iter().any(|(id, _)| *id == user.id) {
                continue;
            }
            rows.extend(reasons.rows.first().map(|row| format!("{} ({})", row.id, row.name)));
            records.push(record(user));
        }
    }
    let rows: Vec<String> = rows.into_iter().collect();
    let message = format!(
        "users who are no administrators and may change {model}: {}, by access row {}",
        records.len(),
        rows.join(", ")
    );
    let query = format!("active, no administrator, may write or create {model}");
    (!records.is_empty()).then(|| Report::of("res.users", query, message).scope(model).records(records))
}

/// A group of administrators, or one that brings one.
pub(super) fn is_strong(view: &View<'_>, group: i64) -> bool {
    [SYSTEM, RIGHTS].into_iter().filter_map(|name| view.group(name)).any(|strong| view.closure(group).contains(&strong))
}

/// A name of this host or of an inner network.
pub(super) fn is_local(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0") || host.starts_with("127.")
}

/// An outgoing server without encryption.
pub(super) fn is_clear(server: &MailServer) -> bool {
    matches!(server.encryption.as_str(), "none" | "")
}

/// A key of a parameter that speaks of a secret of somebody else.
pub(super) fn is_secret_key(key: &str) -> bool {
    let key = key.to_lowercase();
    // Odoo's own: it cannot be elsewhere.
    if matches!(
        key.as_str(),
        "database.secret" | "database.uuid" | "mail.web_push_vapid_private_key" | "mail.web_push_vapid_public_key"
    ) || key.starts_with("auth_")
        || key.contains("public_key")
        || key.ends_with(".policy")
    {
        return false;
    }
    [
        "secret",
        "passw",
        "token",
        "api_key",
        "apikey",
        "api.key",
        "private_key",
        "access_key",
        "client_secret",
        "account_info",
        "credential",
    ]
    .iter()
    .any(|word| key.contains(word))
        || key.ends_with("_key")
        || key.ends_with(".key")
}

/// Why a public file looks private.
pub(super) fn public_file(file: &Attachment) -> Option<(Severity, &'static str)> {
    let name = file.name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".pem", ".key", ".p12", ".pfx", ".kdbx", ".ppk", "id_rsa", ".env"]) {
        return Some((Severity::Critical, "a key"));
    }
    if ends(&[".sql", ".dump", ".sql.gz", ".bak", ".sqlite", ".backup"])
        || (ends(&[".zip", ".gz", ".tar"]) && name.contains("backup"))
    {
        return Some((Severity::Critical, "a dump"));
    }
    const WEBSITE: [&str; 12] = [
        "product.template",
        "product.product",
        "product.image",
        "product.category",
        "product.public.category",
        "blog.post",
        "event.event",
        "slide.slide",
        "slide.channel",
        "website.page",
        "mailing.mailing",
        "res.company",
    ];
    if file.mimetype == "text/html" || file.mimetype == "image/svg+xml" && file.model.is_empty() && file.url.is_empty()
    {
        return Some((Severity::Medium, "runs in the browser"));
    }
    let business = !file.model.is_empty()
        && !WEBSITE.contains(&file.model.as_str())
        && !file.model.starts_with("ir.")
        && !file.model.starts_with("website.")
        && !file.model.starts_with("theme.");
    let careful = shipped::sensitive(&file.model).is_some_and(|model| model.severity >= Severity::High);
    if business && careful {
        return Some((Severity::High, "of a record of business"));
    }
    let private = ["payroll", "salary", "salar", "contract", "invoice", "passport", "password", "bank", "confidential"];
    if private.iter().any(|word| name.contains(word)) && !WEBSITE.contains(&file.model.as_str()) {
        return Some((Severity::High, "private by its name"));
    }
    let document = ["application/pdf", "application/zip", "text/csv", "application/vnd.ms-excel"]
        .contains(&file.mimetype.as_str())
        || file.mimetype.contains("officedocument");
    (business && document).then_some((Severity::Medium, "a document of a record"))
}

/// A field that holds private data, by its name: whole words alone.
pub(super) fn is_private_field(name: &str) -> bool {
    let padded = format!("_{name}_");
    PRIVATE_WORDS.iter().any(|word| {
        let word = if *word == "birth" { "birthday" } else { word };
        padded.contains(&format!("_{word}_"))
    }) || name == "pin"
        || name == "x_pin"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_and_of_places() {
        for login in ["info", "office@example.com", "sales@x.org", "warehouse-2", "Kasse1", "front.desk@example.com"] {
            assert!(is_shared_name(login), "{login}");
        }
        for login in ["officer", "anna.sales@example.com", "shopkeeper@x.org", "7@example.com"] {
            assert!(!is_shared_name(login), "{login}");
        }
        assert!(is_test_name("test2") && is_test_name("my-test@x.org") && !is_test_name("attestor@x.org"));
    }

    #[test]
    fn keys_of_parameters() {
        for key in
            ["payment.secret", "google_calendar_client_secret", "x.api_key", "recaptcha_private_key", "stripe.key"]
        {
            assert!(is_secret_key(key), "{key}");
        }
        for key in [
            "database.secret",
            "auth_signup.reset_password",
            "web.base.url",
            "auth_totp.policy",
            "mail.catchall.domain",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn public_files() {
        let file = |name: &str, model: &str, mimetype: &str| Attachment {
            name: name.into(),
            model: model.into(),
            mimetype: mimetype.into(),
            ..Attachment::default()
        };
        assert_eq!(public_file(&file("server.key", "", "")).map(|one| one.0), Some(Severity::Critical));
        assert_eq!(
            public_file(&file("a.pdf", "account.move", "application/pdf")).map(|one| one.0),
            Some(Severity::High)
        );
        assert_eq!(public_file(&file("photo.png", "product.template", "image/png")), None);
        assert_eq!(public_file(&file("logo.svg", "", "image/png")), None);
    }
}
