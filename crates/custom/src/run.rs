//! Runs rules over evidence, within limits.

use std::time::{Duration, Instant};

use std::collections::HashMap;

use cel::{Context, Value as Cel};
use serde_json::Value;

use crate::check::steps;
use crate::rule::{Condition, CustomRule, Piece};

/// Steps that one rule may take over the whole evidence.
const STEPS: u64 = 200_000_000;
/// How long one rule may take.
const LONGEST: Duration = Duration::from_secs(10);
/// Findings of one rule that are told.
const MOST: usize = 1_000;
/// Characters of a message.
const LONGEST_MESSAGE: usize = 500;

/// One place that the rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The message, with its values.
    pub message: String,
    /// Where, from the outermost: `databases/prod`, `users/clerk@example.com`.
    pub place: Vec<String>,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Where it holds; none: nowhere.
    Judged(Vec<Hit>),
    /// Why it has no verdict.
    NotAssessed(String),
}

/// Runs a rule. `now` is in seconds since 1970.
#[must_use]
pub fn evaluate(rule: &CustomRule, evidence: &Value, now: i64) -> Outcome {
    for need in &rule.needs {
        if evidence[need].as_array().is_none_or(Vec::is_empty) {
            return Outcome::NotAssessed(format!("`{}` needs {need}, and there are none in this audit", rule.id));
        }
    }
    let mut elements: Vec<Vec<&Value>> = vec![Vec::new()];
    let mut lists: Vec<&str> = Vec::new();
    if let Some(path) = &rule.each {
        lists = path.split('.').collect();
        for list in &lists {
            let mut next = Vec::new();
            for chain in &elements {
                let holder = chain.last().copied().unwrap_or(evidence);
                for one in holder[*list].as_array().into_iter().flatten() {
                    let mut longer: Vec<&Value> = chain.clone();
                    longer.push(one);
                    next.push(longer);
                }
            }
            elements = next;
        }
    }
    let longest = longest_list(evidence);
    let each = cost(&rule.when, longest);
    if each.saturating_mul(elements.len() as u64) > STEPS {
        return Outcome::NotAssessed(format!(
            "`{}` would take too many steps over this evidence: narrow it with `for`, or walk fewer lists inside each other",
            rule.id
        ));
    }
    let started = Instant::now();
    let mut hits = Vec::new();
    let mut context = Context::default();
    let added = context.add_function("age", move |seconds: i64| now.saturating_sub(seconds).div_euclid(86_400));
    if let Err(error) = added {
        return Outcome::NotAssessed(format!("`{}`: {error}", rule.id));
    }
    if let Some(fields) = evidence.as_object() {
        for (name, value) in fields {
            context.add_variable_from_value(name.clone(), cel_of(value));
        }
    }
    for chain in elements {
        if started.elapsed() > LONGEST {
            return Outcome::NotAssessed(format!("`{}` took longer than {} s", rule.id, LONGEST.as_secs()));
        }
        let mut own = context.new_inner_scope();
        for (name, value) in rule.names.iter().zip(&chain) {
            own.add_variable_from_value(name.clone(), cel_of(value));
        }
        match holds(&rule.when, &own) {
            Ok(false) => {}
            Ok(true) => {
                let place = lists.iter().zip(&chain).map(|(list, one)| format!("{list}/{}", label(one))).collect();
                match message(&rule.message, &own) {
                    Ok(message) => hits.push(Hit { message, place }),
                    Err(reason) => return Outcome::NotAssessed(format!("the message of `{}`: {reason}", rule.id)),
                }
                if hits.len() >= MOST {
                    break;
                }
            }
            Err(reason) => return Outcome::NotAssessed(format!("`{}`: {reason}", rule.id)),
        }
    }
    Outcome::Judged(hits)
}

/// JSON as CEL: every whole number is a signed one, so that numbers compare.
fn cel_of(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(is) => Cel::Bool(*is),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cel::Int(whole),
            (None, Some(number)) => Cel::Float(number),
            (None, None) => Cel::Null,
        },
        Value::String(text) => Cel::from(text.as_str()),
        Value::Array(items) => Cel::from(items.iter().map(cel_of).collect::<Vec<_>>()),
        Value::Object(fields) => {
            let fields: HashMap<String, Cel> = fields.iter().map(|(name, one)| (name.clone(), cel_of(one))).collect();
            Cel::from(fields)
        }
    }
}

/// Makes whole evidence, with its time, of what a test gives.
pub type Complete<'c> = &'c dyn Fn(&Value) -> Result<(Value, i64), String>;

/// Runs the tests of a rule. `complete` makes whole evidence of what a test gives.
///
/// # Errors
///
/// Which tests do not come out as they should.
pub fn test(rule: &CustomRule, complete: Complete<'_>) -> Result<usize, Vec<String>> {
    let mut wrong = Vec::new();
    for (list, should, word) in [(&rule.bad, true, "bad"), (&rule.good, false, "good")] {
        for (number, given) in list.iter().enumerate() {
            let number = number + 1;
            match complete(given) {
                Err(reason) => wrong.push(format!("{word} evidence {number}: {reason}")),
                Ok((evidence, now)) => match evaluate(rule, &evidence, now) {
                    Outcome::NotAssessed(reason) => wrong.push(format!("{word} evidence {number}: {reason}")),
                    Outcome::Judged(hits) if hits.is_empty() == should => {
                        wrong.push(match hits.first() {
                            Some(hit) => format!("good evidence {number} is found: {}", hit.message),
                            None => format!("bad evidence {number} is not found"),
                        });
                    }
                    Outcome::Judged(_) => {}
                },
            }
        }
    }
    if wrong.is_empty() { Ok(rule.bad.len() + rule.good.len()) } else { Err(wrong) }
}

fn cost(condition: &Condition, longest: u64) -> u64 {
    match condition {
        Condition::Is(program) => steps(program.expression(), longest),
        Condition::All(list) | Condition::Any(list) => {
            list.iter().fold(0_u64, |sum, one| sum.saturating_add(cost(one, longest)))
        }
        Condition::Not(inner) => cost(inner, longest),
    }
}

fn longest_list(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(longest_list).max().unwrap_or(0).max(items.len() as u64),
        Value::Object(fields) => fields.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

fn holds(condition: &Condition, context: &Context<'_, '_>) -> Result<bool, String> {
    match condition {
        Condition::Is(program) => match program.execute(context) {
            Ok(Cel::Bool(is)) => Ok(is),
            Ok(other) => Err(format!("a condition is true or false, and this is {}", other.type_of())),
            Err(error) => Err(error.to_string()),
        },
        Condition::All(list) => {
            for one in list {
                if !holds(one, context)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Any(list) => {
            for one in list {
                if holds(one, context)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Not(inner) => holds(inner, context).map(|is| !is),
    }
}

fn message(pieces: &[Piece], context: &Context<'_, '_>) -> Result<String, String> {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Value(program) => match program.execute(context).map_err(|error| error.to_string())? {
                Cel::String(text) => out.push_str(&text),
                Cel::Int(number) => out.push_str(&number.to_string()),
                Cel::UInt(number) => out.push_str(&number.to_string()),
                Cel::Float(number) => out.push_str(&number.to_string()),
                Cel::Bool(is) => out.push_str(if is { "true" } else { "false" }),
                Cel::Null => out.push_str("nothing"),
                other => {
                    return Err(format!("a value in a message is text or a number, and this is {}", other.type_of()));
                }
            },
        }
    }
    Ok(out.chars().filter(|char| !char.is_control()).take(LONGEST_MESSAGE).collect())
}

/// What tells an element apart.
fn label(value: &Value) -> String {
    for key in ["login", "name", "site", "path", "label", "rule", "key", "id"] {
        match &value[key] {
            Value::String(text) if !text.is_empty() => return text.clone(),
            Value::Number(number) => return number.to_string(),
            _ => {}
        }
    }
    "?".to_owned()
}
