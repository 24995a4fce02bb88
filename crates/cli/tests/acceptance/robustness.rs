//! Broken and hostile input: never a crash, always a note, and the rest is still judged.

use std::io::Write;

use super::{MANIFEST, json, rules, tree};

const WEAK: &[u8] = b"def f(x):\n    return eval(x)\n";

/// Scans one broken file beside a sound one; gives the kinds of the notes about it.
fn notes(path: &str, bytes: &[u8]) -> Vec<String> {
    let full = format!("m/{path}");
    let folder = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/weak.py", WEAK), (&full, bytes)]);
    let report = json(folder.path(), &[]);
    assert!(rules(&report).contains(&"exec-eval".to_owned()), "{path}: the sound file was lost");
    let list = report["not_assessed"].as_array().unwrap().clone();
    list.iter()
        .filter(|note| note["path"] == full.as_str())
        .map(|note| note["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_kind_of_damage_has_its_note() {
    let deep = |open: &str, close: &str| format!("x = {}1{}\n", open.repeat(10_000), close.repeat(10_000)).into_bytes();
    let nested_xml = format!("<odoo>{}{}</odoo>", "<a>".repeat(10_000), "</a>".repeat(10_000)).into_bytes();
    let bomb = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"xxxxxxxxxx\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\"><!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">]><odoo>&g;</odoo>".to_vec();
    let deep_if: String = (0..10_000).fold(String::new(), |text, level| text + &" ".repeat(level.min(400)) + "if x:\n");
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("models/truncated.py", b"def f(:\n    x = (".to_vec(), &["syntax"]),
        ("models/binary.py", (0..=255u8).collect(), &["encoding"]),
        ("models/utf16.py", b"\xff\xfex\0=\x001\0".to_vec(), &["encoding"]),
        ("models/latin.py", b"x = '\xe9'\n".to_vec(), &["encoding"]),
        ("models/declared.py", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n".to_vec(), &[]),
        ("models/python2.py", b"print 'x'\n".to_vec(), &["python2"]),
        ("models/empty.py", Vec::new(), &[]),
        ("models/brackets.py", deep("(", ")"), &["nesting"]),
        ("models/lists.py", deep("[", "]"), &["nesting"]),
        ("models/lambdas.py", format!("x = {}1\n", "lambda: ".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/nots.py", format!("x = {}1\n", "not ".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/dots.py", format!("x = a{}\n", ".a".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/calls.py", format!("x = a{}\n", "()".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/sums.py", format!("x = 1{}\n", " + 1".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/powers.py", format!("x = 1{}\n", " ** 1".repeat(10_000)).into_bytes(), &["nesting"]),
        ("models/ifs.py", deep_if.into_bytes(), &["nesting"]),
        ("models/long.py", format!("x = '{}'\n", "a".repeat(2_000_000)).into_bytes(), &[]),
        ("models/elifs.py", format!("if x:\n    pass\n{}", "elif x:\n    pass\n".repeat(5_000)).into_bytes(), &[]),
        ("data/truncated.xml", b"<odoo><record id='a'".to_vec(), &["syntax"]),
        ("data/deep.xml", nested_xml, &["nesting"]),
        ("data/bomb.xml", bomb, &["syntax"]),
        (
            "data/outside.xml",
            b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><odoo>&x;</odoo>".to_vec(),
            &["syntax"],
        ),
        ("data/quote.csv", b"id,name\n\"a,b\n".to_vec(), &[]),
        ("static/src/broken.js", b"function (".to_vec(), &["syntax"]),
        ("static/src/deep.js", format!("x = {}", "(\n".repeat(10_000)).into_bytes(), &["nesting"]),
        ("static/src/arrows.js", format!("x = {}1", "a=>\n".repeat(10_000)).into_bytes(), &["nesting"]),
        ("static/src/one_line.js", format!("var a = 1;{}", "a=a+1;".repeat(2_000)).into_bytes(), &["vendored"]),
    ];
    for (path, bytes, wanted) in cases {
        let found = notes(path, &bytes);
        assert_eq!(found, wanted, "{path}");
    }
}

#[test]
fn a_broken_manifest_does_not_hide_the_module() {
    let folder = tree(&[("m/__manifest__.py", b"{'name': "), ("m/models/weak.py", WEAK)]);
    let report = json(folder.path(), &[]);
    assert_eq!(rules(&report), ["exec-eval"]);
    assert_eq!(report["not_assessed"][0]["kind"], "syntax");
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn archives_are_read_within_bounds() {
    let wheel = archive(&[("odoo/addons/m/__manifest__.py", MANIFEST), ("odoo/addons/m/models/a.py", WEAK)]);
    let folder = tree(&[("m.whl", &wheel)]);
    let report = json(&folder.path().join("m.whl"), &[]);
    assert_eq!(rules(&report), ["exec-eval"]);
    assert_eq!(report["findings"][0]["location"]["path"], "m.whl!/odoo/addons/m/models/a.py");
    let evil = archive(&[("m/__manifest__.py", MANIFEST), ("../../out.py", WEAK), ("m/models/a.py", WEAK)]);
    let report = json(
        &{
            let folder = tree(&[("e.zip", &evil)]);
            folder.keep().join("e.zip")
        },
        &[],
    );
    assert_eq!(rules(&report), ["exec-eval"]);
    assert_eq!(report["not_assessed"][0]["kind"], "archive");
    let inner = archive(&[("m/__manifest__.py", MANIFEST), ("m/models/a.py", WEAK)]);
    let middle = archive(&[("b.zip", &inner)]);
    let outer = archive(&[("a.zip", &middle)]);
    let folder = tree(&[("o.zip", &outer)]);
    let report = json(&folder.path().join("o.zip"), &[]);
    assert!(report["not_assessed"][0]["reason"].as_str().unwrap().contains("nested deeper"));
    let folder = tree(&[("bad.zip", b"PK no archive")]);
    let report = json(&folder.path().join("bad.zip"), &[]);
    assert_eq!(report["not_assessed"][0]["kind"], "archive");
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tree(&[("m/__manifest__.py", MANIFEST), ("m/models/weak.py", WEAK)]);
    std::os::unix::fs::symlink("nowhere.py", folder.path().join("m/models/gone.py")).unwrap();
    let report = json(folder.path(), &[]);
    assert_eq!(rules(&report), ["exec-eval"]);
    assert_eq!(report["not_assessed"][0]["path"], "m/models/gone.py");
    assert_eq!(report["not_assessed"][0]["kind"], "unreadable");
}
