//! What a scan does: exit codes, settings, suppressions, archives, core modules.

use super::{MANIFEST, castellan, json, root, rules, tree};

const INJECTION: &[u8] = b"from odoo import models\n\nclass N(models.Model):\n    _name = 'x.n'\n\n    def find(self, name):\n        self.env.cr.execute(\"SELECT 1 WHERE a = '%s'\" % name)\n";

#[test]
fn the_example_in_the_terminal() {
    let output = castellan().args(["scan", "examples/weak-addons"]).output().unwrap();
    assert_eq!(output.status.code(), Some(14));
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("example", text);
    assert!(!text.contains('\u{1b}'), "colour although it is no terminal");
}

#[test]
fn exit_codes() {
    let clean = tree(&[("m/__manifest__.py", MANIFEST), ("m/a.py", b"x = 1\n")]);
    castellan().arg("scan").arg(clean.path()).assert().code(0);
    let weak = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", INJECTION)]);
    castellan().arg("scan").arg(weak.path()).assert().code(14);
    let low = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", b"breakpoint()\n")]);
    castellan().arg("scan").arg(low.path()).assert().code(0);
    castellan().arg("scan").arg(low.path()).args(["--fail-on", "low"]).assert().code(11);
    let empty = tempfile::tempdir().unwrap();
    castellan().arg("scan").arg(empty.path()).assert().code(3);
    castellan().args(["scan", "no-such-folder"]).assert().code(3);
    castellan().args(["scan", "--format", "word"]).assert().code(2);
    castellan().args(["rules", "no-such-rule"]).assert().code(2);
}

#[test]
fn two_runs_print_the_same() {
    // But for when it was: a second may pass between the two.
    let run = || {
        let out = castellan().args(["scan", "examples/weak-addons", "--format", "json"]).output().unwrap().stdout;
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<String> =
            text.lines().filter(|line| !line.starts_with("  \"time\": ")).map(str::to_owned).collect();
        assert_eq!(lines.len() + 1, text.lines().count(), "the report has its time in one line");
        lines
    };
    assert_eq!(run(), run());
}

#[test]
fn a_suppression_needs_a_reason_and_a_finding() {
    let line = "        self.env.cr.execute(\"SELECT 1 WHERE a = '%s'\" % name)";
    let with = |comment: &str| {
        let text = String::from_utf8(INJECTION.to_vec()).unwrap().replace(line, &format!("{line}  # {comment}"));
        let folder = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", text.as_bytes())]);
        json(folder.path(), &[])
    };
    let good = with("castellan: ignore[sql-format] the name is checked by the caller");
    assert_eq!(rules(&good), Vec::<String>::new());
    assert_eq!(good["suppressed"][0]["reason"], "the name is checked by the caller");
    let bare = with("castellan: ignore[sql-format]");
    assert_eq!(rules(&bare), ["sql-format", "suppression-without-reason"]);
    let stale = with("castellan: ignore[py-debug] nothing here");
    assert_eq!(rules(&stale), ["sql-format", "suppression-unused"]);
    let foreign = with("nosec");
    assert_eq!(rules(&foreign), ["sql-format"]);
    assert_eq!(foreign["foreign_markers"][0]["disagrees"][0], "sql-format");
}

#[test]
fn xml_and_javascript_have_their_own_comment_forms() {
    let xml = b"<odoo>\n<!-- castellan: ignore[rule-open] everybody may see these -->\n<record id=\"r\" model=\"ir.rule\"><field name=\"model_id\" ref=\"model_x_n\"/><field name=\"groups\" eval=\"[(4, ref('base.group_portal'))]\"/><field name=\"domain_force\">[(1, '=', 1)]</field></record>\n</odoo>";
    let js = b"// castellan: ignore[js-eval] a constant of ours\neval(code);\n";
    let manifest = b"{'name': 'M', 'version': '17.0.1.0.0', 'data': ['r.xml']}";
    let folder = tree(&[("m/__manifest__.py", manifest), ("m/r.xml", xml), ("m/static/src/a.js", js)]);
    let report = json(folder.path(), &[]);
    assert_eq!(rules(&report), Vec::<String>::new());
    assert_eq!(report["suppressed"].as_array().unwrap().len(), 2);
}

#[test]
fn a_baseline_accepts_what_was_there() {
    let folder = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", INJECTION)]);
    let file = folder.path().join("baseline.json");
    castellan().arg("scan").arg(folder.path()).arg("--write-baseline").arg(&file).assert().code(0);
    castellan().arg("scan").arg(folder.path()).arg("--baseline").arg(&file).assert().code(0);
    // Lines move, the finding stays accepted; a new one is told.
    let moved = [b"# a new line\n".as_slice(), INJECTION, b"\n    def other(self, name):\n        return eval(name)\n"]
        .concat();
    std::fs::write(folder.path().join("m/models/a.py"), moved).unwrap();
    let report = json(folder.path(), &["--baseline", file.to_str().unwrap()]);
    assert_eq!(rules(&report), ["exec-eval"]);
    std::fs::write(&file, "{").unwrap();
    let output = castellan().arg("scan").arg(folder.path()).arg("--baseline").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 1"));
}

#[test]
fn settings_accept_parts_of_the_tree() {
    let settings = b"[[path]]\npaths = [\"m\"]\nignore = [\"sql-format\"]\nreason = \"reviewed\"\n";
    let folder = tree(&[("castellan.toml", settings), ("m/__manifest__.py", MANIFEST), ("m/models/a.py", INJECTION)]);
    let report = json(folder.path(), &[]);
    assert_eq!(rules(&report), Vec::<String>::new());
    std::fs::write(folder.path().join("castellan.toml"), "[scan]\nexclude = [\"m\"]\n").unwrap();
    castellan().arg("scan").arg(folder.path()).assert().code(3);
    std::fs::write(folder.path().join("castellan.toml"), "[scan]\nexclud = 1\n").unwrap();
    let output = castellan().arg("scan").arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("castellan.toml`, line 2"));
}

#[test]
fn init_writes_settings_that_load() {
    let folder = tree(&[("m/__manifest__.py", MANIFEST), ("m/a.py", b"x = 1\n")]);
    castellan().arg("init").arg(folder.path()).assert().code(0);
    castellan().arg("init").arg(folder.path()).assert().code(2);
    castellan().arg("scan").arg(folder.path()).assert().code(0);
}

#[test]
fn gitignore_and_links_are_honoured() {
    let folder = tree(&[
        ("repo/.gitignore", b"skipped/\n"),
        ("repo/skipped/__manifest__.py", MANIFEST),
        ("repo/skipped/models/a.py", INJECTION),
        ("repo/m/__manifest__.py", MANIFEST),
        ("repo/m/models/a.py", INJECTION),
    ]);
    std::fs::create_dir_all(folder.path().join("repo/setup")).unwrap();
    std::os::unix::fs::symlink("../m", folder.path().join("repo/setup/again")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("repo/setup/loop")).unwrap();
    let report = json(&folder.path().join("repo"), &[]);
    assert_eq!(rules(&report), ["sql-format"]);
    assert_eq!(report["modules"].as_array().unwrap().len(), 1);
}

#[test]
fn a_core_module_is_skipped_by_place_and_content_not_by_name() {
    let core = b"{'name': 'Sales', 'version': '1.3', 'author': 'Odoo S.A.'}";
    let files: &[(&str, &[u8])] = &[
        ("odoo/odoo/release.py", b"version = '17.0'\n"),
        ("odoo/addons/sale/__manifest__.py", core),
        ("odoo/addons/sale/models/a.py", INJECTION),
        ("custom/sale/__manifest__.py", core),
        ("custom/sale/models/a.py", INJECTION),
    ];
    let folder = tree(files);
    let report = json(folder.path(), &[]);
    let paths: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["location"]["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["custom/sale/models/a.py"]);
    assert_eq!(report["not_assessed"][0]["kind"], "core-module");
    let all = json(folder.path(), &["--include-core"]);
    assert_eq!(rules(&all).len(), 2);
}

#[test]
fn the_series_comes_from_the_manifest_unless_it_is_given() {
    let xml = b"<odoo><template id=\"a\"><p t-raw=\"doc.text\"/></template></odoo>";
    let folder =
        tree(&[("m/__manifest__.py", b"{'name': 'M', 'version': '14.0.1.0.0', 'data': ['v.xml']}"), ("m/v.xml", xml)]);
    assert_eq!(rules(&json(folder.path(), &[])), ["qweb-raw"]);
    assert_eq!(rules(&json(folder.path(), &["--odoo-version", "20.0"])), Vec::<String>::new());
}

#[test]
fn no_secret_reaches_a_report() {
    let secret = "Tr0ub4dor-and-3";
    let python = format!("class A:\n    api_key = '{secret}'\n");
    let xml = format!(
        "<odoo><record id=\"u\" model=\"res.users\"><field name=\"login\">x</field><field name=\"password\">{secret}</field></record>\n<record id=\"p\" model=\"ir.config_parameter\"><field name=\"key\">x.api_key</field><field name=\"value\">{secret}</field></record></odoo>"
    );
    let js = format!("client.api_secret = '{secret}';\n");
    let manifest = b"{'name': 'M', 'version': '17.0.1.0.0', 'data': ['u.xml']}";
    let folder = tree(&[
        ("m/__manifest__.py", manifest),
        ("m/models/a.py", python.as_bytes()),
        ("m/u.xml", xml.as_bytes()),
        ("m/static/src/a.js", js.as_bytes()),
    ]);
    assert_eq!(rules(&json(folder.path(), &[])).len(), 4);
    for format in ["terminal", "json", "sarif", "github", "gitlab", "junit", "html", "markdown"] {
        let output = castellan().arg("scan").arg(folder.path()).args(["--format", format]).output().unwrap();
        assert!(!String::from_utf8_lossy(&output.stdout).contains(secret), "{format}");
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let list = castellan().arg("rules").output().unwrap();
    let text = String::from_utf8(list.stdout).unwrap();
    assert!(text.contains("sql-format") && text.contains("SQL"));
    let page = castellan().args(["rules", "sql-format"]).output().unwrap();
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("How to fix") && page.contains("CWE-89"), "{page}");
    assert!(root().join("docs/rules/sql-format.md").is_file());
}

#[test]
fn odoo_sources_inform_the_scan_and_are_not_reported() {
    let core = b"from odoo import models\n\nclass P(models.Model):\n    _name = 'res.thing'\n\n    def _run(self, q):\n        self.env.cr.execute('SELECT ' + q)\n";
    let custom = b"from odoo import models\n\nclass P(models.Model):\n    _inherit = 'res.thing'\n\n    def find(self, q):\n        eval(q)\n        self._run(q)\n";
    let manifest = b"{'name': 'Base', 'version': '1.0', 'author': 'Odoo S.A.'}";
    let odoo = tree(&[
        ("odoo/release.py", b"version = '17.0'\n"),
        ("odoo/addons/base/__manifest__.py", manifest),
        ("odoo/addons/base/models/a.py", core),
    ]);
    let own = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", custom)]);
    let report = json(own.path(), &["--odoo-path", odoo.path().to_str().unwrap()]);
    assert_eq!(rules(&report), ["exec-eval"]);
    assert_eq!(report["modules"].as_array().unwrap().len(), 1);
    assert_eq!(report["not_assessed"].as_array().unwrap().len(), 0);
}

#[test]
fn a_module_or_a_file_of_it_can_be_the_target() {
    let manifest = b"{'name': 'M', 'version': '14.0.1.0.0', 'data': ['v.xml', 'r.xml']}";
    let view = b"<odoo><template id=\"a\"><p t-raw=\"doc.text\"/></template></odoo>";
    let rule = b"<odoo><record id=\"r\" model=\"ir.rule\"><field name=\"model_id\" ref=\"model_x_n\"/><field name=\"active\" eval=\"False\"/></record></odoo>";
    let folder = tree(&[("shop/__manifest__.py", manifest), ("shop/v.xml", view), ("shop/r.xml", rule)]);
    let report = json(&folder.path().join("shop"), &[]);
    assert_eq!(report["modules"][0]["name"], "shop");
    assert_eq!(rules(&report), ["qweb-raw"]);
    assert_eq!(report["findings"][0]["location"]["path"], "v.xml");
    let report = json(&folder.path().join("shop/v.xml"), &[]);
    assert_eq!(report["modules"][0]["series"], "14.0");
    assert_eq!(report["findings"][0]["location"]["path"], "shop/v.xml");
}

#[test]
fn cargo_run_is_the_command() {
    // The README's first command names no package: the workspace must have one default member with one binary.
    let metadata = cargo_metadata::MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap();
    let members: Vec<String> =
        metadata.workspace_default_packages().iter().map(|package| package.name.to_string()).collect();
    assert_eq!(members, ["castellan-cli"]);
}
