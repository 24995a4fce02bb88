//! A module's manifest, read as a literal and never run.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use crate::python;
use crate::source::Range;

/// A file that the manifest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Relative to the module.
    pub path: String,
    /// The literal in the manifest.
    pub range: Range,
}

/// What a manifest says. A key that is missing or not a literal keeps its default.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// Display name.
    pub name: String,
    /// Version as written.
    pub version: String,
    /// Author.
    pub author: String,
    /// Licence, such as `LGPL-3`.
    pub licence: String,
    /// Names of the modules that it needs.
    pub depends: Vec<String>,
    /// Files loaded at install and upgrade.
    pub data: Vec<DataFile>,
    /// Files loaded with demonstration data.
    pub demo: Vec<DataFile>,
    /// Python packages that it needs.
    pub python_dependencies: Vec<DataFile>,
    /// Every text literal in the manifest, for rules about assets.
    pub texts: Vec<DataFile>,
    /// Names of install hooks.
    pub hooks: Vec<String>,
    /// Whether it lists `qweb` files, as up to 14.0.
    pub has_qweb: bool,
    /// `False` when the module says that it cannot be installed.
    pub not_installable: bool,
}

impl Manifest {
    /// Reads the literal.
    ///
    /// # Errors
    ///
    /// Byte offset and reason when the text holds no dictionary literal.
    pub fn parse(text: &str) -> Result<Self, (u32, String)> {
        let parsed = python::parse_module(text).map_err(|failure| (failure.offset, failure.reason))?;
        let dict = parsed.body.iter().find_map(|statement| match statement {
            Stmt::Expr(expression) => match &*expression.value {
                Expr::Dict(dict) => Some(dict),
                _ => None,
            },
            _ => None,
        });
        let Some(dict) = dict else { return Err((0, "holds no dictionary literal".into())) };
        let mut manifest = Self::default();
        for item in &dict.items {
            let Some(key) = item.key.as_ref().and_then(python::string) else { continue };
            match key {
                "name" => manifest.name = text_of(&item.value),
                "version" => manifest.version = text_of(&item.value),
                "author" => manifest.author = text_of(&item.value),
                "license" => manifest.licence = text_of(&item.value),
                "depends" => manifest.depends = list_of(&item.value).into_iter().map(|file| file.path).collect(),
                "data" | "init_xml" | "update_xml" => manifest.data.extend(list_of(&item.value)),
                "demo" | "demo_xml" => manifest.demo.extend(list_of(&item.value)),
                "qweb" => manifest.has_qweb = true,
                "installable" => {
                    manifest.not_installable = matches!(&item.value, Expr::BooleanLiteral(literal) if !literal.value);
                }
                "external_dependencies" => {
                    if let Expr::Dict(kinds) = &item.value {
                        for kind in kinds
                            .items
                            .iter()
                            .filter(|kind| kind.key.as_ref().and_then(python::string) == Some("python"))
                        {
                            manifest.python_dependencies = list_of(&kind.value);
                        }
                    }
                }
                "pre_init_hook" | "post_init_hook" | "uninstall_hook" | "post_load" => {
                    manifest.hooks.push(text_of(&item.value));
                }
                _ => {}
            }
            collect_texts(&item.value, &mut manifest.texts, 0);
        }
        Ok(manifest)
    }
}

fn text_of(value: &Expr) -> String {
    match value {
        Expr::Tuple(parts) => parts.elts.iter().filter_map(python::string).collect::<Vec<_>>().join(", "),
        Expr::List(parts) => parts.elts.iter().filter_map(python::string).collect::<Vec<_>>().join(", "),
        other => python::string(other).unwrap_or_default().to_owned(),
    }
}

fn list_of(value: &Expr) -> Vec<DataFile> {
    let mut files = Vec::new();
    collect_texts(value, &mut files, 0);
    files
}

fn collect_texts(value: &Expr, out: &mut Vec<DataFile>, depth: u32) {
    if depth > 8 {
        return;
    }
    match value {
        Expr::StringLiteral(literal) => out.push(DataFile {
            path: literal.value.to_str().to_owned(),
            range: Range { start: value.range().start().to_u32(), end: value.range().end().to_u32() },
        }),
        Expr::List(list) => list.elts.iter().for_each(|element| collect_texts(element, out, depth + 1)),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| collect_texts(element, out, depth + 1)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| collect_texts(&item.value, out, depth + 1)),
        Expr::BinOp(sum) => {
            collect_texts(&sum.left, out, depth + 1);
            collect_texts(&sum.right, out, depth + 1);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_literal_only() {
        let text = "# licence\n{'name': 'A', 'version': '16.0.1.0.0', 'depends': ['base'],\n 'data': ['a.xml'] + ['b.xml'],\n 'external_dependencies': {'python': ['lxml']}, 'author': compute()}";
        let manifest = Manifest::parse(text).unwrap();
        assert_eq!(manifest.version, "16.0.1.0.0");
        assert_eq!(manifest.data.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a.xml", "b.xml"]);
        assert_eq!(manifest.author, "");
        assert_eq!(manifest.python_dependencies[0].path, "lxml");
        assert!(Manifest::parse("print('x')").is_err());
    }
}
