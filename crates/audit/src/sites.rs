//! Sites, several at once, in the order in which they were named.

use std::sync::Arc;

use castellan_probe::collect::Options;
use castellan_probe::site::{SiteScan, look};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

/// How sites are looked at.
#[derive(Debug, Clone)]
pub struct SiteOptions {
    /// Each of them.
    pub each: Options,
    /// How many at once.
    pub at_once: usize,
}

impl Default for SiteOptions {
    fn default() -> Self {
        Self { each: Options::default(), at_once: 8 }
    }
}

/// Looks at sites. `done` hears of each one as it is finished.
///
/// # Errors
///
/// When the system gives no sockets.
pub fn look_at_sites(
    sites: &[Url],
    options: &SiteOptions,
    disabled: &[String],
    only: &[String],
    done: &mut dyn FnMut(&SiteScan),
) -> Result<Vec<SiteScan>, String> {
    if sites.is_empty() {
        return Ok(Vec::new());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no connection can be opened: {error}"))?;
    runtime.block_on(async {
        let gate = Arc::new(Semaphore::new(options.at_once.max(1)));
        let mut running = JoinSet::new();
        for (number, site) in sites.iter().cloned().enumerate() {
            let (gate, each) = (Arc::clone(&gate), options.each.clone());
            let (disabled, only) = (disabled.to_vec(), only.to_vec());
            running.spawn(async move {
                let _turn = gate.acquire().await;
                (number, look(&site, &each, &disabled, &only).await)
            });
        }
        let mut scans: Vec<Option<SiteScan>> = sites.iter().map(|_| None).collect();
        while let Some(finished) = running.join_next().await {
            let (number, scan) = finished.map_err(|error| format!("a scan broke off: {error}"))?;
            done(&scan);
            if let Some(slot) = scans.get_mut(number) {
                *slot = Some(scan);
            }
        }
        Ok(scans.into_iter().flatten().collect())
    })
}
