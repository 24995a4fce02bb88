//! Pages of rules for the terminal and the reference.

use castellan_model::RuleDoc;

/// The page of a rule as Markdown, without its heading.
#[must_use]
pub fn markdown(rule: &RuleDoc) -> String {
    let page = rule.page();
    let mut out = format!("{}\n\n## What it does\n\n{}\n\n## Why it matters\n\n{}\n", page.title, page.what, page.why);
    for (is_bad, heading) in [(true, "Bad"), (false, "Good")] {
        let mut examples = page.examples(is_bad).peekable();
        if examples.peek().is_some() {
            out.push_str(&format!("\n## {heading}\n"));
        }
        for example in examples {
            out.push_str(&format!("\n```{}\n{}```\n", example.language, example.text));
        }
    }
    out.push_str(&format!("\n## How to fix\n\n{}\n", page.fix));
    if !page.limits.is_empty() {
        out.push_str(&format!("\n## Limits\n\n{}\n", page.limits));
    }
    out.push_str(&format!("\n## References\n\n{}\n", page.references));
    out
}
