//! CycloneDX 1.6 with VEX: <https://cyclonedx.org/docs/1.6/json/>.

use castellan_model::{AdvisoryStatus, calendar};
use serde_json::{Value, json};

use super::components::{Bill, Component, Kind};
use super::licence::Licence;
use crate::inventory::Inventory;
use crate::store::Data;

/// The bill of a deployment. `name` is what it is called; `time` is when, Unix time.
#[must_use]
pub fn cyclonedx(inventories: &[Inventory], data: &Data, name: &str, time: i64) -> Value {
    let bill = Bill::of(inventories, data);
    let root = "deployment";
    let components: Vec<Value> = bill.components.values().map(component).collect();
    let mut dependencies: Vec<Value> =
        vec![json!({"ref": root, "dependsOn": bill.components.keys().collect::<Vec<_>>()})];
    dependencies.extend(
        bill.components
            .values()
            .filter(|one| !one.needs.is_empty())
            .map(|one| json!({"ref": one.reference, "dependsOn": one.needs})),
    );
    let vulnerabilities: Vec<Value> = bill
        .vulnerabilities
        .iter()
        .map(|one| {
            let mut out = json!({
                "bom-ref": format!("{} {}", one.id, one.component),
                "id": one.id,
                "affects": [{"ref": one.component}],
            });
            if !one.title.is_empty() {
                out["description"] = json!(one.title);
            }
            if let Some(score) = one.score {
                out["ratings"] =
                    json!([{"score": (f64::from(score) * 10.0).round() / 10.0, "severity": severity(score)}]);
            }
            if let Some((status, reason)) = &one.analysis {
                let (state, justification) = state(*status, reason);
                out["analysis"] = json!({"state": state, "detail": reason});
                if let Some(justification) = justification {
                    out["analysis"]["justification"] = json!(justification);
                }
            }
            out
        })
        .collect();
    let mut out = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": calendar::moment(time),
            "tools": {"components": [{"type": "application", "name": "castellan", "version": env!("CARGO_PKG_VERSION")}]},
            "component": {"type": "application", "bom-ref": root, "name": name},
        },
        "components": components,
        "dependencies": dependencies,
        "vulnerabilities": vulnerabilities,
    });
    // The same bill at the same time has the same number.
    out["serialNumber"] = json!(format!("urn:uuid:{}", uuid(&out.to_string())));
    out
}

/// A UUID of version 8 from a text.
pub(super) fn uuid(text: &str) -> String {
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn component(one: &Component) -> Value {
    let kind = match one.kind {
        Kind::Application => "application",
        Kind::Library => "library",
        Kind::OperatingSystem => "operating-system",
    };
    let mut out = json!({"type": kind, "bom-ref": one.reference, "name": one.name});
    if !one.version.is_empty() {
        out["version"] = json!(one.version);
    }
    if !one.author.is_empty() {
        out["authors"] = json!([{"name": one.author}]);
    }
    if !one.purl.is_empty() {
        out["purl"] = json!(one.purl);
    }
    match &one.licence {
        Licence::Expression(text) => out["licenses"] = json!([{"expression": text}]),
        Licence::Named(text) => out["licenses"] = json!([{"license": {"name": text}}]),
        Licence::Unknown => {}
    }
    out["evidence"] = json!({
        "occurrences": one.places.iter().map(|place| json!({"location": place})).collect::<Vec<_>>()
    });
    out
}

fn severity(score: f32) -> &'static str {
    match score {
        score if score >= 9.0 => "critical",
        score if score >= 7.0 => "high",
        score if score >= 4.0 => "medium",
        score if score > 0.0 => "low",
        _ => "none",
    }
}

/// State and justification of VEX.
fn state(status: AdvisoryStatus, reason: &str) -> (&'static str, Option<&'static str>) {
    match status {
        AdvisoryStatus::Affected => ("exploitable", None),
        AdvisoryStatus::LikelyAffected | AdvisoryStatus::CannotTell => ("in_triage", None),
        AdvisoryStatus::Fixed => ("resolved", None),
        AdvisoryStatus::NotAffected if reason.starts_with("not installed") => {
            ("not_affected", Some("code_not_reachable"))
        }
        AdvisoryStatus::NotAffected => ("not_affected", Some("code_not_present")),
    }
}
