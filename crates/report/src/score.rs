//! The checklist and the score for people at a terminal.

use anstyle::{AnsiColor, Style};
use castellan_model::{Answer, AuditReport, ChecklistLine, GRADES, Severity};

use crate::terminal::{Look, paint, wrap};

/// A report of a host, of several kinds of sources, or of a deployment with a name shows the checklist; a scan of code alone does not.
pub(crate) fn is_of_a_deployment(report: &AuditReport) -> bool {
    let kinds = [
        !report.modules.is_empty(),
        !report.sources.is_empty(),
        !report.sites.is_empty(),
        !report.instances.is_empty(),
    ];
    // The third line is about the host itself.
    let whole_host = report.checklist.iter().any(|line| line.number == 3 && line.assessed > 0);
    let several = kinds.iter().filter(|there| **there).count() >= 2;
    !report.checklist.is_empty() && (report.deployment.is_some() || whole_host || several)
}

/// The score in one line.
pub(crate) fn headline(report: &AuditReport) -> String {
    let score = &report.score;
    let cap = if score.cap.is_empty() {
        String::new()
    } else {
        format!("; {} without the cap: {}", score.uncapped, score.cap)
    };
    format!("score {} of 100 ({}), {} % of the checklist looked at{cap}", score.points, score.grade, score.coverage)
}

const fn color(answer: Answer) -> Style {
    let color = match answer {
        Answer::Pass => AnsiColor::Green,
        Answer::Fail => AnsiColor::Red,
        Answer::NotAssessed => AnsiColor::Yellow,
    };
    Style::new().fg_color(Some(anstyle::Color::Ansi(color))).bold()
}

/// What a line says beside its answer.
pub(crate) fn remark(report: &AuditReport, line: &ChecklistLine) -> String {
    let mut parts = Vec::new();
    let under = |severity: Severity| {
        let of = |print: &&String| {
            report.findings.iter().any(|finding| finding.fingerprint == **print && finding.severity == severity)
        };
        line.findings.iter().filter(of).count()
    };
    for severity in Severity::ALL {
        let count = under(severity);
        if count > 0 {
            parts.push(format!("{count} {severity}"));
        }
    }
    if line.accepted > 0 {
        parts.push(format!("{} accepted", line.accepted));
    }
    if line.assessed < 100 && line.answer == Answer::Fail {
        parts.push(format!("{} % looked at", line.assessed));
    }
    parts.join(", ")
}

/// The checklist.
pub(crate) fn checklist(out: &mut String, report: &AuditReport, look: Look) {
    out.push_str(&paint(look, Style::new().bold(), &headline(report)));
    out.push('\n');
    for line in &report.checklist {
        let answer = paint(look, color(line.answer), &format!("{:<12}", line.answer.name()));
        let remark = remark(report, line);
        let text = if remark.is_empty() { line.title.clone() } else { format!("{}: {remark}", line.title) };
        let wrapped = wrap(&text, "                  ", "                    ", look.width);
        out.push_str(&format!("{:>3}  {answer} {}", line.number, wrapped.trim_start()));
        if line.answer == Answer::NotAssessed {
            for missing in line.missing.iter().take(2) {
                out.push_str(&wrap(missing, "                  ? ", "                    ", look.width));
            }
            if line.missing.len() > 2 {
                out.push_str(&format!("                  ? and {} more\n", line.missing.len() - 2));
            }
        }
    }
    if let Some(path) = report.paths.first() {
        let steps: Vec<&str> = path.steps.iter().map(|step| step.action.as_str()).collect();
        let steps = steps.join(", then ");
        let many =
            if report.paths.len() > 1 { format!(" ({} more ways)", report.paths.len() - 1) } else { String::new() };
        let word = if path.from == castellan_model::Reach::Anonymous || path.from == castellan_model::Reach::Internal {
            "an"
        } else {
            "a"
        };
        let text = format!("{word} {} reaches {}: {steps}{many}", path.from.name(), path.goal);
        out.push_str(&wrap(&text, "way in: ", "        ", look.width));
    }
    out.push('\n');
}

/// `castellan score`.
#[must_use]
pub fn terminal(report: &AuditReport, explain: bool, look: Look) -> String {
    let mut out = String::new();
    let name = report.deployment.as_ref().map_or_else(|| report.targets.join(", "), |one| one.name.clone());
    let day = castellan_model::calendar::moment(report.time);
    out.push_str(&wrap(&format!("{name}, {day}"), "", "  ", look.width));
    if report.checklist.is_empty() {
        out.push_str("this audit has no score: only some rules ran\n");
        return out;
    }
    checklist(&mut out, report, look);
    if !explain {
        out.push_str("`--explain` shows the arithmetic\n");
        return out;
    }
    arithmetic(&mut out, report, look);
    out
}

/// Controls of frameworks, as `castellan score --frameworks` lists them.
#[must_use]
pub fn frameworks(report: &AuditReport, look: Look) -> String {
    let intro =
        "what was looked at supports a control, or speaks against it; whether anybody complies is for people to say";
    let mut out = wrap(intro, "", "", look.width);
    let mut last = "";
    for one in &report.controls {
        if one.framework != last {
            out.push('\n');
            out.push_str(&paint(look, Style::new().bold(), &one.framework));
            out.push('\n');
            last = &one.framework;
        }
        let word = match one.answer {
            Answer::Pass => "supported",
            Answer::Fail => "contradicted",
            Answer::NotAssessed => "not assessed",
        };
        let word = paint(look, color(one.answer), &format!("{word:<12}"));
        let many = if one.findings.is_empty() { String::new() } else { format!(" ({})", one.findings.len()) };
        let text = wrap(
            &format!("{}{many}", one.title),
            "                          ",
            "                          ",
            look.width,
        );
        out.push_str(&format!("  {:<9} {word}  {}", one.id, text.trim_start()));
    }
    out
}

fn arithmetic(out: &mut String, report: &AuditReport, look: Look) {
    let score = &report.score;
    for line in &score.lines {
        let title = report.checklist.iter().find(|one| one.number == line.number).map_or("", |one| one.title.as_str());
        let points = f64::from(line.hundredths) / 100.0;
        out.push_str(&wrap(&format!("{}. {title}", line.number), "", "   ", look.width));
        out.push_str(&format!(
            "   weight {} x {} % looked at x {} of 100 points = {points:.2}\n",
            line.weight, line.assessed, line.points
        ));
        for one in &line.deductions {
            let taken = f64::from(one.tenths) / 10.0;
            let many = if one.findings > 1 { format!(", {} findings", one.findings) } else { String::new() };
            let text = format!("-{taken:.1} {} ({}{many})", one.rule, one.severity);
            out.push_str(&wrap(&text, "     ", "       ", look.width));
        }
    }
    let sum: u32 = score.lines.iter().map(|line| line.hundredths).sum();
    out.push_str(&format!("sum {:.2}, rounded down {}", f64::from(sum) / 100.0, score.uncapped));
    if !score.cap.is_empty() {
        out.push_str(&format!("; capped at {}, because {}", score.points, score.cap));
    }
    out.push('\n');
    let grades: Vec<String> = GRADES.iter().map(|(least, letter)| format!("{letter} from {least}")).collect();
    let text = format!(
        "{}. The worst finding of a rule takes 60 (critical), 30 (high), 10 (medium) or 2 (low) points of its line, less when it is not sure; every \
         further finding of the rule a tenth of that, up to ten. An open critical finding keeps the score below 60, a high one below 80. What was not \
         looked at earns nothing.",
        grades.join(", ")
    );
    out.push_str(&wrap(&text, "", "", look.width));
}
