//! What is kept of a function after it was interpreted.

use ustr::Ustr;

use super::guards::{Effects, Guards};
use super::sources::Source;
use super::value::{Clean, Kind, Traits};
use crate::program::FunctionId;
use crate::source::Site;

/// One step of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// Where.
    pub site: Site,
    /// What happens.
    pub what: StepKind,
}

/// What happens in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// The value comes in.
    Enters(Ustr),
    /// It is kept under a name.
    Assigned(Ustr),
    /// It becomes part of a text.
    Formatted,
    /// It is passed to a function of the scan.
    Passed(Ustr),
    /// A function of the scan gives it back.
    Returned(Ustr),
}

impl StepKind {
    /// The sentence for reports.
    #[must_use]
    pub fn message(self) -> String {
        match self {
            Self::Enters(what) => what.to_string(),
            Self::Assigned(name) => format!("kept as `{name}`"),
            Self::Formatted => "becomes part of a text".to_owned(),
            Self::Passed(name) => format!("passed to `{name}`"),
            Self::Returned(name) => format!("given back by `{name}`"),
        }
    }
}

/// Where a value does harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sink {
    /// Text of a database statement.
    Sql,
    /// `AsIs(value)`.
    SqlAsIs,
    /// `SQL(text)` of Odoo or psycopg2.
    SqlWrapper,
    /// Text handed to a `Query` object.
    SqlQueryPart,
    /// Sub-select in a domain leaf.
    SqlInSelect,
    /// `copy_expert` and relatives.
    SqlCopy,
    /// Statement for a foreign driver.
    SqlExternal,
    /// `eval`, `exec`, `compile`.
    Eval,
    /// `safe_eval`.
    SafeEval,
    /// Deserialisers that run code.
    Pickle,
    /// A shell command line.
    Shell,
    /// One argument of a program.
    Argument,
    /// A module name to import.
    Import,
    /// Text of a Jinja or Mako template.
    Template,
    /// Text of a mail template.
    MailTemplate,
    /// A QWeb tree.
    Qweb,
    /// A format string with objects as arguments.
    FormatString,
    /// XPath text.
    Xpath,
    /// A style sheet.
    Xslt,
    /// Name of a method that is called.
    MethodName,
    /// Name of a model.
    ModelName,
    /// Name of a field that is read.
    FieldName,
    /// Target of a redirect.
    Redirect,
    /// Body of an HTML response.
    Html,
    /// `Markup(text)`.
    Markup,
    /// A response header.
    Header,
    /// A file path.
    Path,
    /// URL of an outgoing request.
    Url,
    /// Key or value of a configuration parameter, written as superuser.
    SettingWrite,
    /// LDAP filter text.
    Ldap,
    /// Pattern of a regular expression.
    Pattern,
    /// Input of the PDF engine.
    Wkhtml,
    /// Name of a database.
    Database,
    /// Which record is read as superuser.
    SudoRead,
    /// Which record is changed as superuser.
    SudoWrite,
    /// Domain, fields or order of a superuser search.
    SudoDomain,
    /// Values of a create or write, as one dictionary.
    MassAssign,
    /// Source text of a view, template or report, written as superuser.
    ViewSource,
    /// Code of a server action or job, written as superuser.
    ActionCode,
    /// Text of an outgoing mail or its recipient.
    Mail,
    /// Secret looked up without a check for emptiness.
    TokenLookup,
    /// An archive that is unpacked.
    Archive,
    /// A parameter of LIKE.
    LikeParameter,
    /// A report rendered as superuser.
    SudoReport,
}

impl Sink {
    /// What must have been made harmless for this sink.
    #[must_use]
    pub const fn needs(self) -> Clean {
        match self {
            Self::Sql
            | Self::SqlAsIs
            | Self::SqlWrapper
            | Self::SqlQueryPart
            | Self::SqlInSelect
            | Self::SqlCopy
            | Self::SqlExternal => Clean::SQL,
            Self::Shell | Self::Argument => Clean::SHELL,
            Self::Html | Self::Markup | Self::Wkhtml => Clean::HTML,
            Self::Redirect | Self::Url => Clean::URL,
            Self::Path | Self::Archive => Clean::PATH,
            Self::SudoRead | Self::SudoWrite | Self::TokenLookup | Self::SudoReport => Clean::IDENTITY,
            Self::Xpath
            | Self::Header
            | Self::Ldap
            | Self::Pattern
            | Self::LikeParameter
            | Self::Mail
            | Self::MassAssign
            | Self::SettingWrite
            | Self::Database => Clean::TEXT,
            _ => Clean::CODE,
        }
    }
}

/// A place where a value does harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SinkSite {
    /// What kind.
    pub sink: Sink,
    /// The smallest place that shows it.
    pub site: Site,
    /// The function that holds it.
    pub function: FunctionId,
    /// The called name as written, last part.
    pub callee: Ustr,
    /// What is known about the value there.
    pub traits: Traits,
    /// Kind of the value there.
    pub kind: Kind,
    /// Model that the call works on, when known.
    pub model: Ustr,
    /// Whether parameters are passed beside the text.
    pub with_parameters: bool,
}

/// A way from a parameter of a function to a sink below it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParameterSink {
    pub parameter: u32,
    pub sink: SinkSite,
    pub steps: Vec<Step>,
    pub guards: Guards,
}

/// One origin of a returned value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ReturnOrigin {
    Parameter(u32),
    Source(Source),
}

/// What a function does, as callers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub(super) kind: Kind,
    pub(super) traits: Traits,
    pub(super) text: Option<Ustr>,
    pub(super) returns: Vec<(ReturnOrigin, Vec<Step>, Clean)>,
    pub(super) sinks: Vec<ParameterSink>,
    /// Guards that it performs itself or through its callees.
    pub guards: Guards,
    /// What it does to the outside.
    pub effects: Effects,
}

impl Summary {
    /// Whether it gives back records with superuser rights.
    #[must_use]
    pub fn returns_sudo_records(&self) -> bool {
        matches!(self.kind, Kind::Records(_)) && self.traits.contains(Traits::SUDO)
    }
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            kind: Kind::Unknown,
            traits: Traits::empty(),
            text: None,
            returns: Vec::new(),
            sinks: Vec::new(),
            guards: Guards::empty(),
            effects: Effects::empty(),
        }
    }
}
