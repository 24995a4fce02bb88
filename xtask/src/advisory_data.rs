//! `cargo xtask advisory-data FOLDER`: the data that `castellan-advisory` embeds, made from a folder of facts about Odoo: bare facts
//! alone, no texts of advisories of others.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use castellan_advisory::osv::Record;
use castellan_advisory::table::Table;
use serde_json::{Map, Value, json};

const OUT: &str = "crates/advisory/data";

pub fn write(folder: &str) -> Result<(), String> {
    let folder = Path::new(folder);
    let advisories = read(folder, "odoo-advisories.json")?;
    let versions = read(folder, "odoo-versions.json")?;
    let compiled = advisories["compiled"].as_str().unwrap_or_default().to_owned();
    save("odoo.json", &odoo(&advisories, &versions, &compiled))?;
    save("products.json", &products(&read(folder, "platform-eol.json")?))?;
    save("requirements.json", &requirements(&read(folder, "odoo-requirements.json")?))?;
    save("libraries.json", &libraries(&read(folder, "odoo-bundled-libs.json")?))?;
    save_builds(&read(folder, "odoo-docker-builds.json")?)?;
    let mut facts = Vec::new();
    for name in ["osv-odoo-deps.jsonl", "osv-odoo-stack.jsonl"] {
        let text = fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
        for (number, line) in text.lines().enumerate() {
            let record: Record =
                serde_json::from_str(line).map_err(|error| format!("{name}, line {}: {error}", number + 1))?;
            // Its ranges do not follow Odoo's dated builds.
            facts.extend(record.facts().into_iter().filter(|one| one.package != "odoo"));
        }
    }
    let table = Table::new(&compiled, facts).print();
    fs::write(Path::new(OUT).join("osv.tsv"), table).map_err(|error| error.to_string())
}

/// One line a package of an official image: SHA-1, series, day.
fn save_builds(facts: &Value) -> Result<(), String> {
    let mut lines: Vec<String> = facts["builds"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let text = |name: &str| one[name].as_str();
            Some(format!("{}\t{}\t{}", text("deb_sha1")?, text("series")?, text("nightly_date")?))
        })
        .collect();
    lines.sort();
    lines.dedup();
    fs::write(Path::new(OUT).join("docker-builds.tsv"), lines.join("\n") + "\n").map_err(|error| error.to_string())
}

fn read(folder: &Path, name: &str) -> Result<Value, String> {
    let text = fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}

fn save(name: &str, value: &Value) -> Result<(), String> {
    fs::write(Path::new(OUT).join(name), format!("{value}\n")).map_err(|error| format!("{name}: {error}"))
}

fn pick(value: &Value, names: &[&str]) -> Value {
    let mut out = Map::new();
    for name in names {
        match &value[*name] {
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            found => {
                out.insert((*name).to_owned(), found.clone());
            }
        }
    }
    Value::Object(out)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn odoo(advisories: &Value, versions: &Value, compiled: &str) -> Value {
    let series: Vec<Value> = list(&versions["series"])
        .iter()
        .map(|one| {
            json!({
                "series": one["series"], "released": one["released"], "end": one["standard_support_end"],
                "postgresql": one["postgresql_min"], "python": one["python_min"],
            })
        })
        .collect();
    let own: Vec<Value> = list(&advisories["advisories"])
        .iter()
        .map(|one| {
            let mut out = pick(
                one,
                &[
                    "id",
                    "aliases",
                    "kind",
                    "title",
                    "summary",
                    "modules",
                    "edition",
                    "published",
                    "severity",
                    "cwe",
                    "auth_required",
                    "preconditions",
                    "mitigation",
                    "certainty",
                    "fixed_addon_version",
                ],
            );
            out["series"] = one["affected"]["series"].clone();
            out["score"] = one["cvss"]["score"].clone();
            out["score_estimated"] =
                json!(one["cvss"]["source"].as_str().is_some_and(|text| text.starts_with("derived")));
            out["fixed"] = one["fix"]["by_series"].clone();
            out["never_fixed"] = one["fix"]["series_without_official_fix"].clone();
            out["backports"] = one["fix"]["community_backports"].clone();
            out["addon_range"] = one["affected_addon_versions"].clone();
            let members = out.as_object().cloned().unwrap_or_default();
            Value::Object(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
        })
        .collect();
    json!({"compiled": compiled, "series": series, "advisories": own})
}

fn products(eol: &Value) -> Value {
    let mut out = BTreeMap::new();
    for (name, product) in eol["products"].as_object().into_iter().flatten() {
        let releases: Vec<Value> = list(&product["releases"])
            .iter()
            .map(|one| {
                pick(one, &["cycle", "released", "end_of_life", "extended_support_end", "latest", "latest_date", "lts"])
            })
            .collect();
        out.insert(name.clone(), json!({"title": product["title"], "releases": releases}));
    }
    json!({"compiled": eol["compiled"], "products": out})
}

fn requirements(value: &Value) -> Value {
    let mut out = BTreeMap::new();
    for (series, one) in value["versions"].as_object().into_iter().flatten() {
        let mut packages = Map::new();
        for (name, pins) in one["packages"].as_object().into_iter().flatten() {
            let pins: Vec<Value> = list(pins).iter().map(|pin| json!([pin["specifier"], pin["marker"]])).collect();
            packages.insert(name.clone(), Value::Array(pins));
        }
        out.insert(series.clone(), packages);
    }
    json!({"compiled": value["compiled"], "series": out})
}

fn libraries(value: &Value) -> Value {
    json!({"compiled": value["compiled"], "libraries": value["libraries"], "advisories": value["advisories"]})
}
