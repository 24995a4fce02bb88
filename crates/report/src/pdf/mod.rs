//! The audit as a PDF: a cover, contents, a summary, the checklist, ways in, what to do first, frameworks, findings.

mod layout;

use castellan_model::{Answer, AuditReport, Finding, Severity, SuppressedBy, calendar};

use crate::html::worst;
use crate::plan::effort;
use crate::present::Presentation;
use crate::score::{is_of_a_deployment, remark};
use crate::texts::Texts;
use layout::{Color, GROUND, INK, LINE, MARGIN, MEASURE, SOFT, Sheets, Style, WHITE, WIDTH, width};

/// Findings that are told in full; the others are one line each.
const IN_FULL: usize = 400;
/// Audits that the trend shows.
const COLUMNS: usize = 60;
/// Lines of source that are shown of a finding.
const SOURCE: usize = 6;

const fn severity_color(severity: Severity) -> Color {
    match severity {
        Severity::Critical => [0xa3, 0x12, 0x3a],
        Severity::High => [0xc8, 0x42, 0x1c],
        Severity::Medium => [0x8a, 0x5f, 0x00],
        Severity::Low => [0x1f, 0x6f, 0x8b],
        Severity::Info => SOFT,
    }
}

const fn answer_color(answer: Answer) -> Color {
    match answer {
        Answer::Pass => [0x1b, 0x6e, 0x3c],
        Answer::Fail => [0xb3, 0x26, 0x1e],
        Answer::NotAssessed => [0x8a, 0x5f, 0x00],
    }
}

/// The audit as a PDF.
///
/// # Errors
///
/// When the file cannot be made.
pub fn pdf(report: &AuditReport, how: &Presentation) -> Result<Vec<u8>, String> {
    let texts = &how.texts;
    let theme = &how.theme;
    let footer =
        if theme.footer.is_empty() { theme.name.clone() } else { format!("{} · {}", theme.name, theme.footer) };
    let logo = theme.logo.as_ref().map(|(kind, bytes)| (*kind, bytes.as_slice()));
    let mut sheets = Sheets::new(theme.accent, &footer, &texts.say("Page"), logo);
    cover(&mut sheets, report, how);
    sheets.turn();
    summary(&mut sheets, report, how);
    if is_of_a_deployment(report) {
        checklist(&mut sheets, report, texts);
        ways(&mut sheets, report, texts);
        plan(&mut sheets, report, texts);
    }
    findings(&mut sheets, report, texts);
    accepted(&mut sheets, report, texts);
    not_assessed(&mut sheets, report, texts);
    controls(&mut sheets, report, texts);
    sheets.contents(&texts.say("Contents"));
    let title = format!("{}: {}", texts.say("Security audit"), name(report));
    sheets.write(&title, &theme.name, texts.language(), report.time)
}

fn name(report: &AuditReport) -> String {
    report.deployment.as_ref().map_or_else(|| report.targets.join(", "), |one| one.name.clone())
}

/// Without the backquotes of code.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn cover(sheets: &mut Sheets, report: &AuditReport, how: &Presentation) {
    let texts = &how.texts;
    let accent = sheets.accent;
    sheets.fill(0.0, 0.0, WIDTH, 300.0, accent);
    if how.theme.logo.is_some() {
        sheets.fill(MARGIN - 12.0, 48.0, 184.0, 74.0, WHITE);
        sheets.logo(MARGIN, 56.0, 160.0, 58.0);
    } else {
        sheets.text_at(MARGIN, 92.0, 22.0, Style::Bold, WHITE, &how.theme.name);
    }
    sheets.text_at(MARGIN, 210.0, 13.0, Style::Plain, WHITE, &texts.say("Security audit"));
    sheets.y = 222.0;
    for line in layout::lines(&name(report), 26.0, Style::Bold, MEASURE).iter().take(2) {
        sheets.y += 28.0;
        let y = sheets.y;
        sheets.text_at(MARGIN, y, 26.0, Style::Bold, WHITE, line);
    }
    sheets.y = 340.0;
    let mut rows = vec![(texts.say("Date"), calendar::date(report.time))];
    if let Some(deployment) = &report.deployment {
        rows.push((texts.say("Owner"), deployment.owner.clone()));
        rows.push((texts.say("Environment"), deployment.environment.clone()));
    }
    rows.push((texts.say("Targets"), report.targets.join(", ")));
    if is_of_a_deployment(report) {
        let score = &report.score;
        rows.push((texts.say("Score"), format!("{} {} ({})", score.points, texts.say("of 100"), score.grade)));
        rows.push((texts.say("Coverage"), format!("{} %", score.coverage)));
    }
    rows.push((texts.say("Contact"), how.theme.contact.clone()));
    for (label, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        let y = sheets.y;
        sheets.paragraph(MARGIN, 110.0, 10.5, Style::Plain, SOFT, &label);
        let label_end = sheets.y;
        sheets.y = y;
        sheets.paragraph(MARGIN + 120.0, MEASURE - 120.0, 10.5, Style::Bold, INK, &value);
        sheets.y = sheets.y.max(label_end) + 5.0;
    }
    sheets.text_at(MARGIN, 790.0, 8.5, Style::Plain, SOFT, &format!("Castellan {}", report.castellan));
    if texts.language() != "en" {
        sheets.text_at(MARGIN + 120.0, 790.0, 8.5, Style::Plain, SOFT, &texts.say("Findings are told in English."));
    }
}

/// Numbers in boxes, side by side.
fn tiles(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    let wide = MEASURE / 5.0 - 6.0;
    sheets.room(56.0);
    let y = sheets.y;
    for (at, severity) in Severity::ALL.into_iter().enumerate() {
        let x = MARGIN + at as f32 * (wide + 7.5);
        sheets.fill(x, y, wide, 46.0, GROUND);
        sheets.fill(x, y, wide, 3.0, severity_color(severity));
        sheets.text_at(x + 8.0, y + 25.0, 17.0, Style::Bold, INK, &report.count(severity).to_string());
        sheets.text_at(x + 8.0, y + 39.0, 8.5, Style::Plain, SOFT, &texts.say(severity.as_str()));
    }
    sheets.y = y + 58.0;
}

fn summary(sheets: &mut Sheets, report: &AuditReport, how: &Presentation) {
    let texts = &how.texts;
    sheets.heading(1, &texts.say("Management summary"));
    let score = &report.score;
    if is_of_a_deployment(report) {
        let y = sheets.y;
        let accent = sheets.accent;
        sheets.text_at(MARGIN, y + 40.0, 44.0, Style::Bold, accent, &score.points.to_string());
        let x = MARGIN + width(&score.points.to_string(), 44.0, Style::Bold) + 14.0;
        let text = format!("{} · {} {}", texts.say("of 100"), texts.say("Grade"), score.grade);
        sheets.text_at(x, y + 24.0, 13.0, Style::Bold, INK, &text);
        let text =
            format!("{}: {} % {}", texts.say("Coverage"), score.coverage, texts.say("of the checklist looked at"));
        sheets.text_at(x, y + 40.0, 9.5, Style::Plain, SOFT, &text);
        sheets.y = y + 56.0;
        if !score.cap.is_empty() {
            let text = texts.say(if score.points < 60 {
                "an open critical finding keeps the score below 60"
            } else {
                "an open high finding keeps the score below 80"
            });
            sheets.paragraph(MARGIN, MEASURE, 9.0, Style::Plain, SOFT, &text);
            sheets.skip(6.0);
        }
    }
    tiles(sheets, report, texts);
    trend(sheets, how);
    sheets.heading(2, &texts.say("The worst"));
    if report.findings.is_empty() {
        sheets.paragraph(MARGIN, MEASURE, 10.0, Style::Plain, INK, &texts.say("No findings."));
    }
    for finding in worst(report) {
        bullet(sheets, severity_color(finding.severity), &plain(&finding.message));
    }
    if !report.plan.is_empty() {
        sheets.heading(2, &texts.say("What to do first"));
        for step in report.plan.iter().take(5) {
            let text = format!(
                "{} ({}; {} {})",
                plain(&step.title),
                texts.say(&effort(step.effort)),
                texts.say("Score after"),
                step.score_after
            );
            let accent = sheets.accent;
            bullet(sheets, accent, &text);
        }
    }
    let open: Vec<String> =
        report.checklist.iter().filter(|line| line.assessed < 100).map(|line| texts.say(&line.title)).collect();
    if is_of_a_deployment(report) {
        sheets.heading(2, &texts.say("What was not looked at"));
        let text = if open.is_empty() {
            texts.say("Everything that the checklist needs was looked at.")
        } else {
            open.join(" · ")
        };
        sheets.paragraph(MARGIN, MEASURE, 9.5, Style::Plain, INK, &text);
    }
}

/// Scores over time as columns, oldest first.
fn trend(sheets: &mut Sheets, how: &Presentation) {
    let mut entries: Vec<&crate::trend::Entry> = how.trend.iter().take(COLUMNS).collect();
    entries.reverse();
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
    if entries.len() < 2 {
        return;
    }
    sheets.heading(2, &how.texts.say("Score over time"));
    sheets.room(84.0);
    let (y, high, accent) = (sheets.y, 54.0, sheets.accent);
    let step = (MEASURE / entries.len() as f32).min(24.0);
    for (at, entry) in entries.iter().enumerate() {
        let column = high * entry.points.clamp(0, 100) as f32 / 100.0;
        let x = MARGIN + at as f32 * step;
        sheets.fill(x, y, step * 0.7, high, GROUND);
        sheets.fill(x, y + high - column, step * 0.7, column.max(1.0), accent);
    }
    let dates =
        format!("{} – {}: {} – {}", calendar::date(first.time), calendar::date(last.time), first.points, last.points);
    sheets.text_at(MARGIN, y + high + 12.0, 8.5, Style::Plain, SOFT, &dates);
    sheets.y = y + high + 20.0;
}

fn bullet(sheets: &mut Sheets, color: Color, text: &str) {
    sheets.room(16.0);
    let y = sheets.y;
    sheets.fill(MARGIN, y + 5.0, 6.0, 6.0, color);
    sheets.paragraph(MARGIN + 14.0, MEASURE - 14.0, 10.0, Style::Plain, INK, text);
    sheets.skip(2.0);
}

/// Small text below a line.
fn small(sheets: &mut Sheets, indent: f32, color: Color, text: &str) {
    sheets.paragraph(MARGIN + indent, MEASURE - indent, 8.5, Style::Plain, color, text);
}

fn checklist(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    sheets.turn();
    sheets.heading(1, &texts.say("Checklist"));
    for line in &report.checklist {
        sheets.room(46.0);
        let y = sheets.y;
        let answer = texts.say(line.answer.name());
        sheets.text_at(MARGIN, y + 11.0, 9.5, Style::Bold, answer_color(line.answer), &answer);
        let bar = MARGIN + 92.0;
        sheets.fill(bar, y + 4.0, 70.0, 8.0, LINE);
        let earned = 70.0 * f32::from(line.assessed) / 100.0 * f32::from(line.points) / 100.0;
        sheets.fill(bar, y + 4.0, earned, 8.0, answer_color(line.answer));
        let x = 176.0;
        sheets.paragraph(
            MARGIN + x,
            MEASURE - x,
            10.0,
            Style::Bold,
            INK,
            &format!("{}. {}", line.number, texts.say(&line.title)),
        );
        let remark = remark(report, line);
        if !remark.is_empty() {
            small(sheets, x, SOFT, &remark);
        }
        if !line.looked_at.is_empty() {
            small(sheets, x, SOFT, &format!("{}: {}", texts.say("Looked at"), line.looked_at.join("; ")));
        }
        if !line.missing.is_empty() {
            small(
                sheets,
                x,
                answer_color(Answer::NotAssessed),
                &format!("{}: {}", texts.say("Missing"), plain(&line.missing.join("; "))),
            );
        }
        sheets.skip(7.0);
    }
}

fn ways(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    sheets.heading(1, &texts.say("Ways in"));
    if report.paths.is_empty() {
        sheets.paragraph(
            MARGIN,
            MEASURE,
            10.0,
            Style::Plain,
            INK,
            &texts.say("No way in was found in what was looked at."),
        );
        return;
    }
    small(sheets, 0.0, SOFT, &texts.say("How somebody with little access gets far, in as few steps as there are."));
    sheets.skip(4.0);
    for path in &report.paths {
        let mut nodes = vec![texts.say(path.from.name())];
        nodes.extend(path.steps.iter().map(|step| texts.say(&step.to)));
        chain(sheets, &nodes);
        for step in &path.steps {
            let rule =
                report.findings.iter().find(|one| one.fingerprint == step.finding).map_or("", |one| one.rule.as_str());
            let rule = if rule.is_empty() { String::new() } else { format!(" ({rule})") };
            small(sheets, 12.0, SOFT, &format!("→ {}{rule}", plain(&step.action)));
        }
        sheets.skip(6.0);
    }
}

/// Boxes in a row with arrows between them.
fn chain(sheets: &mut Sheets, nodes: &[String]) {
    sheets.room(60.0);
    let mut x = MARGIN;
    for (at, node) in nodes.iter().enumerate() {
        let wide = width(node, 9.0, Style::Bold) + 14.0;
        if x + wide > WIDTH - MARGIN {
            x = MARGIN + 12.0;
            sheets.skip(24.0);
        }
        if at > 0 {
            let y = sheets.y;
            sheets.text_at(x, y + 13.0, 11.0, Style::Bold, severity_color(Severity::High), "→");
            x += 16.0;
        }
        let y = sheets.y;
        let (ground, ink) = if at == 0 { (sheets.accent, WHITE) } else { (LINE, INK) };
        sheets.fill(x, y, wide, 19.0, ground);
        sheets.text_at(x + 7.0, y + 13.0, 9.0, Style::Bold, ink, node);
        x += wide + 6.0;
    }
    sheets.skip(23.0);
}

fn plan(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    if report.plan.is_empty() {
        return;
    }
    sheets.heading(1, &texts.say("What to do first"));
    for (number, step) in report.plan.iter().enumerate() {
        sheets.room(44.0);
        sheets.paragraph(MARGIN, MEASURE, 11.0, Style::Bold, INK, &format!("{}. {}", number + 1, plain(&step.title)));
        let text = format!(
            "{} {} · {}: {} · {}: {}",
            texts.say("Risk"),
            step.risk,
            texts.say("Effort"),
            texts.say(&effort(step.effort)),
            texts.say("Score after"),
            step.score_after
        );
        small(sheets, 14.0, SOFT, &text);
        for command in &step.commands {
            sheets.paragraph(MARGIN + 14.0, MEASURE - 14.0, 8.0, Style::Mono, INK, command);
        }
        for line in &step.by_hand {
            small(sheets, 14.0, INK, &format!("– {}", plain(line)));
        }
        sheets.skip(7.0);
    }
}

fn findings(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    sheets.turn();
    sheets.heading(1, &texts.say("Findings"));
    if report.findings.is_empty() {
        sheets.paragraph(MARGIN, MEASURE, 10.0, Style::Plain, INK, &texts.say("No findings."));
    }
    for severity in Severity::ALL {
        let own: Vec<&Finding> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        if own.is_empty() {
            continue;
        }
        sheets.heading(2, &format!("{} ({})", texts.say(severity.as_str()), own.len()));
        for (at, finding) in own.iter().enumerate() {
            if at < IN_FULL {
                one(sheets, finding, texts);
            } else {
                small(
                    sheets,
                    0.0,
                    INK,
                    &format!("{} {}: {}", finding.rule, finding.location.path, plain(&finding.message)),
                );
            }
        }
    }
}

fn one(sheets: &mut Sheets, finding: &Finding, texts: &Texts) {
    sheets.room(70.0);
    let y = sheets.y;
    sheets.fill(MARGIN, y + 2.0, 3.0, 12.0, severity_color(finding.severity));
    sheets.paragraph(MARGIN + 10.0, MEASURE - 10.0, 10.5, Style::Bold, INK, &plain(&finding.message));
    let module = finding.module.as_ref().map_or_else(String::new, |module| format!(" · {module}"));
    let sure = format!("{} {}", texts.say("confidence"), texts.say(finding.confidence.as_str()));
    small(sheets, 10.0, SOFT, &format!("{} · CWE-{} · {sure}{module}", finding.rule, finding.cwe));
    let place = if crate::sites::is_url(&finding.location.path) || finding.query.is_some() {
        finding.location.path.clone()
    } else {
        format!("{}:{}", finding.location.path, finding.location.span.start.line)
    };
    small(sheets, 10.0, INK, &place);
    for line in finding.location.excerpt.lines.iter().take(SOURCE) {
        let cut: String = line.chars().take(300).collect();
        let shown = layout::lines(&cut, 7.5, Style::Mono, MEASURE - 18.0).into_iter().next().unwrap_or_default();
        sheets.room(11.0);
        let y = sheets.y;
        sheets.fill(MARGIN + 10.0, y, MEASURE - 10.0, 11.0, GROUND);
        sheets.text_at(MARGIN + 14.0, y + 8.0, 7.5, Style::Mono, INK, &shown);
        sheets.skip(11.0);
    }
    for related in finding.related.iter().take(6) {
        let text =
            format!("{} ({}:{})", plain(&related.message), related.location.path, related.location.span.start.line);
        small(sheets, 10.0, SOFT, &text);
    }
    if let Some(adjusted) = &finding.adjusted {
        let text = format!("{} {}: {}", texts.say("was"), texts.say(adjusted.from.as_str()), plain(&adjusted.because));
        small(sheets, 10.0, SOFT, &text);
    }
    small(sheets, 10.0, INK, &format!("{}: {}", texts.say("Why"), plain(&finding.why)));
    small(sheets, 10.0, INK, &format!("{}: {}", texts.say("Fix"), plain(&finding.help)));
    if crate::sites::is_url(&finding.location.path) {
        sheets.link(MARGIN + 10.0, MEASURE - 10.0, &finding.location.path);
    }
    sheets.skip(9.0);
}

fn accepted(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    if report.suppressed.is_empty() {
        return;
    }
    sheets.heading(1, &texts.say("Accepted"));
    for one in &report.suppressed {
        let who = match &one.suppressed_by {
            SuppressedBy::Accepted { who, until } => format!(" ({who}, {} {until})", texts.say("until")),
            _ => String::new(),
        };
        small(sheets, 0.0, INK, &format!("{} {}: {}{who}", one.finding.rule, one.finding.location.path, one.reason));
        sheets.skip(2.0);
    }
}

fn not_assessed(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    if report.not_assessed.is_empty() {
        return;
    }
    sheets.heading(1, &texts.say("Not assessed"));
    for note in &report.not_assessed {
        small(sheets, 0.0, INK, &format!("{}: {}", note.path, plain(&note.reason)));
        sheets.skip(2.0);
    }
}

fn controls(sheets: &mut Sheets, report: &AuditReport, texts: &Texts) {
    if report.controls.is_empty() || !is_of_a_deployment(report) {
        return;
    }
    sheets.heading(1, &texts.say("Frameworks"));
    let note =
        "What was looked at supports these controls, or speaks against them. It does not say that anybody complies.";
    small(sheets, 0.0, SOFT, &texts.say(note));
    let mut last = "";
    for one in &report.controls {
        if one.framework != last {
            sheets.heading(2, &one.framework);
            last = &one.framework;
        }
        sheets.room(15.0);
        let y = sheets.y;
        sheets.text_at(MARGIN, y + 9.5, 8.5, Style::Bold, INK, &one.id);
        let word = match one.answer {
            Answer::Pass => "supported",
            Answer::Fail => "contradicted",
            Answer::NotAssessed => "not assessed",
        };
        let word = texts.say(word);
        let right = WIDTH - MARGIN - width(&word, 8.5, Style::Bold);
        sheets.text_at(right, y + 9.5, 8.5, Style::Bold, answer_color(one.answer), &word);
        sheets.paragraph(MARGIN + 64.0, MEASURE - 170.0, 8.5, Style::Plain, INK, &one.title);
        sheets.skip(2.0);
    }
}
