//! A rule as it is written, and as it is run.

use castellan_model::{Confidence, Severity};
use cel::{Env, Program};
use serde::Deserialize;
use serde_json::Value;

use crate::check::{self, Names};
use crate::kinds::Kinds;

/// What every id begins with, so that it never meets an id of Castellan.
pub const PREFIX: &str = "own-";
/// The longest text of a rule file.
const LONGEST: usize = 256 * 1024;
/// The longest expression.
const LONGEST_EXPRESSION: usize = 4_000;
/// How deep `all`, `any` and `not` go.
const DEEPEST: usize = 16;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    title: String,
    severity: Severity,
    confidence: Option<Confidence>,
    lines: Vec<u8>,
    #[serde(default = "no_weakness")]
    cwe: u16,
    #[serde(rename = "for")]
    each: Option<String>,
    when: Value,
    message: String,
    why: String,
    fix: String,
    #[serde(default)]
    references: Vec<String>,
    tests: RawTests,
}

/// CWE-710: improper adherence to coding standards; here, to those of the company.
const fn no_weakness() -> u16 {
    710
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTests {
    bad: Vec<Value>,
    good: Vec<Value>,
}

/// A condition, compiled.
pub(crate) enum Condition {
    Is(Program),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

/// A part of a message.
pub(crate) enum Piece {
    Text(String),
    Value(Program),
}

/// A rule of one's own, checked.
pub struct CustomRule {
    /// `own-something`.
    pub id: String,
    /// One sentence.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Lines of the checklist.
    pub lines: Vec<u8>,
    /// CWE number.
    pub cwe: u16,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// Links.
    pub references: Vec<String>,
    /// The file.
    pub file: String,
    /// The condition as written, in one line.
    pub shown: String,
    /// Each element of these lists is judged; none: the whole.
    pub(crate) each: Option<String>,
    pub(crate) names: Vec<String>,
    pub(crate) when: Condition,
    pub(crate) message: Vec<Piece>,
    /// Top-level lists without which it says nothing.
    pub(crate) needs: Vec<String>,
    pub(crate) bad: Vec<Value>,
    pub(crate) good: Vec<Value>,
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`, line {line}: {reason}")]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// What is wrong and what is allowed.
    pub reason: String,
}

/// Reads a rule and compares its paths with the evidence.
///
/// # Errors
///
/// File, line, and what is wrong.
pub fn read(file: &str, text: &str, kinds: &Kinds) -> Result<CustomRule, RuleError> {
    let wrong = |line: u64, reason: String| RuleError { file: file.to_owned(), line, reason };
    if text.len() > LONGEST {
        return Err(wrong(1, format!("a rule has at most {LONGEST} bytes")));
    }
    let raw: Raw = serde_saphyr::from_str(text).map_err(|error| {
        let line = error.location().map_or(1, |place| place.line());
        wrong(line, first_line(&error.to_string()))
    })?;
    let line_of = |what: &str| line_of(text, what);
    let tail = raw.id.strip_prefix(PREFIX).unwrap_or_default();
    if tail.is_empty() || !tail.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-') {
        let reason = format!("`id: {}`: write `{PREFIX}` and lower-case words with hyphens", raw.id);
        return Err(wrong(line_of("id:"), reason));
    }
    if raw.lines.is_empty() || !raw.lines.iter().all(|line| (1..=14).contains(line)) {
        return Err(wrong(line_of("lines:"), "`lines` names lines of the checklist, 1 to 14".to_owned()));
    }
    for (key, value) in [("title", &raw.title), ("message", &raw.message), ("why", &raw.why), ("fix", &raw.fix)] {
        if value.trim().is_empty() {
            return Err(wrong(line_of(&format!("{key}:")), format!("`{key}` must not be empty")));
        }
    }
    if raw.tests.bad.is_empty() || raw.tests.good.is_empty() {
        let reason = "`tests` needs evidence that is bad and evidence that is good, one of each at least";
        return Err(wrong(line_of("tests:"), reason.to_owned()));
    }
    let elements = match &raw.each {
        None => Vec::new(),
        Some(path) => kinds.elements(path).map_err(|reason| wrong(line_of("for:"), reason))?,
    };
    let names = Names::new(kinds, &elements);
    let fail = |expression: &str, reason: String| wrong(line_of(expression.trim()), reason);
    let mut shown = String::new();
    let when = condition(&raw.when, &names, 0, &mut shown).map_err(|(at, reason)| fail(&at, reason))?;
    let message = pieces(&raw.message, &names).map_err(|(at, reason)| fail(&at, reason))?;
    let mut needs = Vec::new();
    collect_needs(&when, kinds, &mut needs);
    if let Some(first) = raw.each.as_deref().and_then(|path| path.split('.').next()) {
        needs.push(first.to_owned());
    }
    needs.sort();
    needs.dedup();
    Ok(CustomRule {
        id: raw.id,
        title: raw.title,
        severity: raw.severity,
        confidence: raw.confidence.unwrap_or(Confidence::High),
        lines: raw.lines,
        cwe: raw.cwe,
        why: raw.why,
        fix: raw.fix,
        references: raw.references,
        file: file.to_owned(),
        shown,
        each: raw.each,
        names: elements.into_iter().map(|(name, _)| name).collect(),
        when,
        message,
        needs,
        bad: raw.tests.bad,
        good: raw.tests.good,
    })
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// The line of a text that holds the beginning of another.
fn line_of(text: &str, what: &str) -> u64 {
    let first = what.lines().next().unwrap_or_default();
    let at = if first.is_empty() { None } else { text.find(first) };
    at.and_then(|at| text.get(..at)).map_or(1, |before| before.matches('\n').count() as u64 + 1)
}

type Wrong = (String, String);

fn condition(raw: &Value, names: &Names, depth: usize, shown: &mut String) -> Result<Condition, Wrong> {
    if depth > DEEPEST {
        return Err(("when:".to_owned(), format!("`all`, `any` and `not` go {DEEPEST} deep at most")));
    }
    let many = |list: &Value, shown: &mut String, word: &str| -> Result<Vec<Condition>, Wrong> {
        let items = list.as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| (format!("{word}:"), format!("`{word}` is a list of conditions")))?;
        let mut out = Vec::new();
        shown.push_str(word);
        shown.push('(');
        for (number, item) in items.iter().enumerate() {
            if number > 0 {
                shown.push_str(", ");
            }
            out.push(condition(item, names, depth + 1, shown)?);
        }
        shown.push(')');
        Ok(out)
    };
    match raw {
        Value::String(text) => {
            shown.push_str(&text.split_whitespace().collect::<Vec<_>>().join(" "));
            Ok(Condition::Is(compile(text, names)?))
        }
        Value::Object(fields) if fields.len() == 1 => match fields.iter().next() {
            Some((key, list)) if key == "all" => Ok(Condition::All(many(list, shown, "all")?)),
            Some((key, list)) if key == "any" => Ok(Condition::Any(many(list, shown, "any")?)),
            Some((key, inner)) if key == "not" => {
                shown.push_str("not ");
                Ok(Condition::Not(Box::new(condition(inner, names, depth + 1, shown)?)))
            }
            _ => Err(("when:".to_owned(), "`when` is an expression, or one of `all`, `any`, `not`".to_owned())),
        },
        _ => Err(("when:".to_owned(), "`when` is an expression, or one of `all`, `any`, `not`".to_owned())),
    }
}

fn compile(text: &str, names: &Names) -> Result<Program, Wrong> {
    let wrong = |reason: String| (text.to_owned(), reason);
    if text.len() > LONGEST_EXPRESSION {
        return Err(wrong(format!("an expression has at most {LONGEST_EXPRESSION} characters")));
    }
    // The parser goes as deep as the text does.
    if text.chars().filter(|char| matches!(char, '(' | '[' | '{' | '!' | '-' | '?')).count() > 200 {
        return Err(wrong("the expression is nested too deeply".to_owned()));
    }
    let program = Env::stdlib()
        .compile(text)
        .map_err(|errors| wrong(format!("this is no CEL expression: {}", first_line(&errors.to_string()))))?;
    check::expression(&program, names).map_err(wrong)?;
    Ok(program)
}

/// Text with `${expression}` in it.
fn pieces(text: &str, names: &Names) -> Result<Vec<Piece>, Wrong> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inside, behind)) = after.split_once('}') else {
            return Err((text.to_owned(), "`${` is not closed".to_owned()));
        };
        out.push(Piece::Text(before.to_owned()));
        out.push(Piece::Value(compile(inside, names)?));
        rest = behind;
    }
    out.push(Piece::Text(rest.to_owned()));
    Ok(out)
}

fn collect_needs(condition: &Condition, kinds: &Kinds, out: &mut Vec<String>) {
    match condition {
        Condition::Is(program) => {
            let used = program.references();
            let lists = kinds.top.iter().filter(|(_, kind)| matches!(kind, crate::kinds::Kind::List(_)));
            out.extend(lists.filter(|(name, _)| used.has_variable(name.as_str())).map(|(name, _)| name.clone()));
        }
        Condition::All(list) | Condition::Any(list) => list.iter().for_each(|one| collect_needs(one, kinds, out)),
        Condition::Not(inner) => collect_needs(inner, kinds, out),
    }
}
