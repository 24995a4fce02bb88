//! crontabs: a schedule, in system files a user, and a command.

use crate::source::{FileId, Site, Word};

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// `30 2 * * *` or `@daily`.
    pub schedule: String,
    /// The user of a system crontab.
    pub user: Option<Word>,
    /// The command.
    pub command: Word,
}

/// Reads a crontab. System crontabs (`/etc/crontab`, `/etc/cron.d`) name a user.
#[must_use]
pub fn parse(file: FileId, text: &str, has_user: bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end();
        let mut rest = line.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            continue;
        }
        let fields = if rest.starts_with('@') { 1 } else { 5 };
        let looks_like_schedule =
            rest.starts_with('@') || rest.starts_with(|char: char| char.is_ascii_digit() || char == '*');
        if !looks_like_schedule {
            continue;
        }
        let mut schedule = Vec::new();
        for _ in 0..fields {
            let (field, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            schedule.push(field);
            rest = after.trim_start();
        }
        let word = |rest: &mut &str, whole: bool| {
            let (text, after) =
                if whole { (*rest, "") } else { rest.split_once(char::is_whitespace).unwrap_or((rest, "")) };
            let from = start + line.len() - rest.len();
            *rest = after.trim_start();
            Word { text: text.to_owned(), site: Site::new(file, from, from + text.len()) }
        };
        let user = has_user.then(|| word(&mut rest, false));
        let command = word(&mut rest, true);
        if !command.text.is_empty() {
            jobs.push(Job { schedule: schedule.join(" "), user, command });
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_with_and_without_user() {
        let text = "MAILTO=x\n# c\n30 2 * * * root /usr/local/bin/backup.sh > /dev/null\n@daily odoo pg_dump x\n";
        let jobs = parse(FileId(0), text, true);
        assert_eq!(jobs.len(), 2);
        assert_eq!(jobs[0].user.as_ref().unwrap().text, "root");
        assert_eq!(jobs[1].command.text, "pg_dump x");
        assert_eq!(text.get(jobs[1].command.site.range.as_usize()), Some("pg_dump x"));
        assert_eq!(parse(FileId(0), "*/5 * * * * /x y\n", false)[0].command.text, "/x y");
        assert!(parse(FileId(0), "5 4", false).is_empty());
    }
}
