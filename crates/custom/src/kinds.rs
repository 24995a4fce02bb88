//! Kinds of values, from a JSON schema: what has which fields.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Fields by name.
    Object(BTreeMap<String, Kind>),
    /// A list of one kind.
    List(Box<Kind>),
    /// Any name leads to this kind.
    Map(Box<Kind>),
    /// Text, a number, a truth value.
    Scalar,
    /// Not known.
    Any,
}

/// The kinds of an evidence document.
#[derive(Debug, Clone)]
pub struct Kinds {
    /// Its top-level fields.
    pub top: BTreeMap<String, Kind>,
}

/// How deep a schema is read: deeper it refers to itself.
const DEEPEST: usize = 12;

impl Kinds {
    /// Of a schema as `schemars` makes it.
    #[must_use]
    pub fn of(schema: &Value) -> Self {
        match kind(schema, schema, 0) {
            Kind::Object(top) => Self { top },
            _ => Self { top: BTreeMap::new() },
        }
    }

    /// The kind of the elements of a path of lists, such as `databases.users`, and the name of each element on the way.
    ///
    /// # Errors
    ///
    /// What is wrong with the path.
    pub fn elements(&self, path: &str) -> Result<Vec<(String, Kind)>, String> {
        let mut fields = self.top.clone();
        let mut out = Vec::new();
        for part in path.split('.') {
            let Some(kind) = fields.get(part) else {
                return Err(unknown(part, fields.keys(), "`for`"));
            };
            let Kind::List(element) = kind else {
                return Err(format!("`for: {path}`: `{part}` is no list"));
            };
            out.push((singular(part), (**element).clone()));
            fields = match element.as_ref() {
                Kind::Object(fields) => fields.clone(),
                _ => BTreeMap::new(),
            };
        }
        Ok(out)
    }

    /// Every path, for the documentation: `databases[].users[].login`.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (name, kind) in &self.top {
            list(name, kind, &mut out);
        }
        out
    }
}

fn list(path: &str, kind: &Kind, out: &mut Vec<String>) {
    match kind {
        Kind::Object(fields) => fields.iter().for_each(|(name, kind)| list(&format!("{path}.{name}"), kind, out)),
        Kind::List(element) => list(&format!("{path}[]"), element, out),
        Kind::Map(value) => list(&format!("{path}[NAME]"), value, out),
        Kind::Scalar | Kind::Any => out.push(path.to_owned()),
    }
}

/// `databases`: `database`; `companies`: `company`.
#[must_use]
pub fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    name.strip_suffix('s').unwrap_or(name).to_owned()
}

fn kind(schema: &Value, root: &Value, depth: usize) -> Kind {
    if depth > DEEPEST {
        return Kind::Any;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Kind::Any, |target| kind(target, root, depth + 1));
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(choices) = schema[key].as_array() {
            let mut kinds =
                choices.iter().filter(|choice| choice["type"] != "null").map(|one| kind(one, root, depth + 1));
            return kinds.next().unwrap_or(Kind::Any);
        }
    }
    if let Some(fields) = schema["properties"].as_object() {
        return Kind::Object(fields.iter().map(|(name, one)| (name.clone(), kind(one, root, depth + 1))).collect());
    }
    if schema["items"].is_object() {
        return Kind::List(Box::new(kind(&schema["items"], root, depth + 1)));
    }
    if schema["additionalProperties"].is_object() {
        return Kind::Map(Box::new(kind(&schema["additionalProperties"], root, depth + 1)));
    }
    let named = |name: &str| {
        schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
    };
    if ["string", "integer", "number", "boolean"].iter().any(|name| named(name))
        || schema["enum"].is_array()
        || schema["const"].is_string()
    {
        return Kind::Scalar;
    }
    Kind::Any
}

/// An error about a name, with the nearest that there is.
pub(crate) fn unknown<'n>(name: &str, known: impl Iterator<Item = &'n String> + Clone, place: &str) -> String {
    let near = known.clone().map(|one| (strsim::levenshtein(name, one), one)).min();
    let hint = match near {
        Some((distance, near)) if distance <= name.chars().count().max(3) / 2 => format!("did you mean `{near}`?"),
        _ => {
            let names: Vec<&str> = known.map(String::as_str).collect();
            format!("there are {}", names.join(", "))
        }
    };
    format!("{place} has no `{name}`; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_singular_and_near_names_are_found() {
        assert_eq!((singular("databases"), singular("companies")), ("database".into(), "company".into()));
        let known = ["users".to_owned(), "groups".to_owned()];
        assert_eq!(unknown("user", known.iter(), "`database`"), "`database` has no `user`; did you mean `users`?");
        assert_eq!(unknown("zzzzzz", known.iter(), "`x`"), "`x` has no `zzzzzz`; there are users, groups");
    }
}
