//! For people at a terminal: by module, with the source, the way of the value, why it matters and what to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use castellan_model::{AuditReport, Finding, InstanceSummary, Location, Severity, SiteSummary};

use crate::{instances, score, sites, versions};

/// How the text looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// With colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// The audit as text.
#[must_use]
pub fn terminal(report: &AuditReport, look: Look) -> String {
    let mut out = String::new();
    let mut headings: Vec<String> = Vec::new();
    for finding in &report.findings {
        let heading = sites::heading(report, finding);
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        let of_module: Vec<&Finding> =
            report.findings.iter().filter(|finding| sites::heading(report, finding) == heading).collect();
        let count = format!("{} {}", of_module.len(), plural(of_module.len(), "finding", "findings"));
        out.push_str(&paint(look, Style::new().bold(), &format!("{heading}: {count}")));
        out.push_str("\n\n");
        for finding in of_module {
            finding_text(&mut out, finding, look);
        }
    }
    summary(&mut out, report, look);
    out
}

fn plural<'w>(count: usize, one: &'w str, many: &'w str) -> &'w str {
    if count == 1 { one } else { many }
}

pub(crate) fn paint(look: Look, style: Style, text: &str) -> String {
    if look.color { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
}

pub(crate) const fn color(severity: Severity) -> Style {
    let color = match severity {
        Severity::Critical => AnsiColor::BrightRed,
        Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::BrightBlack,
    };
    Style::new().fg_color(Some(anstyle::Color::Ansi(color))).bold()
}

fn finding_text(out: &mut String, finding: &Finding, look: Look) {
    let mut head = format!("{}[{}]", finding.severity, finding.rule);
    if finding.confidence.as_str() != "high" {
        head.push_str(&format!(" ({} confidence)", finding.confidence));
    }
    out.push_str(&paint(look, color(finding.severity), &head));
    out.push('\n');
    out.push_str(&wrap(&finding.message, "  ", "  ", look.width));
    if sites::is_url(&finding.location.path) {
        out.push_str(&transcript(finding, look));
    } else if instances::is_of_records(finding) {
        out.push_str(&records(finding, look));
    } else if versions::is_of_versions(finding) {
        out.push_str(&component(finding, look));
    } else {
        out.push_str(&snippet(&finding.location, look));
    }
    out.push('\n');
    if finding.flow.len() > 1 {
        out.push_str("  how it gets there:\n");
        for (number, step) in finding.flow.iter().enumerate() {
            let at = format!("{}:{}", short(&step.location.path), step.location.span.start.line);
            let text = format!("{} ({at})", step.message);
            out.push_str(&wrap(&text, &format!("  {:>2}. ", number + 1), "      ", look.width));
        }
    }
    for related in &finding.related {
        let at = format!("{}:{}", related.location.path, related.location.span.start.line);
        out.push_str(&wrap(&format!("{} ({at})", related.message), "  see:  ", "        ", look.width));
    }
    if let Some(adjusted) = &finding.adjusted {
        let text = format!("{} by itself: {}", adjusted.from, adjusted.because);
        out.push_str(&wrap(&text, "  was:  ", "        ", look.width));
    }
    out.push_str(&wrap(&finding.why, "  why:  ", "        ", look.width));
    out.push_str(&wrap(&finding.help, "  fix:  ", "        ", look.width));
    if let Some(fix) = &finding.fix {
        out.push_str(&wrap(&format!("`castellan fix` can do it: {}", fix.title), "        ", "        ", look.width));
    }
    out.push('\n');
}

/// The last three parts of a path: the steps of one flow are mostly in one module.
fn short(path: &str) -> &str {
    path.rmatch_indices('/').nth(2).map_or(path, |(at, _)| &path[at + 1..])
}

/// The query and the records that it found.
fn records(finding: &Finding, look: Look) -> String {
    let location = &finding.location;
    let mut out = String::new();
    for (number, line) in location.excerpt.lines.iter().enumerate() {
        if number == 0 {
            out.push_str(&wrap(line, "  in:   ", "        ", look.width));
        } else {
            let room = look.width.saturating_sub(8).max(20);
            let shown: String = line.chars().take(room).collect();
            out.push_str(&format!("        {}\n", shown.trim_end()));
        }
    }
    out.pop();
    out
}

/// What has the version, and where that stands.
fn component(finding: &Finding, look: Look) -> String {
    let location = &finding.location;
    let seen = location.excerpt.lines.first().map_or("", String::as_str);
    let text = format!("{seen}, {}:{}", location.path, location.span.start.line);
    let mut out = wrap(&text, "  in:   ", "        ", look.width);
    out.pop();
    out
}

/// What was asked and what came back, with the telling part marked.
fn transcript(finding: &Finding, look: Look) -> String {
    let location = &finding.location;
    let mut out = format!("  at:   {}\n", location.path);
    if sites::is_told_by_message(finding) {
        out.pop();
        return out;
    }
    let room = look.width.saturating_sub(8).max(20);
    for (number, line) in location.excerpt.lines.iter().enumerate() {
        let (from, to) = match location.span {
            span if span.start.line as usize == number + 1 => {
                (span.start.column as usize - 1, span.end.column as usize - 1)
            }
            _ => (0, 0),
        };
        // A long line is cut in front of what tells.
        let length = line.chars().count();
        let skipped = if to > room { from.saturating_sub(room / 3).min(length) } else { 0 };
        let shown: String = line.chars().skip(skipped).take(room).collect();
        out.push_str(&format!("        {shown}\n"));
        let (from, to) = (from - skipped.min(from), (to.saturating_sub(skipped)).min(room));
        if to > from && number > 1 {
            let mark = format!("{}{}", " ".repeat(from), "^".repeat(to - from));
            out.push_str(&format!("        {}\n", paint(look, color(finding.severity), &mark)));
        }
    }
    out.pop();
    out
}

fn snippet(location: &Location, look: Look) -> String {
    let text = location.excerpt.lines.join("\n");
    let first = location.excerpt.first_line;
    let offset = |line: u32, column: u32| {
        let mut at = 0;
        for (index, content) in location.excerpt.lines.iter().enumerate() {
            if u32::try_from(index).unwrap_or(u32::MAX) + first == line {
                let column = column.saturating_sub(1) as usize;
                return at + content.char_indices().nth(column).map_or(content.len(), |(byte, _)| byte);
            }
            at += content.len() + 1;
        }
        text.len()
    };
    let start = offset(location.span.start.line, location.span.start.column).min(text.len());
    let end = offset(location.span.end.line, location.span.end.column).clamp(start, text.len());
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.term_width(look.width).decor_style(DecorStyle::Ascii);
    let snippet = Snippet::source(text.as_str())
        .line_start(first as usize)
        .path(location.path.as_str())
        .annotation(AnnotationKind::Primary.span(start..end));
    renderer.render(&[Group::with_level(Level::ERROR).element(snippet)])
}

/// Breaks a text into lines of a width.
#[must_use]
pub fn wrap(text: &str, first: &str, rest: &str, width: usize) -> String {
    let width = width.clamp(40, 120);
    let mut out = String::from(first);
    let mut column = first.chars().count();
    let mut fresh = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !fresh && column + 1 + length > width {
            out.push('\n');
            out.push_str(rest);
            column = rest.chars().count();
            fresh = true;
        }
        if !fresh {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        fresh = false;
    }
    out.push('\n');
    out
}

fn summary(out: &mut String, report: &AuditReport, look: Look) {
    for source in &report.sources {
        out.push_str(&format!("found {:<10} {} ({})\n", source.kind, source.path, source.detail));
    }
    for site in &report.sites {
        site_text(out, site, look);
    }
    for instance in &report.instances {
        instance_text(out, instance, look);
    }
    for one in &report.versions {
        versions::terminal(out, one, look);
    }
    let modules = report.modules.len();
    let scanned = match (modules, report.sources.is_empty()) {
        (0, false) => String::new(),
        _ => format!("{modules} {}, ", plural(modules, "module", "modules")),
    };
    if report.files == 0 && !report.instances.is_empty() && report.sites.is_empty() {
        out.push_str(&format!("judged with {} rules\n", report.rules));
    } else if report.files == 0 && !report.sites.is_empty() {
        let sites = report.sites.len();
        out.push_str(&format!("asked {sites} {} with {} rules\n", plural(sites, "site", "sites"), report.rules));
    } else {
        out.push_str(&format!(
            "scanned {scanned}{} files, {} lines with {} rules\n",
            report.files, report.lines, report.rules
        ));
    }
    let fixable = report.findings.iter().filter(|finding| finding.fix.is_some()).count();
    if fixable > 0 {
        out.push_str(&format!("`castellan fix` shows changes that remove {fixable} of the findings\n"));
    }
    if report.findings.is_empty() {
        out.push_str(&paint(look, Style::new().bold(), "no findings"));
        out.push('\n');
    } else {
        for severity in Severity::ALL {
            let count = report.count(severity);
            if count > 0 {
                out.push_str(&paint(look, color(severity), &format!("{count:>6} {severity}")));
                out.push('\n');
            }
        }
    }
    if !report.suppressed.is_empty() {
        out.push_str(&format!("{:>6} accepted\n", report.suppressed.len()));
    }
    let disagree = report.foreign_markers.iter().filter(|marker| !marker.disagrees.is_empty()).count();
    if disagree > 0 {
        out.push_str(&format!(
            "{disagree:>6} {} of other tools that we do not agree with\n",
            plural(disagree, "marker", "markers")
        ));
    }
    not_assessed(out, report, look);
    if score::is_of_a_deployment(report) {
        out.push('\n');
        score::checklist(out, report, look);
    }
}

fn site_text(out: &mut String, site: &SiteSummary, look: Look) {
    out.push_str(&paint(look, Style::new().bold(), &site.site));
    out.push('\n');
    out.push_str(&wrap(&site.identity, "  ", "  ", look.width));
    for limit in &site.limits {
        out.push_str(&wrap(limit, "  not whole: ", "    ", look.width));
    }
    for grade in &site.grades {
        let reasons = if grade.reasons.is_empty() { String::new() } else { format!(": {}", grade.reasons.join("; ")) };
        let text = format!("{} ({}, {} points){reasons}", grade.grade, grade.scheme, grade.score);
        out.push_str(&wrap(&text, "  grade ", "    ", look.width));
    }
    for fact in &site.facts {
        out.push_str(&wrap(fact, "  ", "    ", look.width));
    }
    if !site.modules.is_empty() {
        out.push_str(&format!("  {} installed modules are shown\n", site.modules.len()));
    }
    out.push_str(&wrap(&sites::coverage(site), "  ", "    ", look.width));
    for (reason, rules) in sites::untold(&site.checks) {
        untold(out, reason, &rules, look);
    }
    out.push_str(&wrap(&sites::cost(site), "  ", "    ", look.width));
    out.push('\n');
}

/// Checks that one reason kept from a verdict.
fn untold(out: &mut String, reason: &str, rules: &[&str], look: Look) {
    let names = match rules {
        [first, second, third, rest @ ..] if rest.len() > 1 => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    };
    out.push_str(&wrap(&format!("{reason}: {names}"), "    ? ", "      ", look.width));
}

fn instance_text(out: &mut String, instance: &InstanceSummary, look: Look) {
    out.push_str(&paint(look, Style::new().bold(), &format!("database {}", instance.database)));
    out.push('\n');
    out.push_str(&wrap(&format!("{}, {}", instance.identity, instance.source), "  ", "  ", look.width));
    for fact in &instance.facts {
        out.push_str(&wrap(fact, "  ", "    ", look.width));
    }
    out.push_str(&wrap(&instances::coverage(instance), "  ", "    ", look.width));
    for (reason, rules) in sites::untold(&instance.checks) {
        untold(out, reason, &rules, look);
    }
    out.push_str(&wrap(&instances::cost(instance), "  ", "    ", look.width));
    out.push('\n');
}

/// How many things that were not assessed are named; the other reports hold all.
const NAMED: usize = 10;

fn not_assessed(out: &mut String, report: &AuditReport, look: Look) {
    if report.not_assessed.is_empty() {
        return;
    }
    out.push_str(&format!("{:>6} not assessed:\n", report.not_assessed.len()));
    for note in report.not_assessed.iter().take(NAMED) {
        out.push_str(&wrap(&format!("{}: {}", note.path, note.reason), "       ", "         ", look.width));
    }
    if report.not_assessed.len() > NAMED {
        out.push_str(&format!("       ... and {} more (--format json lists all)\n", report.not_assessed.len() - NAMED));
    }
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_stay_within_the_width() {
        let text = wrap(&"word ".repeat(60), "  why:  ", "        ", 80);
        assert!(text.lines().all(|line| line.len() <= 80));
        assert!(text.lines().count() > 3);
    }
}
