#!/usr/bin/env python3
"""Stands between castellan and a real Odoo, writes down every call, and compares them with what docs/reads.md promises.

usage: recorder.py PORT ODOO_URL DOCS_FILE OUT_FILE

Every dialect is read here on its own (the standard library's XML-RPC and JSON), so that it does not trust the reader under test. At the
end (SIGTERM) OUT_FILE holds the number of calls and every call that was not promised, as JSON.
"""
import json
import re
import signal
import sys
import threading
import urllib.error
import urllib.request
import xmlrpc.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, upstream, docs, out = int(sys.argv[1]), sys.argv[2].rstrip('/'), sys.argv[3], sys.argv[4]
calls, broken = [], []


def promised():
    """Model -> fields, from the table of the page; models whose records are counted; models whose external ids are read."""
    text = open(docs).read()
    fields = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r'(?<!\\)\|', line)]
        if len(cells) > 6 and re.fullmatch(r'`[a-z0-9._]+`', cells[1]):
            names = {name for part in cells[3].split(',') for name in part.strip().split(' or ') if name}
            fields.setdefault(cells[1].strip('`'), set()).update(names)
    counted = set(re.findall(r'^\* [a-z-]+: `([a-z0-9._]+)` with', text, re.M))
    assert len(fields) > 20 and counted, 'docs/reads.md was not understood'
    return fields, counted


FIELDS, COUNTED = promised()


def judge(model, method, named):
    """None when the call was promised; the reason otherwise."""
    fields = named.get('fields')
    if (model, method) == ('res.users', 'context_get'):
        return None
    if method == 'search_count':
        return None if model in COUNTED else 'no promised count'
    if method == 'fields_get':
        return None if model in FIELDS else 'no promised model'
    if method != 'search_read':
        return 'no promised method'
    if not fields:
        return 'every field is asked for'
    if model == 'ir.model.data':
        allowed = {'module', 'name', 'model', 'res_id'}
    elif model == 'ir.model.fields':
        allowed = FIELDS[model] | {'model', 'name'}
    elif model in FIELDS:
        allowed = FIELDS[model] | ({'company_ids'} if model == 'res.users' else set())
    else:
        return 'no promised model'
    beyond = set(fields) - allowed
    return f'fields beyond the promise: {sorted(beyond)}' if beyond else None


def note(model, method, named):
    calls.append([model, method])
    reason = judge(model, method, named)
    if reason:
        broken.append([model, method, reason])


def execute(arguments):
    """`execute_kw` of the object service: database, user, secret, model, method, positional, named."""
    model, method = arguments[3], arguments[4]
    positional = arguments[5] if len(arguments) > 5 else []
    named = dict(arguments[6]) if len(arguments) > 6 else {}
    if method == 'search_read' and len(positional) > 1:
        named.setdefault('fields', positional[1])
    note(model, method, named)


def record(path, body):
    if not body:
        return
    if path.startswith('/json/2/'):
        model, method = path.split('/')[3:5]
        note(model, method, json.loads(body))
    elif path.startswith('/xmlrpc/'):
        arguments, method = xmlrpc.client.loads(body)
        if method in ('execute_kw', 'execute'):
            execute(arguments)
    elif path.startswith('/jsonrpc'):
        params = json.loads(body).get('params', {})
        if params.get('service') == 'object':
            execute(params.get('args', []))
    elif path.startswith(('/web/session/', '/web/webclient/version_info', '/web/version', '/json/version')):
        calls.append([path, ''])
    else:
        broken.append([path, '', 'no promised path'])


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        try:
            record(self.path.split('?')[0], body)
        except Exception as error:  # What is not understood is told, not passed over.
            broken.append([self.path, '', f'not understood: {error!r}'])
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ('connection', 'accept-encoding')}
        request = urllib.request.Request(upstream + self.path, body or None, headers, method=self.command)
        try:
            answer = urllib.request.build_opener(NoRedirect).open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ('transfer-encoding', 'content-length', 'connection'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = pass_on


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


server = ThreadingHTTPServer(('127.0.0.1', port), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
with open(out, 'w') as file:
    json.dump({'calls': len(calls), 'models': sorted({model for model, _ in calls}), 'broken': broken}, file)
