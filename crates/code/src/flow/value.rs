//! Abstract values: where from, what it is, what was done to it.

use bitflags::bitflags;
use rustc_hash::FxHashMap;
use ustr::Ustr;

use super::summary::Step;
use crate::program::{ClassId, FunctionId};

bitflags! {
    /// Uses for which a tainted value has been made harmless.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Clean: u16 {
        /// In SQL text.
        const SQL = 1;
        /// In HTML.
        const HTML = 1 << 1;
        /// In a file path.
        const PATH = 1 << 2;
        /// In a shell command.
        const SHELL = 1 << 3;
        /// As a URL.
        const URL = 1 << 4;
        /// As code, a template, or the name of a method or model.
        const CODE = 1 << 5;
        /// In other grammars: LDAP filters, XPath, regular expressions, headers.
        const TEXT = 1 << 6;
        /// As the choice of a record.
        const IDENTITY = 1 << 7;
        /// Numbers, dates, truth values: nothing can be injected, but they still choose a record.
        const NUMBER = Self::SQL.bits() | Self::HTML.bits() | Self::PATH.bits() | Self::SHELL.bits()
            | Self::URL.bits() | Self::CODE.bits() | Self::TEXT.bits();
        /// One of a fixed list.
        const ALL = Self::NUMBER.bits() | Self::IDENTITY.bits();
    }

    /// What is known about a value beside its kind.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Traits: u16 {
        /// Made of literals only.
        const LITERAL = 1;
        /// Records or an environment with superuser rights.
        const SUDO = 1 << 1;
        /// Text that was formatted with a value: `%`, f-string, `.format()`.
        const FORMAT = 1 << 2;
        /// Text that grew by `+`, `+=` or `join`.
        const CONCAT = 1 << 3;
        /// Text that a helper built.
        const FROM_CALL = 1 << 4;
        /// The raw parameters of a request, as a dictionary.
        const RAW_PARAMS = 1 << 5;
        /// Belongs to the current user: `env.user`, its partner, its company.
        const OWN = 1 << 6;
        /// A secret that may be empty because its default is.
        const EMPTY_DEFAULT = 1 << 7;
        /// A configuration parameter or an environment variable.
        const SETTING = 1 << 8;
        /// The text, not only a part of it, comes from the source.
        const WHOLE = 1 << 9;
        /// A secret by its name.
        const SECRET = 1 << 10;
        /// Environment of a new superuser, not `sudo()` on records.
        const SUPERUSER_ENV = 1 << 11;
        /// Checked to be neither empty nor false.
        const NON_EMPTY = 1 << 12;
        /// Records that a client chose by id or domain.
        const CHOSEN = 1 << 13;
        /// Text that begins with a constant of some length: a family of names, not any name.
        const PREFIXED = 1 << 14;
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Not known.
    Unknown,
    /// `None`.
    None,
    /// `True` or `False`.
    Bool,
    /// A number, a date, a count.
    Number,
    /// Text or bytes.
    Str,
    /// List, tuple or set.
    Collection,
    /// Dictionary.
    Dict,
    /// Text that is HTML already.
    Markup,
    /// A composed SQL statement.
    Sql,
    /// `self.env`.
    Env,
    /// `odoo.http.request`.
    Request,
    /// The werkzeug request below it.
    HttpRequest,
    /// The session.
    Session,
    /// A database cursor.
    Cursor,
    /// `env.context`.
    Context,
    /// Records of a model; empty name when the model is not known.
    Records(Ustr),
    /// `self` of a class that is no model.
    Object(ClassId),
    /// `super()` in a method of this class.
    Super(ClassId),
    /// Something outside the scan, by its dotted name.
    Named(Ustr),
    /// What a call of something outside the scan gave back.
    Instance(Ustr),
    /// A class of the scan.
    Class(ClassId),
    /// A function of the scan.
    Function(FunctionId),
    /// The registry of models.
    Registry,
    /// An HTTP response.
    Response,
}

/// Index of a set of labels in the [`Arena`] of one function; 0 is clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Taint(pub(super) u32);

impl Taint {
    /// Nothing to worry about.
    pub const CLEAN: Self = Self(0);
}

/// An abstract value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// Where it may come from.
    pub taint: Taint,
    /// What it is.
    pub kind: Kind,
    /// The text, when it is constant and short.
    pub text: Option<Ustr>,
    /// What else is known.
    pub traits: Traits,
}

impl Value {
    /// Nothing known, nothing to worry about.
    pub const UNKNOWN: Self = Self { taint: Taint::CLEAN, kind: Kind::Unknown, text: None, traits: Traits::empty() };

    /// A clean value of a kind.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self { taint: Taint::CLEAN, kind, text: None, traits: Traits::empty() }
    }

    /// A literal of a kind.
    #[must_use]
    pub const fn literal(kind: Kind) -> Self {
        Self { taint: Taint::CLEAN, kind, text: None, traits: Traits::LITERAL }
    }

    /// The same value with more traits.
    #[must_use]
    pub fn with(mut self, traits: Traits) -> Self {
        self.traits |= traits;
        self
    }

    /// The same value with another taint.
    #[must_use]
    pub const fn tainted(mut self, taint: Taint) -> Self {
        self.taint = taint;
        self
    }

    /// Whether a trait is there.
    #[must_use]
    pub const fn is(&self, traits: Traits) -> bool {
        self.traits.contains(traits)
    }

    /// Whether it is made of literals only.
    #[must_use]
    pub const fn is_literal(&self) -> bool {
        self.traits.contains(Traits::LITERAL)
    }

    /// The constant text; empty when it is not known.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text.map_or("", |text| text.as_str())
    }

    /// Whether it is text, as far as one can tell.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Str | Kind::Unknown)
    }

    /// The model of records; empty when it is not known or not records.
    #[must_use]
    pub fn model(&self) -> &'static str {
        match self.kind {
            Kind::Records(model) => model.as_str(),
            _ => "",
        }
    }

    /// The dotted name of something outside the scan.
    #[must_use]
    pub fn dotted(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Named(name) | Kind::Instance(name) => Some(name.as_str()),
            _ => None,
        }
    }
}

/// Where a label comes from: a parameter (below [`FIRST_SOURCE`]) or a source of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin(pub u32);

pub(super) const FIRST_SOURCE: u32 = 64;

/// Index of a step in an [`Arena`]; 0 is the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StepId(u32);

/// One origin of a value, with the way so far and what has been made harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Label {
    pub origin: Origin,
    pub step: StepId,
    pub clean: Clean,
}

/// Label sets and steps of one function under analysis.
pub(super) struct Arena {
    sets: Vec<Vec<Label>>,
    steps: Vec<(StepId, Step)>,
    unions: FxHashMap<(Taint, Taint), Taint>,
}

/// Longest path that is kept; the middle of a longer one says little.
const MAX_STEPS: usize = 40;

impl Arena {
    pub(super) const START: StepId = StepId(0);

    pub(super) fn new() -> Self {
        Self { sets: vec![Vec::new()], steps: Vec::new(), unions: FxHashMap::default() }
    }

    pub(super) fn labels(&self, taint: Taint) -> &[Label] {
        self.sets.get(taint.0 as usize).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, labels: Vec<Label>) -> Taint {
        if labels.is_empty() {
            return Taint::CLEAN;
        }
        self.sets.push(labels);
        Taint(u32::try_from(self.sets.len() - 1).unwrap_or(0))
    }

    pub(super) fn single(&mut self, origin: Origin, step: StepId, clean: Clean) -> Taint {
        self.add(vec![Label { origin, step, clean }])
    }

    pub(super) fn union(&mut self, a: Taint, b: Taint) -> Taint {
        if a == b || b == Taint::CLEAN {
            return a;
        }
        if a == Taint::CLEAN {
            return b;
        }
        let key = if a.0 < b.0 { (a, b) } else { (b, a) };
        if let Some(known) = self.unions.get(&key) {
            return *known;
        }
        let mut labels = self.sets[a.0 as usize].clone();
        let mut changed = false;
        for label in self.sets[b.0 as usize].clone() {
            match labels.iter_mut().find(|known| known.origin == label.origin) {
                Some(known) => {
                    let both = known.clean & label.clean;
                    if both != known.clean {
                        // The less harmless way is the one to show.
                        *known = Label { clean: both, ..label };
                        changed = true;
                    }
                }
                None => {
                    labels.push(label);
                    changed = true;
                }
            }
        }
        let result = if changed { self.add(labels) } else { a };
        self.unions.insert(key, result);
        result
    }

    /// The same labels with more made harmless; labels that are harmless for everything are dropped.
    pub(super) fn clean(&mut self, taint: Taint, clean: Clean) -> Taint {
        if taint == Taint::CLEAN {
            return taint;
        }
        let labels: Vec<Label> = self.sets[taint.0 as usize]
            .iter()
            .map(|label| Label { clean: label.clean | clean, ..*label })
            .filter(|label| !label.clean.contains(Clean::ALL))
            .collect();
        self.add(labels)
    }

    /// The same labels with one more step on their way.
    pub(super) fn step(&mut self, taint: Taint, step: Step) -> Taint {
        if taint == Taint::CLEAN {
            return taint;
        }
        let labels: Vec<Label> = self.sets[taint.0 as usize].clone();
        let mut out = Vec::with_capacity(labels.len());
        for label in labels {
            let next = if self.steps.get((label.step.0 as usize).wrapping_sub(1)).is_some_and(|(_, last)| *last == step)
            {
                label.step
            } else {
                self.push(label.step, step)
            };
            out.push(Label { step: next, ..label });
        }
        self.add(out)
    }

    pub(super) fn push(&mut self, previous: StepId, step: Step) -> StepId {
        self.steps.push((previous, step));
        StepId(u32::try_from(self.steps.len()).unwrap_or(0))
    }

    /// The way to a step, first step first.
    pub(super) fn path(&self, mut at: StepId) -> Vec<Step> {
        let mut out = Vec::new();
        while let Some((previous, step)) = self.steps.get((at.0 as usize).wrapping_sub(1)) {
            if out.len() == MAX_STEPS {
                break;
            }
            out.push(*step);
            at = *previous;
        }
        out.reverse();
        out
    }

    /// Whether a value still is dangerous for a use.
    pub(super) fn is_dangerous(&self, taint: Taint, clean: Clean) -> bool {
        self.labels(taint).iter().any(|label| !label.clean.contains(clean))
    }
}
