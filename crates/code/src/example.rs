//! The files of an example of a rule's page.

use castellan_model::{Example, Series};

/// The files of the module, with a manifest when the example gives none.
#[must_use]
pub fn files(example: &Example) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in example.text.lines() {
        if let Some(path) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
            files.push((path.to_owned(), String::new()));
            continue;
        }
        if files.is_empty() {
            files.push((default_path(&example.language).to_owned(), String::new()));
        }
        if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    // Data files are written without their frame.
    for (path, text) in &mut files {
        if path.ends_with(".xml") && !text.contains("<odoo") && !text.contains("<templates") {
            *text = format!("<odoo>\n{text}</odoo>\n");
        }
    }
    if !files.iter().any(|(path, _)| path == "__manifest__.py") {
        let series = example.series.unwrap_or(Series::ASSUMED);
        let data: Vec<String> = files
            .iter()
            .filter(|(path, _)| path.ends_with(".xml") || path.ends_with(".csv"))
            .filter(|(path, _)| !path.starts_with("static/") && !path.starts_with("demo/"))
            .map(|(path, _)| format!("'{path}'"))
            .collect();
        let manifest = format!(
            "{{'name': 'Example', 'version': '{series}.1.0.0', 'depends': ['base'], 'data': [{}]}}\n",
            data.join(", ")
        );
        files.push(("__manifest__.py".to_owned(), manifest));
    }
    files.into_iter().map(|(path, text)| (format!("example/{path}"), text.into_bytes())).collect()
}
fn default_path(language: &str) -> &'static str {
    match language {
        "xml" => "data/example.xml",
        "csv" => "security/ir.model.access.csv",
        "js" => "static/src/example.js",
        _ => "models/example.py",
    }
}
