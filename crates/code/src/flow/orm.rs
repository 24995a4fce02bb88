//! Calls of the ORM: which records are reached, with whose rights, and what is done to them.

use ruff_python_ast::{Expr, ExprCall};
use ustr::Ustr;

use super::analysis::{Analysis, SinkDetail};
use super::calls::Arguments;
use super::guards::{Effects, guard_of_domain};
use super::sources::SourceKind;
use super::summary::Sink;
use super::value::{Clean, Kind, Taint, Traits, Value};
use crate::python;
use crate::rules::helpers::is_superuser;

impl<'a> Analysis<'a, '_> {
    pub fn orm_call(&mut self, call: &'a ExprCall, receiver: Value, name: &str, arguments: &Arguments<'a>) -> Value {
        let model = match receiver.kind {
            Kind::Records(model) => model,
            Kind::Super(class) => self.program.class(class).model.unwrap_or_else(|| Ustr::from("")),
            _ => Ustr::from(""),
        };
        let records = |traits: Traits, taint: Taint| Value { taint, kind: Kind::Records(model), text: None, traits };
        let is_sudo = receiver.is(Traits::SUDO);
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        match name {
            "sudo" => {
                let off = call.arguments.args.first().is_some_and(|argument| {
                    python::boolean(argument) == Some(false) && !matches!(argument, Expr::NumberLiteral(_))
                });
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, !off);
                if !off {
                    self.effects |= Effects::SUDO;
                    if receiver.is(Traits::CHOSEN) {
                        self.sink(Sink::SudoRead, receiver, call, name, detail);
                    }
                }
                records(traits, receiver.taint)
            }
            "with_user" => {
                let superuser = call.arguments.args.first().is_some_and(is_superuser);
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, superuser);
                if superuser {
                    self.effects |= Effects::SUDO;
                }
                records(traits, receiver.taint)
            }
            "with_env" => {
                let env = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let mut traits = receiver.traits;
                traits.set(Traits::SUDO, env.is(Traits::SUDO));
                records(traits, receiver.taint)
            }
            "with_context" | "with_company" | "with_prefetch" | "exists" | "ensure_one" | "sorted" | "with_delay"
            | "new" => records(receiver.traits, receiver.taint),
            "filtered" | "filtered_domain" => records(receiver.traits - Traits::CHOSEN, receiver.taint),
            "browse" => {
                self.effects |= Effects::READS;
                let ids = arguments.positional.first().copied().unwrap_or(Value::UNKNOWN);
                let chosen = if ids.taint == Taint::CLEAN { Traits::empty() } else { Traits::CHOSEN };
                let taint = self.arena.clean(ids.taint, Clean::NUMBER);
                let value = records(receiver.traits | chosen, taint);
                if is_sudo && let Some(node) = call.arguments.args.first() {
                    self.sink(Sink::SudoRead, ids, node, name, detail);
                }
                value
            }
            "search" | "search_read" | "search_count" | "read_group" | "_read_group" | "search_fetch"
            | "name_search" | "web_search_read" | "_search" | "_where_calc" => {
                self.search(call, receiver, name, arguments, model)
            }
            "read" | "export_data" | "copy_data" | "read_combined" => {
                self.effects |= Effects::READS;
                Value::of(Kind::Collection)
            }
            "write" | "create" | "unlink" | "copy" | "update" => self.write(call, receiver, name, arguments, model),
            "mapped" => {
                let path = arguments.positional.first().map_or("", |value| value.text());
                let last = path.rsplit('.').next().unwrap_or("");
                if last.ends_with("_id") || last.ends_with("_ids") || path.is_empty() {
                    return Value { kind: Kind::Records(Ustr::from("")), ..receiver };
                }
                if last == "id" {
                    return Value::of(Kind::Collection);
                }
                let text = self.program.field(model, last).map_or(
                    matches!(last, "name" | "display_name" | "email" | "login"),
                    crate::program::Field::is_text,
                );
                if !text {
                    return Value::of(Kind::Collection);
                }
                let taint = self.source(SourceKind::Stored, call, &format!("mapped('{path}')"), Clean::empty());
                Value { taint, kind: Kind::Collection, text: None, traits: Traits::empty() }
            }
            "get_param" => {
                let empty = arguments
                    .get(1, "default")
                    .is_some_and(|value| value.is_literal() && value.kind == Kind::Str && value.text().is_empty());
                let secret =
                    arguments.positional.first().is_some_and(|key| crate::rules::secrets::is_secret_name(key.text()));
                let mut traits = Traits::SETTING;
                traits.set(Traits::EMPTY_DEFAULT, empty);
                traits.set(Traits::SECRET, secret);
                Value { traits, ..Value::of(Kind::Str) }
            }
            "set_param" => {
                self.effects |= Effects::WRITES;
                for value in arguments.positional.iter().take(2).filter(|_| is_sudo) {
                    self.sink(Sink::SettingWrite, *value, call, name, detail);
                }
                Value::UNKNOWN
            }
            "_render_qweb_pdf" | "_render_qweb_html" | "render_qweb_pdf" | "_render" | "_render_qweb_text"
            | "get_pdf"
                if is_sudo && model.as_str() != "ir.qweb" && model.as_str() != "ir.ui.view" =>
            {
                let index = usize::from(arguments.positional.first().is_some_and(|value| value.kind == Kind::Str));
                if let (Some(value), Some(node)) = (arguments.positional.get(index), call.arguments.args.get(index)) {
                    self.sink(Sink::SudoReport, *value, node, name, detail);
                }
                Value::of(Kind::Response)
            }
            "_run_wkhtmltopdf" => {
                if let Some(value) = arguments.positional.first() {
                    self.sink(Sink::Wkhtml, *value, call, name, detail);
                }
                Value::UNKNOWN
            }
            "_render"
            | "_render_template"
            | "render_template"
            | "_render_template_qweb"
            | "_render_template_jinja"
            | "_render_template_inline_template"
            | "_render_template_qweb_view"
            | "render" => {
                if let (Some(value), Some(node)) = (arguments.positional.first(), call.arguments.args.first()) {
                    let sink = if matches!(model.as_str(), "ir.qweb" | "ir.ui.view") {
                        Sink::Qweb
                    } else {
                        Sink::MailTemplate
                    };
                    self.sink(sink, value.with(receiver.traits & Traits::SUDO), node, name, detail);
                }
                Value { kind: Kind::Markup, ..Value::UNKNOWN }
            }
            "add_where" | "add_join" | "add_table" => self.container_call(call, Value::UNKNOWN, name, arguments),
            "has_group"
            | "user_has_groups"
            | "check_access_rights"
            | "check_access_rule"
            | "check_access"
            | "has_access" => Value::of(Kind::Bool),
            _ => {
                // An action on records that the client chose, as superuser.
                if is_sudo
                    && receiver.is(Traits::CHOSEN)
                    && (name.starts_with("action_") || name.starts_with("button_") || name == "toggle_active")
                {
                    self.effects |= Effects::WRITES | Effects::SUDO_WRITES;
                    self.sink(Sink::SudoWrite, receiver, call, name, detail);
                }
                if name.starts_with("action_") || name.starts_with("button_") {
                    self.effects |= Effects::WRITES;
                }
                if matches!(name, "message_post" | "send_mail" | "send") {
                    self.effects |= Effects::WRITES;
                }
                Value {
                    taint: arguments.taint,
                    kind: Kind::Unknown,
                    text: None,
                    traits: receiver.traits & Traits::SUDO,
                }
            }
        }
    }

    fn search(
        &mut self,
        call: &'a ExprCall,
        receiver: Value,
        name: &str,
        arguments: &Arguments<'a>,
        model: Ustr,
    ) -> Value {
        self.effects |= Effects::READS;
        let domain_at = usize::from(name == "name_search");
        let is_sudo = receiver.is(Traits::SUDO);
        let mut chosen = Traits::empty();
        let mut taint = Taint::CLEAN;
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        if let (Some(domain), Some(node)) =
            (arguments.get(domain_at, "domain"), call.arguments.find_argument_value("domain", domain_at))
        {
            let site = self.site(node);
            let text = self.program.file(site.file).slice(site.range);
            let guards = guard_of_domain(text);
            self.inselect(node);
            if domain.taint != Taint::CLEAN {
                let whole = domain.is(Traits::WHOLE) || matches!(node, Expr::Name(_) if domain.kind == Kind::Unknown);
                if is_sudo && whole && !matches!(node, Expr::List(_)) {
                    self.sink(Sink::SudoDomain, domain, node, name, detail);
                }
                if matches!(node, Expr::List(_)) {
                    self.token_lookup(node, name, detail);
                }
                taint = self.arena.clean(domain.taint, Clean::NUMBER);
                // A search with the user's own rights has passed the record rules.
                if guards.is_empty() && is_sudo {
                    chosen = Traits::CHOSEN;
                    if picks_by_id(node) {
                        self.sink(Sink::SudoRead, domain, node, name, detail);
                    }
                } else {
                    self.guards |= guards;
                }
            }
        }
        for keyword in ["fields", "order", "groupby", "fields_list"] {
            if is_sudo && let Some(argument) = call.arguments.find_keyword(keyword) {
                let value = self.eval(&argument.value);
                if value.is(Traits::WHOLE) {
                    self.sink(Sink::SudoDomain, value, &argument.value, name, detail);
                }
            }
        }
        match name {
            "search" | "search_fetch" => {
                if call.arguments.find_keyword("count").is_some_and(|count| python::boolean(&count.value) == Some(true))
                {
                    return Value::of(Kind::Number);
                }
                Value { taint, kind: Kind::Records(model), text: None, traits: receiver.traits | chosen }
            }
            "search_count" => Value::of(Kind::Number),
            "_where_calc" | "_search" => Value::of(Kind::Unknown),
            _ => Value::of(Kind::Collection),
        }
    }

    /// A leaf `('id', 'inselect', (sql, params))`.
    fn inselect(&mut self, domain: &'a Expr) {
        for leaf in python::elements(domain).into_iter().flatten() {
            let Some([_, operator, operand]) =
                python::elements(leaf).and_then(|parts| <&[Expr; 3]>::try_from(parts).ok())
            else {
                continue;
            };
            if matches!(python::string(operator), Some("inselect" | "not inselect")) {
                let text = python::elements(operand).and_then(|parts| parts.first()).unwrap_or(operand);
                let value = self.eval(text);
                self.sink(Sink::SqlInSelect, value, text, "search", SinkDetail::default());
            }
        }
    }

    /// A leaf `('token', '=', value)` with a value that may be false.
    fn token_lookup(&mut self, domain: &'a Expr, name: &str, detail: SinkDetail) {
        for leaf in python::elements(domain).into_iter().flatten() {
            let Some([field, operator, operand]) =
                python::elements(leaf).and_then(|parts| <&[Expr; 3]>::try_from(parts).ok())
            else {
                continue;
            };
            let (Some(field), Some("=" | "in")) = (python::string(field), python::string(operator)) else { continue };
            if !crate::rules::secrets::is_secret_name(field) {
                continue;
            }
            let value = self.eval(operand);
            // Text that was built or converted is never false.
            let converted = matches!(value.kind, Kind::Str | Kind::Number)
                || value.traits.intersects(Traits::FORMAT | Traits::CONCAT);
            if !value.is(Traits::NON_EMPTY) && !converted {
                self.sink(Sink::TokenLookup, value, operand, name, detail);
            }
        }
    }

    fn write(
        &mut self,
        call: &'a ExprCall,
        receiver: Value,
        name: &str,
        arguments: &Arguments<'a>,
        model: Ustr,
    ) -> Value {
        self.effects |= Effects::WRITES;
        let is_sudo = receiver.is(Traits::SUDO);
        if is_sudo {
            self.effects |= Effects::SUDO_WRITES;
        }
        let detail = SinkDetail { model: model.as_str(), ..SinkDetail::default() };
        if is_sudo && receiver.is(Traits::CHOSEN) && matches!(name, "write" | "unlink" | "copy" | "update") {
            self.sink(Sink::SudoWrite, receiver, call, name, detail);
        }
        if let (Some(values), Some(node)) = (arguments.positional.first().copied(), call.arguments.args.first())
            && matches!(name, "write" | "create" | "update" | "copy")
        {
            let whole = !matches!(receiver.kind, Kind::Super(_))
                && values.is(Traits::WHOLE)
                && matches!(values.kind, Kind::Unknown | Kind::Dict);
            if values.is(Traits::RAW_PARAMS) || whole {
                self.sink(Sink::MassAssign, values.with(receiver.traits & Traits::SUDO), node, name, detail);
            }
            if is_sudo {
                match model.as_str() {
                    "ir.ui.view" | "mail.template" | "ir.actions.report" | "website.page" => self.keyed_sink(
                        Sink::ViewSource,
                        node,
                        &["arch", "arch_base", "arch_db", "body_html", "subject", "print_report_name", "report_name"],
                        name,
                        detail,
                        false,
                    ),
                    "ir.actions.server" | "ir.cron" | "base.automation" => self.keyed_sink(
                        Sink::ActionCode,
                        node,
                        &["code", "model_id", "filter_domain"],
                        name,
                        detail,
                        false,
                    ),
                    "ir.config_parameter" => {
                        self.keyed_sink(Sink::SettingWrite, node, &["key", "value"], name, detail, false)
                    }
                    "mail.mail" => {
                        self.keyed_sink(
                            Sink::Mail,
                            node,
                            &["email_to", "recipient_ids", "email_cc"],
                            name,
                            detail,
                            true,
                        );
                    }
                    // `env.ref('module.view').sudo().write({'arch_db': ...})`: the key tells the model.
                    "" => self.keyed_sink(
                        Sink::ViewSource,
                        node,
                        &["arch", "arch_base", "arch_db", "body_html"],
                        name,
                        detail,
                        true,
                    ),
                    _ => {}
                }
            }
        }
        match name {
            "create" | "copy" => {
                Value { kind: Kind::Records(model), traits: receiver.traits - Traits::CHOSEN, ..Value::UNKNOWN }
            }
            _ => Value::of(Kind::Bool),
        }
    }

    /// A sink for some keys of a literal dictionary, or for the whole of one that is not literal.
    fn keyed_sink(
        &mut self,
        sink: Sink,
        node: &'a Expr,
        keys: &[&str],
        name: &str,
        detail: SinkDetail,
        literal_only: bool,
    ) {
        match node {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if item.key.as_ref().and_then(python::string).is_some_and(|key| keys.contains(&key)) {
                        let value = self.eval(&item.value);
                        self.sink(sink, value, &item.value, name, detail);
                    }
                }
            }
            other => {
                for element in python::elements(other).into_iter().flatten() {
                    self.keyed_sink(sink, element, keys, name, detail, literal_only);
                }
                if python::elements(other).is_none() && !literal_only {
                    let value = self.eval(other);
                    self.sink(sink, value, other, name, detail);
                }
            }
        }
    }
}

/// A domain that picks records by `id` or by a relation and nothing else.
fn picks_by_id(domain: &Expr) -> bool {
    python::elements(domain).is_some_and(|leaves| {
        leaves.iter().any(|leaf| {
            python::elements(leaf).and_then(|parts| parts.first()).and_then(python::string).is_some_and(|field| {
                matches!(field, "id" | "name" | "number" | "reference" | "code" | "email" | "barcode")
                    || field.ends_with("_id")
            })
        })
    })
}
