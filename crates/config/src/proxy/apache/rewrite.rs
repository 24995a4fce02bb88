//! `RewriteRule` of a virtual host. Source: Apache HTTP Server documentation, mod_rewrite.

use super::expression::Context;
use super::{Apache, compile, fill, groups};
use crate::proxy::{Answer, Outcome, Request};
use crate::read::Directive;

impl Apache {
    /// Runs the rules. `true` when they decided; otherwise the path and the query may be others now.
    pub(super) fn rewrite(
        &self,
        host: &Directive,
        request: &mut Request,
        path: &mut String,
        environment: &[(String, String)],
        answer: &mut Answer,
    ) -> bool {
        let on = host
            .named("rewriteengine")
            .last()
            .is_some_and(|directive| directive.argument(0).eq_ignore_ascii_case("on"));
        if !on {
            return false;
        }
        let mut environment = environment.to_vec();
        let mut conditions: Vec<&Directive> = Vec::new();
        // Rules that a flag leaves out: the rest of a chain, or a number of them.
        let mut chain_broken = false;
        let mut skip = 0_usize;
        let mut changed = false;
        for directive in host.children() {
            if directive.name.text == "rewritecond" {
                conditions.push(directive);
                continue;
            }
            if directive.name.text != "rewriterule" {
                continue;
            }
            let own = std::mem::take(&mut conditions);
            let flags = Flags::new(directive.argument(2));
            if chain_broken || skip > 0 {
                skip = skip.saturating_sub(1);
                chain_broken &= flags.has(&["c", "chain"]);
                continue;
            }
            let (pattern, negated) =
                directive.argument(0).strip_prefix('!').map_or((directive.argument(0), false), |rest| (rest, true));
            let Some(pattern) = compile(pattern, flags.has(&["nc", "nocase"])) else { continue };
            let found = pattern.captures(path);
            let context = Context { request, path, environment: &environment };
            let held = if found.is_some() == negated { Some(None) } else { conditions_hold(&own, &context) };
            let decides = flags.has(&["f", "forbidden", "g", "gone", "r", "redirect", "p", "proxy"]);
            let condition_groups = match held {
                None if decides => {
                    answer.step(Some(directive.site), directive.text());
                    answer.outcome = Outcome::Unknown { reason: format!("whether `{}` applies", directive.text()) };
                    return true;
                }
                None | Some(None) => {
                    chain_broken = flags.has(&["c", "chain"]);
                    continue;
                }
                Some(Some(groups)) => groups,
            };
            let template = fill(directive.argument(1), '$', &found.map(|found| groups(&found)).unwrap_or_default());
            let template = fill(&template, '%', &condition_groups);
            let target = context.interpolate(&template).unwrap_or(template);
            for (name, value) in flags.environment() {
                environment.push((name, value));
            }
            answer.step(Some(directive.site), directive.text());
            if flags.has(&["f", "forbidden"]) {
                answer.respond(403);
                return true;
            }
            if flags.has(&["g", "gone"]) {
                answer.respond(410);
                return true;
            }
            let query = request.target.split_once('?').map(|(_, query)| query.to_owned());
            let (target, query) = match target.split_once('?') {
                Some((target, new)) => {
                    let added = query.filter(|_| flags.has(&["qsa", "qsappend"]));
                    let all: Vec<String> =
                        [Some(new.to_owned()), added].into_iter().flatten().filter(|one| !one.is_empty()).collect();
                    (target.to_owned(), Some(all.join("&")).filter(|all| !all.is_empty()))
                }
                None => (target, query.filter(|_| !flags.has(&["qsd", "qsdiscard"]))),
            };
            let with_query = query.as_ref().map_or_else(|| target.clone(), |query| format!("{target}?{query}"));
            if let Some(redirect) = flags.value(&["r", "redirect"]) {
                let status = match redirect {
                    "permanent" => 301,
                    "seeother" => 303,
                    other => other.parse().unwrap_or(302),
                };
                let redirects = (300..400).contains(&status);
                answer.outcome = Outcome::Respond { status, location: redirects.then_some(with_query) };
                return true;
            }
            let absolute = ["http://", "https://", "ws://", "wss://", "balancer://"]
                .iter()
                .any(|scheme| target.starts_with(scheme));
            if flags.has(&["p", "proxy"]) {
                request.target = query.map_or_else(|| path.clone(), |query| format!("{path}?{query}"));
                self.proxied(&target, directive, path, request, answer);
                return true;
            }
            if absolute {
                answer.outcome = Outcome::Respond { status: 302, location: Some(with_query) };
                return true;
            }
            if target != "-" {
                changed = true;
                request.target = query.map_or_else(|| target.clone(), |query| format!("{target}?{query}"));
                path.clone_from(&target);
                if flags.has(&["pt", "passthrough"]) {
                    return false;
                }
            }
            if flags.has(&["l", "last", "end"]) {
                break;
            }
            skip = flags.value(&["s", "skip"]).and_then(|count| count.parse().ok()).unwrap_or(0);
        }
        if changed {
            // Without [PT] the new path names a file, and no `ProxyPass` is asked.
            let root = host.named("documentroot").last().map_or("/var/www/html", |directive| directive.argument(0));
            answer.outcome = Outcome::File { path: format!("{root}{path}") };
        }
        changed
    }
}

/// `[R=301,L]`, lower-cased names.
struct Flags(Vec<(String, String)>);

impl Flags {
    fn new(text: &str) -> Self {
        let flags = text.trim_matches(['[', ']']).split(',').map(|flag| {
            let (name, value) = flag.trim().split_once('=').unwrap_or((flag.trim(), ""));
            (name.to_lowercase(), value.to_owned())
        });
        Self(flags.collect())
    }

    fn has(&self, names: &[&str]) -> bool {
        self.value(names).is_some()
    }

    fn value(&self, names: &[&str]) -> Option<&str> {
        self.0.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.as_str())
    }

    /// `E=NAME:VALUE`.
    fn environment(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().filter(|(name, _)| matches!(name.as_str(), "e" | "env")).map(|(_, value)| {
            let (name, value) = value.split_once(':').unwrap_or((value, "1"));
            (name.to_owned(), value.to_owned())
        })
    }
}

/// All must hold; neighbours joined by `[OR]` are alternatives. `None` when it cannot be told, `Some(None)` when they do not
/// hold, otherwise the groups of the last pattern that matched.
fn conditions_hold(conditions: &[&Directive], context: &Context) -> Option<Option<Vec<String>>> {
    let mut taken = Vec::new();
    let mut unknown = false;
    let mut alternatives = Some(false);
    for condition in conditions {
        let flags = Flags::new(condition.argument(2));
        let one = holds(condition, &flags, &mut taken, context);
        alternatives = match (alternatives, one) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        };
        if flags.has(&["or", "ornext"]) {
            continue;
        }
        match alternatives {
            Some(false) => return Some(None),
            Some(true) => {}
            None => unknown = true,
        }
        alternatives = Some(false);
    }
    if unknown { None } else { Some(Some(taken)) }
}

fn holds(condition: &Directive, flags: &Flags, taken: &mut Vec<String>, context: &Context) -> Option<bool> {
    let subject = condition.argument(0);
    let (test, negated) =
        condition.argument(1).strip_prefix('!').map_or((condition.argument(1), false), |rest| (rest, true));
    if subject.eq_ignore_ascii_case("expr") {
        return context.holds(test).map(|value| value != negated);
    }
    let value = context.interpolate(&fill(subject, '%', taken))?;
    let ignore_case = flags.has(&["nc", "nocase"]);
    let number = |text: &str| text.trim().parse::<i64>().ok();
    let matched = if let Some(text) = test.strip_prefix('=') {
        let text = text.trim_matches('"');
        if ignore_case { value.eq_ignore_ascii_case(text) } else { value == text }
    } else if let Some((operator, right)) = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]
        .iter()
        .find_map(|operator| Some((*operator, number(test.strip_prefix(operator)?)?)))
    {
        let left = number(&value).unwrap_or(0);
        match operator {
            "-eq" => left == right,
            "-ne" => left != right,
            "-lt" => left < right,
            "-le" => left <= right,
            "-gt" => left > right,
            _ => left >= right,
        }
    } else if matches!(test, "-f" | "-d" | "-F" | "-l" | "-s" | "-x" | "-U") {
        // No file of the proxy has the name of a page of Odoo.
        false
    } else if test.starts_with(['<', '>']) {
        return None;
    } else {
        match compile(test, ignore_case)?.captures(&value) {
            Some(found) => {
                *taken = groups(&found);
                true
            }
            None => false,
        }
    };
    Some(matched != negated)
}
