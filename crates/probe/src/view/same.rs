//! Whether two answers are the same but for what differs from one to the next.

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::Exchange;

#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static NOISE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9a-fA-F]{6,}|[0-9]+|[A-Za-z0-9_+/=-]{40,}|\s+").expect("a pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern that the tests run")]
static TITLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?is)<title[^>]*>(.*?)</title>").expect("a pattern"));
/// Two answers that are the same but for tokens, dates and what echoes the request.
pub(super) fn similar(left: &Exchange, right: &Exchange) -> bool {
    if left.status != right.status || left.media_type() != right.media_type() {
        return false;
    }
    if left.location().is_some() || right.location().is_some() {
        return plain_target(left) == plain_target(right);
    }
    let (one, other) = (plain(left), plain(right));
    if one == other {
        return true;
    }
    let title = |exchange: &Exchange| {
        TITLE.captures(&exchange.body).and_then(|found| found.get(1)).map(|title| title.as_str().trim().to_owned())
    };
    let (short, long) = (one.len().min(other.len()), one.len().max(other.len()));
    // The same page with other figures in it.
    title(left).is_some()
        && title(left) == title(right)
        && short > 200
        && long - short <= long / 30
        && common_start(&one, &other) * 2 > short
}

fn common_start(left: &str, right: &str) -> usize {
    left.bytes().zip(right.bytes()).take_while(|(left, right)| left == right).count()
}

/// The body without what differs from one answer to the next.
fn plain(exchange: &Exchange) -> String {
    let path = url::Url::parse(&exchange.url).map(|url| url.path().to_owned()).unwrap_or_default();
    let body = if path.len() > 1 { exchange.body.replace(&path, "") } else { exchange.body.clone() };
    let body: String = body.chars().take(20_000).collect();
    NOISE.replace_all(&body, "").into_owned()
}

/// Where a redirect leads, without what it says of where it came from.
fn plain_target(exchange: &Exchange) -> String {
    let location = exchange.location().unwrap_or_default();
    location.split(['?', '#']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(status: u16, body: &str) -> Exchange {
        Exchange {
            url: "https://erp.example.com/x".into(),
            status,
            headers: vec![("content-type".into(), "text/html".into())],
            body: body.into(),
            ..Exchange::default()
        }
    }

    #[test]
    fn the_same_page_with_another_token_is_the_same() {
        let one = page(200, "<title>Log in</title><input value='0123456789abcdef01'> at 12:01");
        let other = page(200, "<title>Log in</title><input value='fedcba98765432aa00'> at 13:59");
        assert!(similar(&one, &other));
        assert!(!similar(&one, &page(404, &one.body)));
        assert!(!similar(&one, &page(200, "<title>Odoo</title> another page altogether")));
    }
}
