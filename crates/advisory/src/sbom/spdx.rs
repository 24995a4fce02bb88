//! SPDX 2.3: <https://spdx.github.io/spdx-spec/v2.3/>.

use std::collections::BTreeMap;

use castellan_model::calendar;
use serde_json::{Value, json};

use super::components::{Bill, Component, Kind};
use super::cyclonedx::uuid;
use super::licence::Licence;
use crate::inventory::Inventory;
use crate::store::Data;

/// The bill of a deployment. `name` is what it is called; `time` is when, Unix time.
#[must_use]
pub fn spdx(inventories: &[Inventory], data: &Data, name: &str, time: i64) -> Value {
    let bill = Bill::of(inventories, data);
    let ids: BTreeMap<&str, String> =
        bill.components.keys().enumerate().map(|(number, key)| (key.as_str(), format!("SPDXRef-{number}"))).collect();
    let root = "SPDXRef-deployment";
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut packages = vec![json!({
        "SPDXID": root, "name": name, "downloadLocation": "NOASSERTION", "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    })];
    packages.extend(bill.components.values().map(|one| package(one, &ids, &mut named)));
    let relation = |from: &str, kind: &str, to: &str| json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to});
    let mut relationships = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", root)];
    for one in bill.components.values() {
        let Some(id) = ids.get(one.reference.as_str()) else { continue };
        relationships.push(relation(root, "CONTAINS", id));
        for needed in one.needs.iter().filter_map(|needed| ids.get(needed.as_str())) {
            relationships.push(relation(id, "DEPENDS_ON", needed));
        }
    }
    let texts: Vec<Value> = named
        .iter()
        .map(|(text, id)| json!({"licenseId": id, "name": text, "extractedText": format!("Named only: {text}")}))
        .collect();
    let mut out = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "creationInfo": {
            "created": calendar::moment(time),
            "creators": [format!("Tool: castellan-{}", env!("CARGO_PKG_VERSION"))],
        },
        "packages": packages,
        "relationships": relationships,
    });
    if !texts.is_empty() {
        out["hasExtractedLicensingInfos"] = json!(texts);
    }
    // A name that nobody needs to resolve, the same for the same bill at the same time.
    out["documentNamespace"] = json!(format!("urn:uuid:{}", uuid(&out.to_string())));
    out
}

fn package(one: &Component, ids: &BTreeMap<&str, String>, named: &mut BTreeMap<String, String>) -> Value {
    let licence = match &one.licence {
        Licence::Expression(text) => text.clone(),
        Licence::Unknown => "NOASSERTION".to_owned(),
        Licence::Named(text) => {
            let number = named.len() + 1;
            named.entry(text.clone()).or_insert_with(|| format!("LicenseRef-{number}")).clone()
        }
    };
    let mut out = json!({
        "SPDXID": ids.get(one.reference.as_str()),
        "name": one.name,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "sourceInfo": one.places.iter().cloned().collect::<Vec<_>>().join(", "),
        "primaryPackagePurpose": match one.kind {
            Kind::Application => "APPLICATION",
            Kind::Library => "LIBRARY",
            Kind::OperatingSystem => "OPERATING_SYSTEM",
        },
    });
    if !one.version.is_empty() {
        out["versionInfo"] = json!(one.version);
    }
    if !one.author.is_empty() {
        out["originator"] = json!(format!("Organization: {}", one.author));
    }
    if !one.purl.is_empty() {
        out["externalRefs"] = json!([{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": one.purl,
        }]);
    }
    out
}
