//! `castellan rules new`, `test`, `lint` and `paths`: rules of one's own.

use std::path::PathBuf;
use std::process::ExitCode;

use castellan_audit::{kinds, load_own_rules, test_rule};

use super::{note, print};
use crate::exit::{self, Failure};
use crate::options::OwnRules;

/// The file that `castellan rules new` writes.
const TEMPLATE: &str = include_str!("own_rule.yaml");

pub fn run(command: &OwnRules) -> Result<ExitCode, Failure> {
    match command {
        OwnRules::New { id, folder } => new(id, folder),
        OwnRules::Lint { paths } => {
            let rules = load(paths)?;
            print(&format!("{} rules are in order\n", rules.len()));
            Ok(ExitCode::from(exit::CLEAN))
        }
        OwnRules::Test { paths } => {
            let rules = load(paths)?;
            let mut failed = 0;
            let mut tests = 0;
            for rule in &rules {
                match test_rule(rule) {
                    Ok(count) => tests += count,
                    Err(wrong) => {
                        failed += 1;
                        for reason in wrong {
                            print(&format!("{} ({}): {reason}\n", rule.id, rule.file));
                        }
                    }
                }
            }
            if failed > 0 {
                return Err(Failure::own(format!("{failed} of {} rules fail their tests", rules.len())));
            }
            print(&format!("{} rules, {tests} tests, all as they should be\n", rules.len()));
            Ok(ExitCode::from(exit::CLEAN))
        }
        OwnRules::Paths => {
            let mut out = String::new();
            for path in kinds().paths() {
                out.push_str(&path);
                out.push('\n');
            }
            print(&out);
            Ok(ExitCode::from(exit::CLEAN))
        }
    }
}

fn load(paths: &[PathBuf]) -> Result<Vec<castellan_custom::CustomRule>, Failure> {
    load_own_rules(paths).map_err(|wrong| Failure::usage(wrong.join("\n           ")))
}

fn new(id: &str, folder: &std::path::Path) -> Result<ExitCode, Failure> {
    let name = id.strip_prefix("own-").unwrap_or(id);
    let fits = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    if name.is_empty() || !name.chars().all(fits) {
        return Err(Failure::usage(format!("`{id}`: lower-case words with hyphens, such as `unused-accounts`")));
    }
    let file = folder.join(format!("{name}.yaml"));
    if file.exists() {
        return Err(Failure::usage(format!("`{}` is there already", file.display())));
    }
    let fail =
        |error: std::io::Error| Failure::own(format!("`{}` cannot be written: {}", file.display(), error.kind()));
    std::fs::create_dir_all(folder).map_err(fail)?;
    std::fs::write(&file, TEMPLATE.replace("own-NAME", &format!("own-{name}"))).map_err(fail)?;
    note(&format!(
        "wrote {}; `castellan rules test {}` runs its tests, `castellan scan --own-rules {}` uses it",
        file.display(),
        folder.display(),
        folder.display()
    ));
    Ok(ExitCode::from(exit::CLEAN))
}
