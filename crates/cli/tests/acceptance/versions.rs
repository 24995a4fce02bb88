//! Versions, as a user asks about them: advisories, bills of materials, updates, bundles.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Output;

use castellan_advisory::import::sum;
use jsonschema::{Retrieve, Uri};
use serde_json::{Value, json};

use super::{castellan, root, tree};

/// Odoo 17.0 of 2024, as a nightly package on Debian 12, with an environment, a module and images beside it.
const HOST: [(&str, &[u8]); 9] = [
    ("etc/os-release", b"ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n"),
    (
        "var/lib/dpkg/status",
        b"Package: odoo\nStatus: install ok installed\nArchitecture: all\nVersion: 17.0.20240610\n\nPackage: libxml2\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.9.14+dfsg-1.3~deb12u1\n",
    ),
    ("usr/lib/python3/dist-packages/odoo/release.py", b"version_info = (17, 0, 0, FINAL, 0, '')\n"),
    ("usr/lib/python3/dist-packages/odoo/addons/base/__manifest__.py", b"{}"),
    ("usr/lib/python3/dist-packages/odoo/addons/web/__manifest__.py", b"{}"),
    ("usr/lib/python3/dist-packages/odoo/addons/web/static/lib/jquery/jquery.js", b"/*!\n * jQuery JavaScript Library v3.3.1\n"),
    ("opt/venv/pyvenv.cfg", b"home = /usr/bin\nversion = 3.7.3\n"),
    ("opt/venv/lib/python3.7/site-packages/Jinja2-2.10.dist-info/METADATA", b"Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.10\nLicense: BSD-3-Clause\n\nx"),
    ("opt/stack/compose.yml", b"services:\n  db:\n    image: postgres:12.4\n"),
];

fn run(words: &[&str], data: &Path) -> Output {
    castellan().env("CASTELLAN_DATA", data).args(words).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_advisory_is_answered_with_its_reason() {
    let (host, data) = (tree(&HOST), tempfile::tempdir().unwrap());
    let at = host.path().to_str().unwrap();
    let output = run(&["advisories", "--root", at], data.path());
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(14), "{shown}");
    for expected in [
        "Odoo 17.0 of 2024-06-10 (the version of the package odoo 17.0.20240610)",
        "likely affected CVE-2024-45681 (critical)",
        "PostgreSQL 12.4: no fixes since 2024-11-21",
        "Python 3.7.3: no fixes since 2023-06-27",
        "1 Python package (1 with known weaknesses), 2 packages of the system",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let output = run(&["advisories", "--root", at, "--json"], data.path());
    let summaries: Value = serde_json::from_slice(&output.stdout).unwrap();
    let answers = summaries[0]["odoo"][0]["advisories"].as_array().unwrap();
    assert!(answers.iter().all(|answer| !answer["reason"].as_str().unwrap().is_empty()));
    // What cannot be reached is not hidden, and says why.
    assert!(answers.iter().any(|answer| answer["status"] == "not-affected"));
    let output = run(&["advisories", "--root", at, "--only", "not-affected"], data.path());
    assert!(!text(&output).contains("\n  affected "));
}

#[test]
fn a_scan_tells_the_weaknesses_and_every_report_the_versions() {
    let (host, data) = (tree(&HOST), tempfile::tempdir().unwrap());
    let at = host.path().to_str().unwrap();
    let report: Value =
        serde_json::from_slice(&run(&["scan", "--root", at, "--format", "json"], data.path()).stdout).unwrap();
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    for rule in ["odoo-vulnerable", "python-vulnerable", "product-ended", "product-vulnerable", "javascript-vulnerable"]
    {
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
    assert_eq!(report["versions"][0]["odoo"][0]["built"], "2024-06-10");
    for format in ["terminal", "html", "markdown"] {
        let shown = text(&run(&["scan", "--root", at, "--format", format], data.path()));
        assert!(shown.to_lowercase().contains("versions of"), "{format}");
    }
}

#[test]
fn a_bundle_brings_what_was_collected() {
    let (host, data) = (tree(&HOST), tempfile::tempdir().unwrap());
    let at = host.path().to_str().unwrap();
    let bundle = data.path().join("bundle");
    let shown = bundle.to_str().unwrap();
    assert!(run(&["collect", "--root", at, "--output", shown], data.path()).status.success());
    let of = |place: &str| {
        let output = run(&["advisories", "--json", "--root", place], data.path());
        let mut summaries: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output)));
        summaries[0]["subject"] = Value::Null;
        summaries
    };
    assert_eq!(of(shown), of(at));
}

/// The lists that the schema of CycloneDX refers to: licences of SPDX, and signatures, of which there are none.
struct Lists;

impl Retrieve for Lists {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.as_str().ends_with("spdx.schema.json") {
            let names: Vec<&str> = spdx::identifiers::LICENSES.iter().map(|licence| licence.name).collect();
            return Ok(json!({"enum": names}));
        }
        Ok(json!({"definitions": {"signature": {"not": {}}}}))
    }
}

/// A schema that a development dependency brings.
fn schema(package: &str, file: &str) -> Value {
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).exec().unwrap();
    let package = metadata.packages.iter().find(|one| one.name.as_str() == package).unwrap();
    let path = package.manifest_path.parent().unwrap().join("schemas").join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn bills_of_materials_follow_their_standards() {
    let (host, data) = (tree(&HOST), tempfile::tempdir().unwrap());
    let at = host.path().to_str().unwrap();
    let code = "examples/weak-addons";
    for (format, schema) in [
        ("cyclonedx", schema("serde-cyclonedx", "cyclonedx_1_6.json")),
        ("spdx", schema("serde-spdx", "spdx_2_3.json")),
    ] {
        let validator = jsonschema::options().with_retriever(Lists).build(&schema).unwrap();
        for words in [["sbom", "--format", format, "--root", at].as_slice(), &["sbom", "--format", format, code]] {
            let output = run(words, data.path());
            let bill: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output)));
            let errors: Vec<String> =
                validator.iter_errors(&bill).map(|error| format!("{error} at {}", error.instance_path())).collect();
            assert!(errors.is_empty(), "{format}: {errors:#?}");
        }
    }
    let bill: Value = serde_json::from_slice(&run(&["sbom", "--root", at], data.path()).stdout).unwrap();
    let purls: Vec<&str> =
        bill["components"].as_array().unwrap().iter().filter_map(|one| one["purl"].as_str()).collect();
    for purl in [
        "pkg:generic/odoo@17.0.20240610",
        "pkg:pypi/jinja2@2.10",
        "pkg:deb/debian/libxml2@2.9.14%2Bdfsg-1.3~deb12u1?arch=amd64&distro=debian-12",
        "pkg:npm/jquery@3.3.1",
        "pkg:docker/postgres@12.4",
    ] {
        assert!(purls.contains(&purl), "{purl}: {purls:?}");
    }
    // VEX: what is judged not affected says why.
    let told = bill["vulnerabilities"].as_array().unwrap();
    let not_affected = told.iter().find(|one| one["analysis"]["state"] == "not_affected").unwrap();
    assert!(not_affected["analysis"]["justification"].is_string() && not_affected["analysis"]["detail"].is_string());
}

/// A record of OSV that says that every version of a package is affected.
fn record(id: &str, package: &str) -> String {
    json!({"id": id, "modified": "2026-11-20T00:00:00Z", "affected": [{"package": {"ecosystem": "PyPI", "name": package},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}]}]})
    .to_string()
}

#[test]
fn data_is_taken_in_whole_or_not_at_all() {
    let (data, work) = (tempfile::tempdir().unwrap(), tree(&[("requirements.txt", b"flask==1.0\n")]));
    let at = work.path().to_str().unwrap();
    let told =
        |data: &Path| text(&run(&["scan", at, "--rule", "python-vulnerable"], data)).contains("flask 1.0 is affected");
    assert!(!told(data.path()));
    // The embedded data is about Odoo's own packages, and says so.
    let shown = text(&run(&["scan", at], data.path()));
    assert!(shown.contains("1 of 1 Python packages are none that Odoo asks for"), "{shown}");
    let records = tree(&[("a.json", record("A", "flask").as_bytes()), ("note.txt", b"x")]);
    let from = records.path().to_str().unwrap();
    let shown = text(&run(&["update", "--from", from], data.path()));
    assert!(shown.contains("PyPI             1 records, 2026-11-20"), "{shown}");
    assert!(told(data.path()));
    // A broken source changes nothing.
    std::fs::write(records.path().join("b.json"), "{\"id\": \"B\",").unwrap();
    let output = run(&["update", "--from", from], data.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output).contains("b.json`: line 1: ") && text(&output).contains("nothing was taken in"),
        "{}",
        text(&output)
    );
    let file = records.path().join("a.json");
    let output = run(&["update", "--from", file.to_str().unwrap(), "--sha256", "00"], data.path());
    assert!(text(&output).contains("its SHA-256 is"), "{}", text(&output));
    assert!(told(data.path()));
    // A damaged file gives way to the one before it, and the scan says so.
    let good = run(
        &["update", "--from", file.to_str().unwrap(), "--sha256", &sum(record("A", "flask").as_bytes())],
        data.path(),
    );
    assert!(good.status.success(), "{}", text(&good));
    std::fs::write(data.path().join("records.tsv"), "# castellan adv").unwrap();
    assert!(told(data.path()));
    let shown = text(&run(&["scan", at], data.path()));
    assert!(shown.contains("the data before it is used"), "{shown}");
}

/// A wheel of a module.
fn wheel(version: &str, code: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let manifest = format!("{{'name': 'T', 'version': '{version}', 'depends': ['base'], 'license': 'AGPL-3'}}");
    let mut record = String::new();
    for (name, bytes) in [("__manifest__.py", manifest.as_bytes()), ("models.py", code)] {
        let path = format!("odoo/addons/tool/{name}");
        writer.start_file(&path, options).unwrap();
        writer.write_all(bytes).unwrap();
        let digest = data_encoding::HEXLOWER.decode(sum(bytes).as_bytes()).unwrap();
        let digest = data_encoding::BASE64URL_NOPAD.encode(&digest);
        record.push_str(&format!("{path},sha256={digest},{}\n", bytes.len()));
    }
    let info = format!("odoo_addon_tool-{version}.dist-info");
    for (name, text) in [
        ("RECORD", record),
        (
            "METADATA",
            format!("Metadata-Version: 2.1\nName: odoo-addon-tool\nVersion: {version}\nMaintainer: someone\n"),
        ),
    ] {
        writer.start_file(format!("{info}/{name}"), options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn an_index_of_wheels_tells_what_is_old_and_what_was_changed() {
    let data = tempfile::tempdir().unwrap();
    let wheels = tree(&[
        ("odoo_addon_tool-17.0.1.0.0-py3-none-any.whl", &wheel("17.0.1.0.0", b"a = 1\n")),
        ("odoo_addon_tool-17.0.1.1.0-py3-none-any.whl", &wheel("17.0.1.1.0", b"a = 2\n")),
    ]);
    let index = data.path().join("index.json");
    let index = index.to_str().unwrap();
    let made = run(&["update", "--index", wheels.path().to_str().unwrap(), "--output", index], data.path());
    assert!(text(&made).contains("wrote 1 modules"), "{}", text(&made));
    assert!(run(&["update", "--from", index], data.path()).status.success());
    let manifest =
        |version: &str| format!("{{'name': 'T', 'version': '{version}', 'depends': ['base'], 'license': 'AGPL-3'}}");
    let rules = |version: &str, code: &[u8]| {
        let addons = tree(&[("tool/__manifest__.py", manifest(version).as_bytes()), ("tool/models.py", code)]);
        let at = addons.path().to_str().unwrap();
        text(&run(&["scan", at, "--rule", "module-outdated", "--rule", "module-altered"], data.path()))
    };
    let same = rules("17.0.1.1.0", b"a = 2\n");
    assert!(!same.contains("module-outdated") && !same.contains("module-altered"), "{same}");
    assert!(rules("17.0.1.0.0", b"a = 1\n").contains("tool 17.0.1.0.0 is here, 17.0.1.1.0"));
    let altered = rules("17.0.1.1.0", b"a = 3\n");
    assert!(altered.contains("tool differs from its release: models.py (index of modules"), "{altered}");
}

#[test]
fn an_upgrade_names_what_is_in_the_way() {
    let data = tempfile::tempdir().unwrap();
    let addons = tree(&[
        ("shop/__manifest__.py", b"{'name': 'S', 'version': '16.0.1.0.0', 'depends': ['sale', 'tool']}"),
        (
            "shop/models/a.py",
            b"from odoo.addons.sale.models.sale import SaleOrder, old\nfrom odoo.addons.sale.models.gone import X\nref = self.env.ref('sale.view_old')\nother = self.env.ref('sale.view_new')\n",
        ),
        ("shop/views/a.xml", b"<odoo><field name=\"a\"\n attrs=\"{}\"/></odoo>"),
        ("tool/__manifest__.py", b"{'name': 'T', 'version': '16.0.1.0.0', 'depends': ['sale']}"),
        ("tool/models/b.py", b"class B:\n    _inherit = 'sale.gone'\nclass C:\n    _inherit = 'sale.order'\n"),
    ]);
    let odoo = tree(&[
        ("odoo/addons/base/__manifest__.py", b"{}"),
        ("addons/sale/__manifest__.py", b"{}"),
        ("addons/sale/models/sale.py", b"class SaleOrder:\n    _name = 'sale.order'\n"),
        ("addons/sale/views/a.xml", b"<odoo><record id=\"view_new\"/></odoo>"),
    ]);
    let words = ["upgrade", "--to", "17.0", addons.path().to_str().unwrap()];
    let output = run(&[&words[..], &["--odoo-path", odoo.path().to_str().unwrap(), "--json"]].concat(), data.path());
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output)));
    let names: Vec<&str> =
        plan["modules"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["tool", "shop"]);
    let places: Vec<String> = plan["modules"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|module| module["places"].as_array().unwrap())
        .map(|place| format!("{}:{}", place["file"].as_str().unwrap(), place["line"]))
        .collect();
    assert_eq!(
        places,
        ["tool/models/b.py:2", "shop/models/a.py:2", "shop/models/a.py:3", "shop/views/a.xml:2"],
        "{plan:#}"
    );
    let shown = text(&run(&words, data.path()));
    assert!(shown.contains("17.0 needs Python 3.10 and PostgreSQL 12, or newer"), "{shown}");
    assert!(shown.contains("were not looked up") && !shown.contains("hours"), "{shown}");
    let costs = ["--minutes-per-place", "30", "--hourly-rate", "90"];
    let shown = text(&run(&[&words[..], &costs].concat(), data.path()));
    assert!(shown.contains("1 places that break or are ignored x 30 minutes = 0.5 hours x 90 = 45"), "{shown}");
    // What is of the wanted series already, or newer, is no module to move.
    let output = run(&["upgrade", "--to", "16.0", addons.path().to_str().unwrap()], data.path());
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
}
