//! One access model with several front ends: CSV rows, XML records, and `ir.access` of 20.0.

use rustc_hash::{FxHashMap, FxHashSet};
use ustr::Ustr;

use super::data::{CsvTable, Record, RecordField, XmlFile};
use crate::discover::Module;
use crate::python;
use crate::source::{FileId, Range, Site, SourceFile};

/// What an access row allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Read.
    Read,
    /// Write.
    Write,
    /// Create.
    Create,
    /// Delete.
    Unlink,
}

impl Operation {
    /// All four, in the order of the columns.
    pub const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Create, Self::Unlink];

    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Create => "create",
            Self::Unlink => "delete",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Read => "perm_read",
            Self::Write => "perm_write",
            Self::Create => "perm_create",
            Self::Unlink => "perm_unlink",
        }
    }
}

/// One access row.
#[derive(Debug, Clone)]
pub struct AccessRow {
    /// XML id with its module.
    pub id: String,
    /// Model, as far as its external id tells it.
    pub model: Ustr,
    /// External id of the model as written.
    pub model_reference: String,
    /// Group with its module; `None` for everybody.
    pub group: Option<Ustr>,
    /// Read, write, create, delete.
    pub permissions: [bool; 4],
    /// Whether the row is switched off.
    pub inactive: bool,
    /// Where.
    pub site: Site,
    /// The form of 20.0 with a domain of its own.
    pub has_domain: bool,
}

impl AccessRow {
    /// Whether it allows an operation.
    #[must_use]
    pub fn allows(&self, operation: Operation) -> bool {
        self.permissions[operation as usize] && !self.inactive
    }

    /// Whether it allows any change.
    #[must_use]
    pub fn allows_change(&self) -> bool {
        [Operation::Write, Operation::Create, Operation::Unlink].iter().any(|operation| self.allows(*operation))
    }

    /// The allowed operations in words: `read, write`.
    #[must_use]
    pub fn words(&self) -> String {
        let allowed = Operation::ALL.iter().filter(|operation| self.allows(**operation));
        allowed.map(|operation| operation.word()).collect::<Vec<_>>().join(", ")
    }
}

/// One record rule.
#[derive(Debug, Clone)]
pub struct RecordRule {
    /// XML id with its module.
    pub id: String,
    /// Model.
    pub model: Ustr,
    /// Groups; empty for a global rule.
    pub groups: Vec<Ustr>,
    /// Domain as written; `None` when the record does not set it.
    pub domain: Option<String>,
    /// Place of the domain, else of the record.
    pub domain_site: Site,
    /// Operations that it covers; `None` where the record does not say.
    pub permissions: [Option<bool>; 4],
    /// `active` when it is set.
    pub active: Option<bool>,
    /// Whether it changes a rule of another module.
    pub foreign: bool,
    /// Names of the fields that the record sets.
    pub sets: Vec<String>,
    /// Place of the record.
    pub site: Site,
}

impl RecordRule {
    /// Whether it covers an operation; not said means yes.
    #[must_use]
    pub fn covers(&self, operation: Operation) -> bool {
        self.permissions[operation as usize].unwrap_or(true)
    }

    /// Whether the domain lets everything through: `[]`, `[(1, '=', 1)]`, `Domain.TRUE`.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.domain.as_deref().is_some_and(domain_is_open)
    }
}

/// Whether a domain lets every record through.
#[must_use]
pub fn domain_is_open(domain: &str) -> bool {
    let folded: String = domain.chars().filter(|char| !char.is_whitespace()).collect::<String>().replace('"', "'");
    matches!(
        folded.as_str(),
        "" | "[]"
            | "[(1,'=',1)]"
            | "[[1,'=',1]]"
            | "[('id','!=',False)]"
            | "[('id','>',0)]"
            | "[(0,'=',0)]"
            | "[(True,'=',True)]"
            | "Domain.TRUE"
            | "TRUE_DOMAIN"
            | "[('id','!=',0)]"
            | "[(1,'=',1),]"
            | "[('id','>=',0)]"
    )
}

/// Groups of the scan and what they imply.
#[derive(Debug, Default)]
pub struct Groups {
    implied: FxHashMap<Ustr, Vec<Ustr>>,
    /// Where each group is declared.
    pub declared: FxHashMap<Ustr, Site>,
}

impl Groups {
    /// The group itself and everything that it implies.
    #[must_use]
    pub fn closure(&self, group: Ustr) -> FxHashSet<Ustr> {
        let mut seen = FxHashSet::default();
        let mut queue = vec![group];
        while let Some(next) = queue.pop() {
            if seen.insert(next) {
                queue.extend(self.implied.get(&next).into_iter().flatten().copied());
                queue.extend(core_implied(next.as_str()).iter().map(|name| Ustr::from(name)));
            }
        }
        seen
    }

    /// Whether every member of `group` also is a member of `other`.
    #[must_use]
    pub fn implies(&self, group: Ustr, other: Ustr) -> bool {
        self.closure(group).contains(&other)
    }

    pub(super) fn add(&mut self, group: Ustr, implied: impl IntoIterator<Item = Ustr>, site: Site, declares: bool) {
        self.implied.entry(group).or_default().extend(implied);
        if declares {
            self.declared.entry(group).or_insert(site);
        }
    }
}

/// The chain of Odoo's own groups that matters for closure.
fn core_implied(group: &str) -> &'static [&'static str] {
    match group {
        "base.group_system" => &["base.group_erp_manager"],
        "base.group_erp_manager"
        | "sales_team.group_sale_salesman"
        | "purchase.group_purchase_user"
        | "stock.group_stock_user"
        | "hr.group_hr_user"
        | "project.group_project_user"
        | "mrp.group_mrp_user"
        | "account.group_account_readonly" => &["base.group_user"],
        "sales_team.group_sale_manager" => &["sales_team.group_sale_salesman_all_leads"],
        "sales_team.group_sale_salesman_all_leads" => &["sales_team.group_sale_salesman"],
        "purchase.group_purchase_manager" => &["purchase.group_purchase_user"],
        "stock.group_stock_manager" => &["stock.group_stock_user"],
        "hr.group_hr_manager" => &["hr.group_hr_user"],
        "project.group_project_manager" => &["project.group_project_user"],
        "mrp.group_mrp_manager" => &["mrp.group_mrp_user"],
        "account.group_account_manager" => &["account.group_account_user"],
        "account.group_account_user" => &["account.group_account_invoice"],
        "account.group_account_invoice" => &["base.group_user"],
        _ => &[],
    }
}

/// What the readers below share.
pub(super) struct Context<'a> {
    pub files: &'a [SourceFile],
    pub modules: &'a [Module],
    /// `model_sale_order` to `sale.order`, for the models of the scan.
    pub models: FxHashMap<String, Ustr>,
}

impl Context<'_> {
    fn module_name(&self, file: FileId) -> &str {
        self.files[file.0 as usize].module.map_or("", |id| self.modules[id.0 as usize].name.as_str())
    }

    /// An external id with its module in front.
    pub fn full_id(&self, file: FileId, id: &str) -> String {
        let id = id.trim();
        if id.contains('.') || id.is_empty() { id.to_owned() } else { format!("{}.{id}", self.module_name(file)) }
    }

    /// The model behind `module.model_sale_order`, a model name, or `ref('...')`.
    pub fn model(&self, reference: &str) -> Ustr {
        let bare = reference.trim();
        let last = bare.rsplit('.').next().unwrap_or(bare);
        match last.strip_prefix("model_") {
            Some(name) => self.models.get(name).copied().unwrap_or_else(|| Ustr::from(&core_model(name))),
            None => Ustr::from(bare),
        }
    }
}

/// Core models whose name has an underscore; every other underscore of an external id was a dot.
fn core_model(name: &str) -> String {
    const WITH_UNDERSCORE: [&str; 14] = [
        "ir.config_parameter",
        "ir.mail_server",
        "ir.actions.act_window",
        "ir.actions.act_url",
        "ir.actions.act_window_close",
        "ir.actions.act_window.view",
        "auth_totp.device",
        "auth_totp.wizard",
        "account_followup.followup",
        "base_import.import",
        "mail.activity.mixin",
        "website.menu",
        "survey.user_input",
        "survey.user_input.line",
    ];
    WITH_UNDERSCORE
        .iter()
        .find(|model| model.replace('.', "_") == name)
        .map_or_else(|| name.replace('_', "."), |model| (*model).to_owned())
}

fn flag(text: &str) -> bool {
    matches!(text.trim(), "1" | "True" | "true" | "TRUE")
}

/// Rows of `ir.model.access.csv` and of `ir.access.csv`.
pub(super) fn rows_of_csv(table: &CsvTable, context: &Context<'_>) -> Vec<AccessRow> {
    let mut out = Vec::new();
    for (row, range) in &table.rows {
        let cell = |names: &[&str]| names.iter().find_map(|name| table.cell(row, name)).unwrap_or("");
        let id = context.full_id(table.file, cell(&["id"]));
        let reference = cell(&["model_id:id", "model_id/id", "model_id", "model_id/.id", "model_id.id"]).to_owned();
        let group = cell(&["group_id:id", "group_id/id", "group_id", "group_id.id"]);
        // In 20.0 a row without a group narrows for everybody; it gives nothing.
        if table.model == "ir.access" && group.is_empty() {
            continue;
        }
        let group = group_of(context, table.file, group);
        let permissions = if table.model == "ir.access" {
            letters(cell(&["operation", "operations", "mode"]))
        } else {
            Operation::ALL.map(|operation| flag(table.cell(row, operation.column()).unwrap_or("")))
        };
        if reference.is_empty() {
            continue;
        }
        out.push(AccessRow {
            id,
            model: context.model(&reference),
            model_reference: reference,
            group,
            permissions,
            inactive: table.cell(row, "active").is_some_and(|text| !text.is_empty() && !flag(text)),
            site: Site { file: table.file, range: *range },
            has_domain: !cell(&["domain", "domain_force"]).is_empty(),
        });
    }
    out
}

fn group_of(context: &Context<'_>, file: FileId, group: &str) -> Option<Ustr> {
    let group = group.trim();
    // `base.group_everyone` is the name of everybody in 20.0.
    (!group.is_empty() && group != "base.group_everyone").then(|| Ustr::from(&context.full_id(file, group)))
}

/// `crud` letters of 20.0.
fn letters(text: &str) -> [bool; 4] {
    ['r', 'u', 'c', 'd'].map(|letter| {
        let text = text.to_ascii_lowercase();
        text.contains(letter) || (letter == 'u' && text.contains('w'))
    })
}

/// Access rows, record rules and groups among the records of an XML file.
pub(super) fn read_xml(
    xml: &XmlFile,
    context: &Context<'_>,
    access: &mut Vec<AccessRow>,
    rules: &mut Vec<RecordRule>,
    groups: &mut Groups,
) {
    for record in &xml.records {
        match record.model.as_str() {
            "ir.model.access" | "ir.access" => access.extend(row_of_record(record, xml.file, context)),
            "ir.rule" => rules.push(rule_of_record(record, xml.file, context)),
            "res.groups" => {
                let id = context.full_id(xml.file, &record.id);
                let own = id.starts_with(&format!("{}.", context.module_name(xml.file)));
                let implied = ["implied_ids", "implied_by_ids"]
                    .into_iter()
                    .filter(|name| *name == "implied_ids")
                    .filter_map(|name| record.field(name))
                    .flat_map(references);
                let implied: Vec<Ustr> = implied.map(|id| Ustr::from(&context.full_id(xml.file, &id))).collect();
                groups.add(Ustr::from(&id), implied, site(xml.file, record.range), own);
            }
            _ => {}
        }
    }
}

fn site(file: FileId, range: Range) -> Site {
    Site { file, range }
}

fn row_of_record(record: &Record, file: FileId, context: &Context<'_>) -> Option<AccessRow> {
    let reference = model_reference(record.field("model_id")?)?;
    let group = record.field("group_id").and_then(|field| match &field.reference {
        Some(reference) => Some(reference.clone()),
        None => references(field).into_iter().next(),
    });
    if record.model == "ir.access" && group.is_none() {
        return None;
    }
    let permissions = if record.model == "ir.access" {
        letters(record.value("operation").unwrap_or_default())
    } else {
        Operation::ALL.map(|operation| record.truth(operation.column()).unwrap_or(false))
    };
    Some(AccessRow {
        id: context.full_id(file, &record.id),
        model: context.model(&reference),
        model_reference: reference,
        group: group.and_then(|group| group_of(context, file, &group)),
        permissions,
        inactive: record.truth("active") == Some(false),
        site: site(file, record.range),
        has_domain: record.field("domain").is_some(),
    })
}

/// `ref="model_x"`, or `search="[('model', '=', 'x')]"` and `eval="ref('model_x')"` as far as they are literal.
fn model_reference(field: &RecordField) -> Option<String> {
    let searched = || {
        let domain = python::parse_expression(field.search.as_deref()?).ok()?;
        let [leaf] = python::elements(&domain)? else { return None };
        let [name, _, value] = python::elements(leaf)? else { return None };
        (python::string(name) == Some("model")).then(|| python::string(value).map(str::to_owned)).flatten()
    };
    field.reference.clone().or_else(searched).or_else(|| references(field).into_iter().next()).or_else(|| {
        let text = field.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    })
}

fn rule_of_record(record: &Record, file: FileId, context: &Context<'_>) -> RecordRule {
    let id = context.full_id(file, &record.id);
    let domain_field = record.field("domain_force");
    let domain = domain_field
        .map(|field| field.eval.as_ref().map_or_else(|| field.text.trim().to_owned(), |(value, _)| python_text(value)));
    RecordRule {
        model: record.field("model_id").and_then(model_reference).map_or(Ustr::from(""), |text| context.model(&text)),
        groups: record
            .field("groups")
            .map_or_else(Vec::new, references)
            .iter()
            .map(|id| Ustr::from(&context.full_id(file, id)))
            .collect(),
        domain,
        domain_site: site(file, domain_field.map_or(record.range, |field| field.range)),
        permissions: Operation::ALL.map(|operation| record.truth(operation.column())),
        active: record.truth("active"),
        foreign: !id.starts_with(&format!("{}.", context.module_name(file))),
        sets: record.fields.iter().map(|field| field.name.clone()).collect(),
        id,
        site: site(file, record.range),
    }
}

/// A text inside `eval="'...'"`; the expression itself otherwise.
fn python_text(value: &str) -> String {
    python::parse_expression(value)
        .ok()
        .and_then(|expression| python::string(&expression).map(str::to_owned))
        .unwrap_or_else(|| value.to_owned())
}

/// The external ids in `ref`, or in the `ref('...')` calls of `eval`, commands that remove (3, 2, 5) left out.
#[must_use]
pub fn references(field: &RecordField) -> Vec<String> {
    if let Some(reference) = &field.reference {
        return vec![reference.clone()];
    }
    let Some((value, _)) = &field.eval else { return Vec::new() };
    let Ok(expression) = python::parse_expression(value) else { return Vec::new() };
    let mut out = Vec::new();
    collect_references(&expression, &mut out, 0);
    out
}

fn collect_references(expression: &ruff_python_ast::Expr, out: &mut Vec<String>, depth: u32) {
    use ruff_python_ast::Expr;
    if depth > 12 {
        return;
    }
    match expression {
        Expr::Call(call) => {
            let name = python::last_name(&call.func).unwrap_or_default();
            if name == "ref" {
                out.extend(call.arguments.args.first().and_then(python::string).map(str::to_owned));
            } else if !matches!(name, "unlink" | "delete" | "clear") {
                call.arguments.args.iter().for_each(|argument| collect_references(argument, out, depth + 1));
            }
        }
        Expr::Tuple(tuple) => {
            let removes = tuple
                .elts
                .first()
                .and_then(python::integer)
                .is_some_and(|command| matches!(command, 2 | 3 | 5) && tuple.elts.len() <= 3);
            if !removes {
                tuple.elts.iter().for_each(|element| collect_references(element, out, depth + 1));
            }
        }
        Expr::List(list) => list.elts.iter().for_each(|element| collect_references(element, out, depth + 1)),
        _ => {}
    }
}
