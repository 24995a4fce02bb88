//! Charts as SVG: drawn here, without script; each with a title, and beside a table or list that says the same.

use castellan_model::{Answer, AttackPath, AuditReport};
use maud::{Markup, html};

use crate::texts::Texts;
use crate::trend::Entry;

/// The score as a ring.
#[must_use]
pub fn ring(report: &AuditReport, texts: &Texts) -> Markup {
    let score = &report.score;
    let around = 2.0 * std::f64::consts::PI * 52.0;
    let filled = around * f64::from(score.points) / 100.0;
    let title = format!(
        "{} {} {}, {} {}",
        texts.say("Score"),
        score.points,
        texts.say("of 100"),
        texts.say("Grade"),
        score.grade
    );
    html! {
        svg.ring viewBox="0 0 128 128" width="128" height="128" role="img" aria-label=(title) {
            circle.track cx="64" cy="64" r="52" {}
            @if score.points > 0 { circle.arc cx="64" cy="64" r="52" stroke-dasharray=(format!("{filled:.1} {around:.1}")) transform="rotate(-90 64 64)" {} }
            text x="64" y="66" text-anchor="middle" class="big" { (score.points) }
            text x="64" y="88" text-anchor="middle" class="small" { (texts.say("Grade")) " " (score.grade) }
        }
    }
}

/// Points of every line as bars; what was not looked at is hatched.
pub(super) fn lines(report: &AuditReport, texts: &Texts) -> Markup {
    let row = 26;
    let height = row * report.checklist.len() + 4;
    html! {
        svg.bars viewBox=(format!("0 0 640 {height}")) role="img" aria-label=(texts.say("Score by line of the checklist")) {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    line.hatch x1="0" y1="0" x2="0" y2="6" {}
                }
            }
            @for (at, line) in report.checklist.iter().enumerate() {
                @let y = at * row + 4;
                @let assessed = usize::from(line.assessed) * 280 / 100;
                @let earned = assessed * usize::from(line.points) / 100;
                text x="0" y=(y + 14) class="small" { (line.number) ". " (short(&texts.say(&line.title), 46)) }
                rect x="330" y=(y) width="280" height="16" fill="url(#hatch)" class="frame" {}
                @if assessed > 0 { rect.track x="330" y=(y) width=(assessed) height="16" {} }
                @if earned > 0 { rect class=(class(line.answer)) x="330" y=(y) width=(earned) height="16" {} }
                text x="638" y=(y + 13) text-anchor="end" class="small" { @if line.assessed > 0 { (line.points) } @else { "–" } }
            }
        }
    }
}

const fn class(answer: Answer) -> &'static str {
    match answer {
        Answer::Pass => "good",
        Answer::Fail => "bad",
        Answer::NotAssessed => "part",
    }
}

/// Cuts at a word.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before))
}

/// Scores over time as a line; nothing for fewer than two.
#[must_use]
pub fn trend(entries: &[Entry], texts: &Texts) -> Markup {
    let mut points: Vec<&Entry> = entries.iter().collect();
    points.sort_by_key(|entry| (entry.time, entry.id));
    let (first, last) = (points.first().map_or(0, |one| one.time), points.last().map_or(0, |one| one.time));
    let span = (last - first).max(1);
    let at = |entry: &Entry| {
        let x = 40.0 + (entry.time - first) as f64 / span as f64 * 580.0;
        let y = 110.0 - entry.points.clamp(0, 100) as f64;
        (x, y)
    };
    let path: Vec<String> = points
        .iter()
        .enumerate()
        .map(|(number, entry)| {
            let (x, y) = at(entry);
            format!("{}{x:.1} {y:.1}", if number == 0 { 'M' } else { 'L' })
        })
        .collect();
    html! {
        @if points.len() > 1 {
            figure tabindex="0" {
                figcaption { (texts.say("Score over time")) }
                svg.trend viewBox="0 0 640 140" role="img" aria-label=(texts.say("Score over time")) {
                    @for level in [0, 60, 80, 100] {
                        @let y = 110 - level;
                        line.grid x1="40" x2="620" y1=(y) y2=(y) {}
                        text x="34" y=(y + 4) text-anchor="end" class="small" { (level) }
                    }
                    path.line d=(path.join(" ")) {}
                    @for entry in &points {
                        @let (x, y) = at(entry);
                        circle.dot cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="3.5" {
                            title { (castellan_model::calendar::date(entry.time)) ": " (entry.points) }
                        }
                    }
                    text x="40" y="134" class="small" { (castellan_model::calendar::date(first)) }
                    text x="620" y="134" text-anchor="end" class="small" { (castellan_model::calendar::date(last)) }
                }
            }
        }
    }
}

const WIDE: usize = 168;
const HIGH: usize = 46;

/// The edges of the paths, each once: from, to, what is done, the finding.
#[must_use]
pub fn edges(paths: &[AttackPath]) -> Vec<(&str, &str, &str, &str)> {
    let mut out: Vec<(&str, &str, &str, &str)> = Vec::new();
    for step in paths.iter().flat_map(|path| &path.steps) {
        let edge = (step.from.as_str(), step.to.as_str(), step.action.as_str(), step.finding.as_str());
        if !out.iter().any(|known| known.0 == edge.0 && known.1 == edge.1) {
            out.push(edge);
        }
    }
    out
}

/// Who can get where, as a graph: columns by the number of steps.
#[must_use]
pub fn ways(paths: &[AttackPath], texts: &Texts) -> Markup {
    let edges = edges(paths);
    let mut depth: Vec<(&str, usize)> = Vec::new();
    for path in paths {
        for (at, step) in path.steps.iter().enumerate() {
            for (name, level) in [(step.from.as_str(), at), (step.to.as_str(), at + 1)] {
                match depth.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, known)) => *known = (*known).min(level),
                    None => depth.push((name, level)),
                }
            }
        }
    }
    let columns = depth.iter().map(|(_, level)| level + 1).max().unwrap_or(1);
    let place = |name: &str| {
        let level = depth.iter().find(|(known, _)| *known == name).map_or(0, |(_, level)| *level);
        let before = depth.iter().filter(|(_, other)| *other == level);
        let row = before.map(|(known, _)| *known).position(|known| known == name).unwrap_or(0);
        (level * (WIDE + 72) + 4, row * (HIGH + 30) + 16)
    };
    let rows = (0..columns).map(|level| depth.iter().filter(|(_, other)| *other == level).count()).max().unwrap_or(1);
    let (width, height) = (columns * (WIDE + 72) - 60, rows * (HIGH + 30) + 20);
    html! {
        svg.graph viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(texts.say("Ways in")) {
            defs {
                marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
                    path.arrow d="M0 0L8 4L0 8z" {}
                }
            }
            @for (number, (from, to, ..)) in edges.iter().enumerate() {
                @let (from_x, from_y) = place(from);
                @let (to_x, to_y) = place(to);
                @let backwards = to_x <= from_x;
                @let (x1, y1) = (if backwards { from_x + WIDE / 2 } else { from_x + WIDE }, if backwards { from_y + HIGH } else { from_y + HIGH / 2 });
                @let (x2, y2) = (if backwards { to_x + WIDE / 2 } else { to_x }, if backwards { to_y } else { to_y + HIGH / 2 });
                @let middle = (x1 + x2) / 2;
                path.edge d=(format!("M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}")) marker-end="url(#arrow)" {}
                circle.number cx=(middle) cy=((y1 + y2) / 2) r="10" {}
                text x=(middle) y=((y1 + y2) / 2 + 4) text-anchor="middle" class="count" { (number + 1) }
            }
            @for (name, level) in &depth {
                @let (x, y) = place(name);
                rect x=(x) y=(y) width=(WIDE) height=(HIGH) rx="6" class=(if *level == 0 { "node start" } else { "node" }) {}
                @let said = texts.say(name);
                @let lines = fold(&said, 22);
                @for (at, line) in lines.iter().enumerate() {
                    text x=(x + WIDE / 2) y=(y + HIGH / 2 + 5 + at * 16 - (lines.len() - 1) * 8) text-anchor="middle" { (line) }
                }
            }
        }
    }
}

/// At most two lines.
fn fold(text: &str, most: usize) -> Vec<String> {
    if text.chars().count() <= most {
        return vec![text.to_owned()];
    }
    let mut first = String::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next_if(|word| first.chars().count() + word.chars().count() < most) {
        if !first.is_empty() {
            first.push(' ');
        }
        first.push_str(word);
    }
    let rest: Vec<&str> = words.collect();
    vec![first, short(&rest.join(" "), most)]
}
