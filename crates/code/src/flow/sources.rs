//! Where values that somebody else chose come in.

use castellan_model::{Confidence, Reach};
use ustr::Ustr;

use crate::program::{Auth, ClassKind, Function, FunctionId, Program, Role, UnitKind};
use crate::source::Site;

/// Who can choose a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// A parameter of a private function that nothing in the scan calls.
    Private,
    /// The content of a stored field.
    Stored,
    /// The answer of another system.
    External,
    /// A file that a user uploads or imports.
    Import,
    /// A caller with an API key of its own.
    Bearer,
    /// Values of create or write.
    Values,
    /// A field of a wizard, or of a form in an onchange method, filled by the user who runs the code.
    Wizard,
    /// The context, which every client sends along.
    Context,
    /// The data of a report, which comes from the URL.
    ReportData,
    /// Operator or operand of a field's search method.
    Search,
    /// An argument of a method that every logged-in user can call.
    Rpc,
    /// An argument of a route for logged-in users, portal users among them.
    UserRoute,
    /// The request, in code whose route is not known.
    Request,
    /// An inbound mail.
    Mail,
    /// An argument of a route that needs no login.
    PublicRoute,
}

impl SourceKind {
    /// How sure a flow from here to a sink is.
    #[must_use]
    pub const fn confidence(self) -> Confidence {
        match self {
            Self::Stored => Confidence::Low,
            Self::Private | Self::External | Self::Values => Confidence::Medium,
            _ => Confidence::High,
        }
    }

    /// Whether somebody who is not logged in can choose the value.
    #[must_use]
    pub const fn is_anonymous(self) -> bool {
        matches!(self, Self::PublicRoute | Self::Mail)
    }

    /// Whether it comes with an HTTP request to a route.
    #[must_use]
    pub const fn is_route(self) -> bool {
        matches!(self, Self::PublicRoute | Self::UserRoute | Self::Request | Self::Bearer)
    }

    /// Whether a client outside the server chooses the value directly.
    #[must_use]
    pub const fn is_client(self) -> bool {
        self.is_route()
            || matches!(
                self,
                Self::Mail
                    | Self::Rpc
                    | Self::Search
                    | Self::Context
                    | Self::Wizard
                    | Self::ReportData
                    | Self::Values
                    | Self::Import
            )
    }

    /// Who can choose the value without anything else.
    #[must_use]
    pub const fn reach(self) -> Option<Reach> {
        match self {
            Self::PublicRoute | Self::Mail => Some(Reach::Anonymous),
            Self::UserRoute | Self::Rpc | Self::Search | Self::Context => Some(Reach::Portal),
            Self::Wizard | Self::Values | Self::ReportData => Some(Reach::Internal),
            _ => None,
        }
    }

    /// Who can choose the value, in words that follow "…, which ".
    #[must_use]
    pub const fn who(self) -> &'static str {
        match self {
            Self::Private => "its callers choose; none of them is in the scan",
            Self::Stored => "whoever may write that record chooses",
            Self::External => "another system chooses",
            Self::Import => "whoever uploads the file chooses",
            Self::Bearer => "every holder of an API key chooses",
            Self::Values => "whoever creates or writes the record chooses",
            Self::Wizard => "the user who fills the form chooses",
            Self::Context => "every client sends along",
            Self::ReportData => "the address of the report carries",
            Self::Search => "every logged-in user can send in a search domain",
            Self::Rpc => "every logged-in user can send over RPC",
            Self::UserRoute => "every logged-in user, portal users included, can send",
            Self::Request => "the client sends",
            Self::Mail => "the sender of a mail chooses",
            Self::PublicRoute => "anybody on the internet can send without login",
        }
    }
}

/// A place where a value comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Who can choose it.
    pub kind: SourceKind,
    /// Where.
    pub site: Site,
    /// Its name as written.
    pub name: Ustr,
}

/// Methods of the ORM that clients call with values of their own; the framework checks rights before.
const VALUE_METHODS: [&str; 6] = ["create", "write", "copy", "_create", "_write", "create_multi"];

/// Who can choose a parameter of a function that something outside the scan calls; `None` when only the scan calls it.
#[must_use]
pub fn entry_source(program: &Program<'_>, id: FunctionId, parameter: usize) -> Option<SourceKind> {
    let function = program.function(id);
    let unit = program.unit(function.unit);
    if unit.role != Role::Server || unit.kind != UnitKind::File {
        return None;
    }
    if let Some(route) = &function.route {
        let first = usize::from(function.class.is_some());
        return (parameter >= first).then_some(match route.auth {
            Auth::None | Auth::Public => SourceKind::PublicRoute,
            Auth::User => SourceKind::UserRoute,
            Auth::Bearer | Auth::Custom => SourceKind::Bearer,
            Auth::Unknown => SourceKind::Request,
        });
    }
    let class = program.class(function.class?);
    if parameter == 0 || !class.kind.is_model() {
        return None;
    }
    if function.is_field_search {
        return Some(SourceKind::Search);
    }
    let name = function.name.as_str();
    if matches!(name, "message_new" | "message_update" | "message_route" | "message_parse") {
        return Some(SourceKind::Mail);
    }
    if matches!(name, "_get_report_values" | "get_report_values" | "render_html" | "generate_xlsx_report") {
        let parameter_name = function.parameters.get(parameter).copied().unwrap_or_default();
        return (parameter_name == "data").then_some(SourceKind::ReportData);
    }
    if VALUE_METHODS.contains(&name) {
        return Some(SourceKind::Values);
    }
    if matches!(name, "_name_search" | "_search") {
        // The ORM hands the client's domain and order through.
        return Some(SourceKind::Rpc);
    }
    if is_rpc_method(function) && class.kind != ClassKind::Plain { Some(SourceKind::Rpc) } else { None }
}

/// Whether every logged-in user can call the method over RPC.
#[must_use]
pub fn is_rpc_method(function: &Function<'_>) -> bool {
    let name = function.name.as_str();
    function.class.is_some()
        && !name.starts_with('_')
        && !function.has_decorator("private")
        && !function.has_decorator("onchange")
        && !function.has_decorator("constrains")
        && !function.has_decorator("depends")
        && !function.has_decorator("property")
        && !function.has_decorator("staticmethod")
        && !function.has_decorator("classmethod")
        && !function.has_decorator("ormcache")
        && !matches!(name, "init" | "auto_init")
        && !(function.is_field_hook && function.parameters.len() <= 1)
}
