//! What the engine follows, and what it takes as a check. Each case is a small module; the weak one must be found at
//! the named function, the sound twin must stay silent.

use castellan_code::scan::{ScanOptions, scan_texts};
use castellan_model::{Confidence, Finding};

const HEAD: &str = "import os, subprocess\nfrom odoo import api, fields, http, models\nfrom odoo.http import request\nfrom odoo.tools import SQL\n\n";

fn scan(files: &[(&str, &str)]) -> Vec<Finding> {
    let mut texts: Vec<(String, Vec<u8>)> = vec![(
        "m/__manifest__.py".into(),
        b"{'name': 'M', 'version': '17.0.1.0.0', 'depends': ['base'], 'data': []}".to_vec(),
    )];
    texts.extend(files.iter().map(|(path, text)| (format!("m/{path}"), text.as_bytes().to_vec())));
    let scan = scan_texts(texts, &ScanOptions::default());
    assert_eq!(scan.not_assessed, [], "a test module must parse");
    scan.findings.into_iter().filter(|finding| finding.confidence > Confidence::Low).collect()
}

/// The body of a model, as a module.
fn model(body: &str) -> Vec<Finding> {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    scan(&[(
        "models/a.py",
        &format!("{HEAD}class A(models.Model):\n    _name = 'x.a'\n    name = fields.Char()\n\n{indented}"),
    )])
}

fn has_cwe(findings: &[Finding], cwe: u16) -> bool {
    findings.iter().any(|finding| finding.cwe == cwe)
}

#[track_caller]
fn weak(body: &str) {
    let findings = model(body);
    assert!(has_cwe(&findings, 89), "not found in:\n{body}\n{findings:?}");
}

#[track_caller]
fn sound(body: &str) {
    let findings: Vec<String> =
        model(body).into_iter().filter(|finding| finding.cwe == 89).map(|finding| finding.rule).collect();
    assert!(findings.is_empty(), "{findings:?} in:\n{body}");
}

#[test]
fn text_in_all_its_forms() {
    weak("def f(self, x):\n    self.env.cr.execute('SELECT ' + x)");
    weak("def f(self, x):\n    self.env.cr.execute('SELECT %s' % x)");
    weak("def f(self, x):\n    self.env.cr.execute('SELECT %(a)s' % {'a': x})");
    weak("def f(self, x):\n    self.env.cr.execute('SELECT {}'.format(x))");
    weak("def f(self, x):\n    self.env.cr.execute(f'SELECT {x}')");
    weak("def f(self, x):\n    self.env.cr.execute(' '.join(['SELECT', x]))");
    weak("def f(self, x):\n    q = 'SELECT 1'\n    q += ' ' + x\n    self._cr.execute(q)");
    weak(
        "def f(self, x):\n    parts = []\n    parts.append('a = %s' % x)\n    self.env.cr.execute('SELECT ' + ','.join(parts))",
    );
    weak("def f(self, x):\n    q = 'SELECT %s' % x if x else 'SELECT 1'\n    self.env.cr.execute(q)");
    weak("def f(self, xs):\n    q = ','.join(\"'%s'\" % x for x in xs)\n    self.env.cr.execute('SELECT ' + q)");
    weak("def f(self, x):\n    cr = self.env.cr\n    run = 'SELECT ' + x.strip().lower()\n    cr.execute(run)");
    weak("def f(self, x):\n    d = {}\n    d['q'] = x\n    self.env.cr.execute('SELECT %s' % d['q'])");
    weak("def f(self, x):\n    self.q = 'SELECT ' + x\n    self.env.cr.execute(self.q)");
    weak("def f(self, x):\n    for part in x:\n        self.env.cr.execute('SELECT %s' % part)");
}

#[test]
fn constants_numbers_and_registry_names_are_sound() {
    sound("def f(self, x):\n    self.env.cr.execute('SELECT %s', (x,))");
    sound("def f(self, x):\n    self.env.cr.execute('SELECT %d' % x)");
    sound("def f(self, x):\n    self.env.cr.execute('SELECT %s' % int(x))");
    sound("def f(self, x):\n    self.env.cr.execute('SELECT 1 FROM ' + self._table)");
    sound("def f(self):\n    self.env.cr.execute('SELECT 1 WHERE id IN %s' % (tuple(self.ids),))");
    sound("def f(self, xs):\n    marks = ','.join(['%s'] * len(xs))\n    self.env.cr.execute('SELECT %s' % marks, xs)");
    sound("def f(self, x):\n    self.env.cr.execute(SQL('SELECT %s', x))");
    sound("def f(self, x):\n    self.env.cr.execute(SQL('SELECT %s', SQL.identifier(x)))");
    sound(
        "ORDER = {'a': 'id', 'b': 'name'}\n\ndef f(self, x):\n    self.env.cr.execute('SELECT 1 ORDER BY ' + self.ORDER[x])",
    );
    sound("def f(self, x):\n    self.env.cr.execute(self.env.cr.mogrify('SELECT %s', (x,)))");
}

#[test]
fn conditions_prove_things_about_names() {
    sound(
        "def f(self, x):\n    if x not in ('a', 'b'):\n        raise ValueError(x)\n    self.env.cr.execute('SELECT ' + x)",
    );
    sound("def f(self, x):\n    if x in ('a', 'b'):\n        self.env.cr.execute('SELECT ' + x)");
    sound("def f(self, x):\n    x = x if x in ('a', 'b') else 'a'\n    self.env.cr.execute('SELECT ' + x)");
    sound("def f(self, x):\n    if x not in self._fields:\n        return\n    self.env.cr.execute('SELECT ' + x)");
    sound(
        "def f(self, x):\n    if not isinstance(x, int):\n        raise TypeError(x)\n    self.env.cr.execute('SELECT %s' % x)",
    );
    sound("def f(self, x):\n    assert x in ('a', 'b')\n    self.env.cr.execute('SELECT ' + x)");
    weak("def f(self, x):\n    if x in ('a', 'b'):\n        pass\n    self.env.cr.execute('SELECT ' + x)");
    weak(
        "def f(self, x, y):\n    if y not in ('a', 'b'):\n        raise ValueError(y)\n    self.env.cr.execute('SELECT ' + x)",
    );
}

#[test]
fn calls_are_followed() {
    weak("def f(self, x):\n    self._run('SELECT ' + x)\n\ndef _run(self, q):\n    self.env.cr.execute(q)");
    weak("def f(self, x):\n    self.env.cr.execute(self._build(x))\n\ndef _build(self, x):\n    return 'SELECT ' + x");
    weak(
        "def f(self, x):\n    self._a(x)\n\ndef _a(self, x):\n    self._b(x)\n\ndef _b(self, x):\n    self._c(x)\n\ndef _c(self, x):\n    self.env.cr.execute('SELECT ' + x)",
    );
    weak(
        "def f(self, x):\n    self._run(where=x)\n\ndef _run(self, limit=1, where=None):\n    self.env.cr.execute('SELECT ' + where)",
    );
    weak(
        "def f(self, **kw):\n    self._run(**kw)\n\ndef _run(self, where=None):\n    self.env.cr.execute('SELECT ' + where)",
    );
    sound("def f(self):\n    self._run('id')\n\ndef _run(self, column):\n    self.env.cr.execute('SELECT ' + column)");
    sound("def f(self, x):\n    self.env.cr.execute(self._build(x))\n\ndef _build(self, x):\n    return 'SELECT 1'");
    sound(
        "def f(self, x):\n    self._run(self._check(x))\n\ndef _check(self, x):\n    return int(x)\n\ndef _run(self, x):\n    self.env.cr.execute('SELECT %s' % x)",
    );
}

#[test]
fn models_functions_and_files_are_joined() {
    let base = format!(
        "{HEAD}class A(models.Model):\n    _name = 'x.a'\n\n    def _run(self, q):\n        self.env.cr.execute('SELECT ' + q)\n"
    );
    let by_env = format!(
        "{HEAD}class B(models.Model):\n    _name = 'x.b'\n\n    def find(self, x):\n        return self.env['x.a']._run(x)\n"
    );
    assert!(has_cwe(&scan(&[("models/a.py", &base), ("models/b.py", &by_env)]), 89));
    let by_inherit = format!(
        "{HEAD}class B(models.Model):\n    _inherit = 'x.a'\n\n    def find(self, x):\n        return self._run(x)\n"
    );
    assert!(has_cwe(&scan(&[("models/a.py", &base), ("models/b.py", &by_inherit)]), 89));
    let by_super = format!(
        "{HEAD}class B(models.Model):\n    _inherit = 'x.a'\n\n    def _run(self, q):\n        return super()._run(q)\n\n    def find(self, x):\n        return self._run(x)\n"
    );
    assert!(has_cwe(&scan(&[("models/a.py", &base), ("models/b.py", &by_super)]), 89));
    let helper = "def run(cr, q):\n    cr.execute('SELECT ' + q)\n";
    let importer = format!(
        "from ..tools.sql import run\n{HEAD}class B(models.Model):\n    _name = 'x.b'\n\n    def find(self, x):\n        return run(self.env.cr, x)\n"
    );
    assert!(has_cwe(&scan(&[("tools/sql.py", helper), ("models/b.py", &importer)]), 89));
    let route = format!(
        "{HEAD}class C(http.Controller):\n    @http.route('/x', auth='public', type='json')\n    def x(self, q):\n        return request.env['x.a'].sudo()._run(q)\n"
    );
    let findings = scan(&[("models/a.py", &base), ("controllers/c.py", &route)]);
    let finding = findings.iter().find(|finding| finding.cwe == 89).unwrap();
    assert_eq!(finding.location.path, "m/models/a.py");
    assert!(finding.message.contains("without login"), "{}", finding.message);
    let files: Vec<&str> = finding.flow.iter().map(|step| step.location.path.as_str()).collect();
    assert_eq!(files.first(), Some(&"m/controllers/c.py"));
    assert_eq!(files.last(), Some(&"m/models/a.py"));
}

#[test]
fn the_source_decides_who_can_attack() {
    let confidence = |findings: &[Finding]| findings.iter().find(|finding| finding.cwe == 89).unwrap().confidence;
    let private = model("def _f(self, x):\n    self.env.cr.execute('SELECT ' + x)");
    assert_eq!(confidence(&private), Confidence::Medium);
    let public = model("def f(self, x):\n    self.env.cr.execute('SELECT ' + x)");
    assert_eq!(confidence(&public), Confidence::High);
    let guarded = model("@api.private\ndef f(self, x):\n    self.env.cr.execute('SELECT ' + x)");
    assert_eq!(confidence(&guarded), Confidence::Medium);
    let wizard = scan(&[(
        "a.py",
        &format!(
            "{HEAD}class W(models.TransientModel):\n    _name = 'x.w'\n    where = fields.Char()\n\n    def run(self):\n        self.env.cr.execute('SELECT ' + self.where)\n"
        ),
    )]);
    assert_eq!(confidence(&wizard), Confidence::High);
    let report = scan(&[(
        "a.py",
        &format!(
            "{HEAD}class R(models.AbstractModel):\n    _name = 'report.x.r'\n\n    def _get_report_values(self, docids, data=None):\n        self.env.cr.execute('SELECT ' + data['where'])\n"
        ),
    )]);
    assert!(has_cwe(&report, 89));
}

fn route(auth: &str, body: &str) -> Vec<Finding> {
    let indented: String = body.lines().map(|line| format!("        {line}\n")).collect();
    scan(&[(
        "controllers/c.py",
        &format!(
            "{HEAD}class C(http.Controller):\n    @http.route('/x', auth='{auth}', type='json')\n    def x(self, note_id, token=None, **kw):\n{indented}"
        ),
    )])
}

#[test]
fn guards_in_the_function_in_helpers_and_in_decorators_count() {
    let read = "return request.env['x.a'].sudo().browse(note_id).name";
    assert!(has_cwe(&route("public", read), 639));
    for guard in [
        "self._document_check_access('x.a', note_id, token)",
        "note = request.env['x.a'].browse(note_id)\nnote.check_access('read')",
        "if not self._verify_token(note_id, token):\n    return False",
        "if not request.env.user.has_group('base.group_system'):\n    return False",
    ] {
        assert!(!has_cwe(&route("public", &format!("{guard}\n{read}")), 639), "{guard}");
    }
    let helper = format!(
        "{HEAD}class C(http.Controller):\n    def _load(self, note_id, token):\n        note = request.env['x.a'].sudo().browse(note_id)\n        if not consteq(note.access_token, token):\n            raise ValueError()\n        return note\n\n    @http.route('/x', auth='public', type='json')\n    def x(self, note_id, token=None):\n        return self._load(note_id, token).name\n"
    );
    assert!(!has_cwe(&scan(&[("controllers/c.py", &helper)]), 639));
    let decorated = format!(
        "{HEAD}def with_key(function):\n    def inner(self, **kw):\n        if not consteq(kw.get('key'), 'x'):\n            raise ValueError()\n        return function(self, **kw)\n    return inner\n\nclass C(http.Controller):\n    @http.route('/x', auth='public', type='json')\n    @with_key\n    def x(self, note_id):\n        return request.env['x.a'].sudo().browse(note_id).name\n"
    );
    assert!(!has_cwe(&scan(&[("controllers/c.py", &decorated)]), 639));
}

#[test]
fn code_in_data_files_is_judged_at_its_own_lines() {
    let xml = "<odoo>\n<record id=\"a\" model=\"ir.actions.server\">\n    <field name=\"model_id\" ref=\"model_x_a\"/>\n    <field name=\"code\"><![CDATA[\n        for record in records:\n            env.cr.execute(\"SELECT '%s'\" % record.name)\n            eval(record.name)\n    ]]></field>\n</record>\n</odoo>\n";
    let findings = scan(&[("data/a.xml", xml)]);
    let eval = findings.iter().find(|finding| finding.rule == "exec-eval").unwrap();
    assert_eq!(eval.location.span.start.line, 7);
    assert_eq!(eval.location.span.start.column, 18);
}

#[test]
fn endless_recursion_ends() {
    weak(
        "def f(self, x):\n    self._a(x)\n\ndef _a(self, x):\n    self._b(x + 'a')\n\ndef _b(self, x):\n    self._a(x + 'b')\n    self.env.cr.execute('SELECT ' + x)",
    );
}

#[test]
fn uploads_forms_and_constant_names_are_followed() {
    let upload = scan(&[(
        "a.py",
        &format!(
            "import base64, pickle\n{HEAD}class W(models.TransientModel):\n    _name = 'x.w'\n    upload = fields.Binary()\n\n    def run(self):\n        return pickle.loads(base64.b64decode(self.upload))\n"
        ),
    )]);
    assert!(has_cwe(&upload, 502), "{upload:?}");
    weak("@api.onchange('name')\ndef _onchange_name(self):\n    self.env.cr.execute('SELECT ' + self.name)");
    weak("def f(self, x):\n    getattr(self, '_run')(x)\n\ndef _run(self, q):\n    self.env.cr.execute('SELECT ' + q)");
}

#[test]
fn templates_are_joined_by_their_calls() {
    let inner = "<template id=\"box\"><span t-esc=\"product.standard_price\"/></template>";
    let public = format!(
        "<odoo><template id=\"page\"><t t-call=\"website.layout\"><t t-call=\"m.box\"/></t></template>{inner}</odoo>"
    );
    let back_office = format!(
        "<odoo><template id=\"page\"><t t-call=\"web.html_container\"><t t-call=\"m.box\"/></t></template>{inner}</odoo>"
    );
    assert!(has_cwe(&scan(&[("views/a.xml", &public)]), 200));
    assert!(!has_cwe(&scan(&[("views/a.xml", &back_office)]), 200));
}

#[test]
fn fields_are_merged_over_the_classes_of_a_model() {
    let base =
        "from odoo import fields, models\n\nclass A(models.Model):\n    _name = 'x.a'\n    api_key = fields.Char()\n";
    let later = "from odoo import fields, models\n\nclass B(models.Model):\n    _inherit = 'x.a'\n    api_key = fields.Char(groups='base.group_system')\n";
    assert!(has_cwe(&scan(&[("models/a.py", base)]), 522));
    assert!(!has_cwe(&scan(&[("models/a.py", base), ("models/b.py", later)]), 522));
}

#[test]
fn expressions_in_data_files_are_judged() {
    let record = |model: &str, field: &str| {
        format!(
            "<odoo>\n<record id=\"a\" model=\"{model}\">\n    <field name=\"{field}\">[('id', '=', eval(user.name))]</field>\n</record>\n</odoo>\n"
        )
    };
    for (model, field) in
        [("ir.rule", "domain_force"), ("ir.actions.act_window", "context"), ("ir.actions.report", "print_report_name")]
    {
        let findings = scan(&[("data/a.xml", &record(model, field))]);
        let found = findings
            .iter()
            .find(|finding| finding.rule == "exec-eval")
            .unwrap_or_else(|| panic!("{field}: {findings:?}"));
        assert_eq!(found.location.span.start.line, 3, "{field}");
    }
    let template = "<odoo>\n<template id=\"t\">\n    <p t-esc=\"eval(doc.name)\"/>\n</template>\n</odoo>\n";
    let findings = scan(&[("data/t.xml", template)]);
    assert!(
        findings.iter().any(|finding| finding.rule == "exec-eval" && finding.location.span.start.line == 3),
        "{findings:?}"
    );
}
