//! systemd units with their drop-ins.

use crate::host::survey::Survey;
use crate::read::systemd::{self, Assignment};
use crate::source::{FileId, Site};

/// A service unit.
#[derive(Debug)]
pub struct Unit {
    /// Name: `odoo.service`.
    pub name: String,
    /// The main file.
    pub file: FileId,
    /// Its path.
    pub path: String,
    /// Assignments of the file and its drop-ins, in the order in which they count.
    pub assignments: Vec<Assignment>,
}

impl Unit {
    /// The value that counts: the last one.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&Assignment> {
        self.assignments
            .iter()
            .rfind(|one| one.section == section && one.key.text.eq_ignore_ascii_case(key))
            .filter(|one| !one.value.text.is_empty())
    }

    /// All values of a list; an empty one takes back what stands before it.
    #[must_use]
    pub fn all(&self, section: &str, key: &str) -> Vec<&Assignment> {
        let mut found: Vec<&Assignment> = Vec::new();
        for one in self.assignments.iter().filter(|one| one.section == section && one.key.text.eq_ignore_ascii_case(key)) {
            if one.value.text.is_empty() {
                found.clear();
            } else {
                found.push(one);
            }
        }
        found
    }

    /// A truth value of `[Service]`.
    #[must_use]
    pub fn truth(&self, key: &str) -> Option<bool> {
        self.get("Service", key).and_then(|one| systemd::boolean(&one.value.text))
    }

    /// Text of `[Service]`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get("Service", key).map(|one| one.value.text.as_str())
    }

    /// The command that it starts, with its place.
    #[must_use]
    pub fn command(&self) -> Option<(Vec<String>, Site)> {
        let start = self.all("Service", "ExecStart").into_iter().next()?;
        let text = start.value.text.trim_start_matches(['-', '@', '+', '!', ':', '|']);
        Some((systemd::split(text), start.value.site))
    }

    /// The place that stands for the unit.
    #[must_use]
    pub fn place(&self) -> Site {
        self.command().map_or(Site::new(self.file, 0, 0), |(_, site)| site)
    }
}

/// Reads a unit with its drop-ins.
pub(super) fn load(survey: &mut Survey<'_>, path: &str) -> Option<Unit> {
    let file = survey.open(path)?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let (mut assignments, problems) = systemd::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    let mut drop_ins: Vec<String> = ["/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/system", "/etc/systemd/system"]
        .iter()
        .flat_map(|folder| survey.glob(&format!("{folder}/{name}.d/*.conf")))
        .collect();
    // Sorted by file name over all folders; one in /etc hides one of the same name elsewhere.
    drop_ins.sort_by_key(|path| path.rsplit('/').next().unwrap_or("").to_owned());
    drop_ins.dedup_by(|later, earlier| {
        let same = later.rsplit('/').next() == earlier.rsplit('/').next();
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    for path in drop_ins {
        let Some(id) = survey.open(&path) else { continue };
        let (more, problems) = systemd::parse(id, survey.text(id));
        for problem in problems {
            survey.problem(id, &problem);
        }
        assignments.extend(more);
    }
    Some(Unit { name, file, path: path.to_owned(), assignments })
}
