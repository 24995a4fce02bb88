//! Audits over time.

use anstyle::Style;
use castellan_model::calendar;

use crate::terminal::{Look, paint, wrap};

/// One audit of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// Name of the deployment.
    pub deployment: String,
    /// When, seconds since 1970.
    pub time: i64,
    /// Score.
    pub points: i64,
    /// Its letter.
    pub grade: String,
    /// Share of the checklist that was looked at, in percent.
    pub coverage: i64,
    /// Open findings, worst first.
    pub open: [i64; 5],
    /// Accepted findings.
    pub accepted: i64,
}

/// Heights of a line of blocks.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Scores, oldest first, as blocks.
#[must_use]
pub fn blocks(points: &[i64]) -> String {
    points.iter().map(|points| BLOCKS[usize::try_from(points.clamp(&0, &100) * 7 / 100).unwrap_or(0)]).collect()
}

/// Audits, newest first, by deployment.
#[must_use]
pub fn terminal(entries: &[Entry], look: Look) -> String {
    let mut out = String::new();
    let mut names: Vec<&str> = Vec::new();
    for entry in entries {
        if !names.contains(&entry.deployment.as_str()) {
            names.push(&entry.deployment);
        }
    }
    for name in names {
        let own: Vec<&Entry> = entries.iter().filter(|entry| entry.deployment == name).collect();
        let mut points: Vec<i64> = own.iter().map(|entry| entry.points).collect();
        points.reverse();
        let line = if points.len() > 1 { format!("  {}", blocks(&points)) } else { String::new() };
        out.push_str(&paint(
            look,
            Style::new().bold(),
            wrap(&format!("{name}{line}"), "", "  ", look.width).trim_end(),
        ));
        out.push_str("\n    id  when                  score   seen  critical  high  medium  low\n");
        for entry in own {
            let [critical, high, medium, low, _] = entry.open;
            out.push_str(&format!(
                "{:>6}  {}  {:>3} {}  {:>4} %  {critical:>8}  {high:>4}  {medium:>6}  {low:>3}\n",
                entry.id,
                calendar::moment(entry.time),
                entry.points,
                entry.grade,
                entry.coverage
            ));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_become_blocks() {
        assert_eq!(blocks(&[0, 50, 100, 200, -3]), "▁▄██▁");
    }
}
