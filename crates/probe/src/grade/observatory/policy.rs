//! The Observatory's own reading of content security policies, which differs from that of browsers: a directive that stands twice makes the
//! policy invalid, and of several policies a source counts when all have it.

use crate::evidence::Exchange;
use crate::headers;

use super::Test;

const BROAD: [&str; 8] = ["ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"];
const INLINE: [&str; 2] = ["'unsafe-inline'", "data:"];
/// Directives that a page may not hold in itself.
const NOT_IN_META: [&str; 3] = ["frame-ancestors", "report-uri", "sandbox"];
/// Shorter than any policy.
const SHORTEST: usize = 6;

type Sources = Vec<String>;

/// What was read: directives with their sources.
#[derive(Default)]
struct Parsed {
    directives: Vec<(String, Sources)>,
    duplicates: bool,
}

impl Parsed {
    fn get(&self, name: &str) -> Option<&Sources> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, sources)| sources)
    }
}

/// `None` for a policy that is not valid.
fn parse(policies: &[String]) -> Option<Parsed> {
    let mut out = Parsed::default();
    for (number, text) in policies.iter().enumerate() {
        let text = text.replace(['\r', '\n'], "");
        let text = text.trim();
        if text.len() < SHORTEST {
            return None;
        }
        let mut seen: Vec<String> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_whitespace();
            let Some(name) = words.next().map(str::to_lowercase) else { continue };
            if seen.contains(&name) {
                if !matches!(name.as_str(), "report-uri" | "report-to") {
                    return None;
                }
                out.duplicates = true;
            }
            seen.push(name.clone());
            let mut sources: Sources = words.map(str::to_lowercase).collect();
            if sources.is_empty() && name.ends_with("-src") {
                sources.push("'none'".into());
            }
            match out.directives.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if number > 0 => known.retain(|source| sources.contains(source)),
                Some(_) => {}
                // What the first policy does not speak of is forgotten.
                None => out.directives.push((name, if number == 0 { sources } else { Vec::new() })),
            }
        }
    }
    Some(out)
}

fn any(sources: &[String], wanted: &[&str]) -> bool {
    sources.iter().any(|source| wanted.contains(&source.as_str()))
}

fn is_guarded(sources: &[String]) -> bool {
    ["'nonce-", "'sha256-", "'sha384-", "'sha512-"]
        .iter()
        .any(|start| sources.iter().any(|source| source.starts_with(start)))
}

/// Whether the policy of the answer says who may show it in a frame.
pub(super) fn limits_frames(page: &Exchange) -> bool {
    let (all, headers, meta) = policies(page);
    // A page whose own policy says nothing else counts as one without.
    (headers > 0 || meta)
        && parse(&all).is_some_and(|parsed| parsed.get("frame-ancestors").is_some_and(|sources| !sources.is_empty()))
}

/// All policies, how many stand in headers, and whether those of the page itself say something.
fn policies(page: &Exchange) -> (Vec<String>, usize, bool) {
    let mut all: Vec<String> = page.all("content-security-policy").map(str::to_owned).collect();
    let headers = all.len();
    let meta = headers::meta_policies(&page.body);
    let speaks = !meta.is_empty()
        && parse(&meta)
            .is_some_and(|parsed| parsed.directives.iter().any(|(name, _)| !NOT_IN_META.contains(&name.as_str())));
    all.extend(meta);
    (all, headers, speaks)
}

pub(super) fn test(page: &Exchange) -> Test {
    let (all, headers, meta) = policies(page);
    let Some(parsed) = parse(&all) else { return (-25, "not valid") };
    if headers == 0 && !meta {
        return if page.header("content-security-policy-report-only").is_some() {
            (-25, "only reported, not enforced")
        } else {
            (-25, "not there")
        };
    }
    let of = |name: &str| {
        parsed.get(name).or_else(|| parsed.get("default-src")).cloned().unwrap_or_else(|| vec!["*".into()])
    };
    let (mut script, object, mut style) = (of("script-src"), of("object-src"), of("style-src"));
    for sources in [&mut script, &mut style] {
        if is_guarded(sources) {
            sources.retain(|source| source != "'unsafe-inline'");
        }
    }
    if script.iter().any(|source| source == "'strict-dynamic'") {
        if !is_guarded(&script) {
            return (-25, "`strict-dynamic` without a nonce or hash");
        }
        script.retain(|source| source != "'self'" && !BROAD.iter().any(|broad| source.starts_with(broad)));
    }
    let secure = page.url.starts_with("https:");
    let plain =
        |sources: &[String]| sources.iter().any(|source| source.starts_with("http:") || source.starts_with("ftp:"));
    let active = plain(&script)
        || parsed
            .directives
            .iter()
            .any(|(name, sources)| !matches!(name.as_str(), "img-src" | "media-src" | "script-src") && plain(sources));
    let passive = ["img-src", "media-src"]
        .iter()
        .any(|name| parsed.get(name).or_else(|| parsed.get("default-src")).is_some_and(|sources| plain(sources)));
    if any(&script, &BROAD) || any(&script, &INLINE) || any(&object, &BROAD) {
        (-20, "scripts or objects from anywhere, or within the page")
    } else if secure && active {
        (-20, "active content over plain HTTP")
    } else if any(&script, &["'unsafe-eval'"]) || any(&style, &["'unsafe-eval'"]) {
        (-10, "`unsafe-eval`")
    } else if secure && passive {
        (-10, "pictures or media over plain HTTP")
    } else if any(&style, &BROAD) || any(&style, &INLINE) {
        (0, "unsafe for styles only")
    } else if parsed.duplicates {
        (0, "a directive for reports stands twice")
    } else if parsed.get("default-src").is_some_and(|sources| *sources == ["'none'"]) {
        (10, "nothing unsafe, and nothing by default")
    } else {
        (5, "nothing unsafe")
    }
}
