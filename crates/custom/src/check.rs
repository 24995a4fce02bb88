//! Compares the paths of an expression with the evidence: a name that is not there is an error, with the nearest that is.

use std::collections::BTreeMap;

use cel::Program;
use cel::common::ast::{EntryExpr, Expr, IdedExpr};

use crate::kinds::{Kind, Kinds, unknown};

/// What an expression may name.
pub(crate) struct Names {
    variables: BTreeMap<String, Kind>,
}

/// Functions of CEL that rules may use, and ours: `age(seconds)` in days.
const FUNCTIONS: [&str; 14] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "uint",
    "double",
    "bool",
    "max",
    "min",
    "type",
    "age",
];

/// Elements of lists in lists in lists: more is no rule but a program.
const LOOPS: usize = 3;

impl Names {
    pub(crate) fn new(kinds: &Kinds, elements: &[(String, Kind)]) -> Self {
        let mut variables = kinds.top.clone();
        variables.extend(elements.iter().cloned());
        Self { variables }
    }
}

/// Checks every path.
pub(crate) fn expression(program: &Program, names: &Names) -> Result<(), String> {
    kind(program.expression(), &names.variables, 0).map(|_| ())
}

type Scope = BTreeMap<String, Kind>;

fn kind(node: &IdedExpr, scope: &Scope, loops: usize) -> Result<Kind, String> {
    match &node.expr {
        Expr::Ident(name) => match scope.get(name) {
            Some(kind) => Ok(kind.clone()),
            // Made by the macros of CEL.
            None if name.starts_with('@') || name.starts_with("__") => Ok(Kind::Any),
            None => {
                let own: Vec<String> = scope.keys().filter(|name| !name.starts_with(['@', '_'])).cloned().collect();
                Err(unknown(name, own.iter(), "the evidence"))
            }
        },
        Expr::Select(select) => match kind(&select.operand, scope, loops)? {
            Kind::Object(fields) => {
                let found = fields.get(&select.field).cloned();
                found.ok_or_else(|| unknown(&select.field, fields.keys(), &format!("`{}`", shown(&select.operand))))
            }
            Kind::Map(value) => Ok(*value),
            Kind::List(_) => Err(format!(
                "`{}` is a list: ask its elements with .exists(one, ...), .all(one, ...) or .filter(one, ...)",
                shown(&select.operand)
            )),
            Kind::Scalar => Err(format!("`{}` has no fields", shown(&select.operand))),
            Kind::Any => Ok(Kind::Any),
        },
        Expr::Call(call) => {
            let is_operator = !call.func_name.starts_with(char::is_alphabetic);
            if !is_operator && !FUNCTIONS.contains(&call.func_name.as_str()) {
                let known: Vec<String> = FUNCTIONS.iter().map(|name| (*name).to_owned()).collect();
                return Err(unknown(&call.func_name, known.iter(), "CEL here"));
            }
            let target = call.target.as_ref().map(|target| kind(target, scope, loops)).transpose()?;
            let mut arguments = Vec::new();
            for argument in &call.args {
                arguments.push(kind(argument, scope, loops)?);
            }
            let first = target.or_else(|| arguments.first().cloned());
            Ok(match (call.func_name.as_str(), first) {
                ("_[_]", Some(Kind::List(element) | Kind::Map(element))) => *element,
                ("_?_:_", _) => arguments.get(1).cloned().unwrap_or(Kind::Any),
                ("_+_", Some(list @ Kind::List(_))) => list,
                _ => Kind::Any,
            })
        }
        Expr::Comprehension(inner) => {
            if loops >= LOOPS {
                return Err(format!("lists are walked {LOOPS} deep at most"));
            }
            let range = kind(&inner.iter_range, scope, loops)?;
            let mut own = scope.clone();
            let (first, second) = match range {
                Kind::List(element) if inner.iter_var2.is_some() => (Kind::Scalar, *element),
                Kind::List(element) => (*element, Kind::Any),
                Kind::Map(value) => (Kind::Scalar, *value),
                Kind::Scalar => return Err(format!("`{}` is no list", shown(&inner.iter_range))),
                Kind::Object(_) | Kind::Any => (Kind::Any, Kind::Any),
            };
            own.insert(inner.iter_var.clone(), first);
            if let Some(name) = &inner.iter_var2 {
                own.insert(name.clone(), second);
            }
            kind(&inner.accu_init, scope, loops)?;
            own.insert(inner.accu_var.clone(), Kind::Any);
            kind(&inner.loop_cond, &own, loops + 1)?;
            kind(&inner.loop_step, &own, loops + 1)?;
            kind(&inner.result, &own, loops + 1)?;
            Ok(match appended(&inner.loop_step, &inner.accu_var) {
                Some(element) => Kind::List(Box::new(kind(element, &own, loops + 1)?)),
                None => Kind::Any,
            })
        }
        Expr::List(list) => {
            let mut element = Kind::Any;
            for one in &list.elements {
                element = kind(one, scope, loops)?;
            }
            Ok(Kind::List(Box::new(element)))
        }
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    kind(&entry.key, scope, loops)?;
                    kind(&entry.value, scope, loops)?;
                }
            }
            Ok(Kind::Any)
        }
        Expr::Struct(_) => Err("messages cannot be made here".to_owned()),
        Expr::Literal(_) => Ok(Kind::Scalar),
        Expr::Unspecified => Ok(Kind::Any),
    }
}

/// What `filter` and `map` put into their list.
fn appended<'e>(step: &'e IdedExpr, accumulator: &str) -> Option<&'e IdedExpr> {
    let Expr::Call(call) = &step.expr else { return None };
    if call.func_name == "_+_"
        && let [left, right] = call.args.as_slice()
        && matches!(&left.expr, Expr::Ident(name) if name == accumulator)
        && let Expr::List(list) = &right.expr
    {
        return list.elements.first();
    }
    call.args.iter().find_map(|argument| appended(argument, accumulator))
}

/// A path as it is written.
fn shown(node: &IdedExpr) -> String {
    match &node.expr {
        Expr::Ident(name) => name.clone(),
        Expr::Select(select) => format!("{}.{}", shown(&select.operand), select.field),
        Expr::Call(call) if call.func_name == "_[_]" => {
            call.args.first().map_or_else(String::new, |first| format!("{}[]", shown(first)))
        }
        _ => "this".to_owned(),
    }
}

/// How many steps an expression takes at most, when every list has its longest length.
pub(crate) fn steps(node: &IdedExpr, longest: u64) -> u64 {
    match &node.expr {
        Expr::Select(select) => 1 + steps(&select.operand, longest),
        Expr::Call(call) => {
            let target = call.target.as_ref().map_or(0, |target| steps(target, longest));
            call.args.iter().fold(target.saturating_add(1), |sum, one| sum.saturating_add(steps(one, longest)))
        }
        Expr::Comprehension(inner) => {
            // A list that is written out has its own length.
            let length = match &inner.iter_range.expr {
                Expr::List(list) => list.elements.len() as u64,
                _ => longest,
            };
            let each =
                steps(&inner.loop_cond, longest).saturating_add(steps(&inner.loop_step, longest)).saturating_add(1);
            steps(&inner.iter_range, longest)
                .saturating_add(length.saturating_mul(each))
                .saturating_add(steps(&inner.result, longest))
        }
        Expr::List(list) => list.elements.iter().fold(1, |sum, one| sum.saturating_add(steps(one, longest))),
        _ => 1,
    }
}
