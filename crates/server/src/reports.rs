//! Reports of kept audits, under the name that the organisation chose: for people, links and monthly mails alike.

use castellan_report::texts::Texts;
use castellan_report::{Format, Look, Presentation, render};

use crate::data::audits::Audit;
use crate::data::{Data, DataError};
use crate::scope::Scope;

/// Audits of the chart over time.
const PAST: i64 = 100;

/// The report of an audit as a file.
///
/// # Errors
///
/// When there is none, the language is not known, or it cannot be made.
pub async fn rendered(
    data: &Data,
    scope: &Scope,
    audit: i64,
    format: Format,
    language: &str,
) -> Result<(Audit, Vec<u8>), DataError> {
    let unknown = || DataError::Invalid(format!("`language={language}`: one of en, fr, es, de"));
    let texts = Texts::of(language).ok_or_else(unknown)?;
    let audit = data.audit(scope, audit).await?;
    let report = data.report(scope, audit.id).await?;
    let past = data.audits(scope, audit.deployment, Some(audit.sequence + 1), PAST).await?.items;
    let trend = past.iter().map(Audit::entry).collect();
    let theme = data.settings(scope).await?.brand.theme().unwrap_or_default();
    let presentation = Presentation { texts, theme, trend };
    let run = move || render(&report, format, Look { color: false, width: 80 }, &presentation);
    let bytes = tokio::task::spawn_blocking(run).await.map_err(|error| DataError::Conflict(error.to_string()))?;
    Ok((audit, bytes.map_err(DataError::Conflict)?))
}
