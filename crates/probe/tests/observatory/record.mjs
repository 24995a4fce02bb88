// Asks the scorer of the MDN HTTP Observatory what it gives for answers, and writes `cases.json` beside this file.
//
//   npm install --ignore-scripts @mdn/mdn-http-observatory@1.4.8
//   node crates/probe/tests/observatory/record.mjs path/to/node_modules
//
// The tests of version 1.4.8 give 0 points for `X-Frame-Options`, version 6 of the algorithm gives 5, and has tests of two more headers.
import { existsSync, writeFileSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(process.argv[2] ?? "node_modules");
const load = (path) => import(pathToFileURL(`${root}/${path}`).href);
mkdirSync(`${root}/@mdn/mdn-http-observatory/conf`, { recursive: true });
// Its list of preloaded hosts is fetched by a script of its own; none of ours is on it.
const list = `${root}/@mdn/mdn-http-observatory/conf/hsts-preload.json`;
if (!existsSync(list)) writeFileSync(list, "{}");
const { ALL_TESTS } = await load("@mdn/mdn-http-observatory/src/constants.js");
const { getScoreModifier } = await load("@mdn/mdn-http-observatory/src/grader/grader.js");
const { Requests } = await load("@mdn/mdn-http-observatory/src/types.js");
const { parseHttpEquivHeaders } = await load("@mdn/mdn-http-observatory/src/retriever/utils.js");
const { CookieJar } = await load("tough-cookie/dist/index.js").catch(() => load("tough-cookie/dist/cookie/index.js"));

const HOST = "erp.example.co.uk";
const HSTS = ["strict-transport-security", "max-age=31536000"];
const csp = (text) => [["content-security-policy", text]];
const cookie = (text, ...more) => [["set-cookie", text], ...more];
const page = (body, ...headers) => ({ headers, body: `<!doctype html><html><head>${body}</head><body></body></html>` });

const cases = [
  { headers: [] },
  { headers: [HSTS, ...csp("frame-ancestors 'self'"), ["x-content-type-options", "nosniff"], ["referrer-policy", "strict-origin-when-cross-origin"]] },
  ...[
    "default-src 'none'", "default-src 'self'", "default-src 'none'; img-src https:", "script-src 'self'", "script-src 'self'; object-src 'none'",
    "default-src 'self' 'unsafe-inline'", "default-src 'self'; style-src 'self' 'unsafe-inline'", "default-src 'self' data:",
    "default-src 'self'; img-src data: http:", "default-src 'self'; media-src http://a.example", "default-src 'self' http://a.example",
    "default-src 'self'; connect-src http://a.example", "default-src 'self' 'unsafe-eval'", "default-src 'self'; style-src 'unsafe-eval'",
    "default-src https:", "default-src *", "default-src 'self'; object-src *", "default-src 'self'; script-src 'unsafe-inline' 'nonce-abc'",
    "default-src 'none'; script-src 'strict-dynamic' 'nonce-abc' 'unsafe-inline' https: http: 'self'", "default-src 'self'; script-src 'strict-dynamic'",
    "default-src 'self'; default-src 'none'", "default-src 'none'; report-uri /a; report-uri /b", "x", "", "img-src", "default-src", "script-src; object-src 'none'",
    "DEFAULT-SRC 'NONE'", "frame-ancestors 'none'", "default-src 'none' ; ; ", "upgrade-insecure-requests", "default-src 'self' 'sha256-abc' 'unsafe-inline'",
    "default-src 'self'; script-src https://*.example.com https://*", "default-src 'self'; script-src http://*.*",
  ].map((text) => ({ headers: csp(text) })),
  { headers: [["content-security-policy", "default-src 'self' 'unsafe-inline'"], ["content-security-policy", "default-src 'self'"]] },
  { headers: [["content-security-policy", "default-src 'none'"], ["content-security-policy", "script-src 'self'"]] },
  { headers: [["content-security-policy-report-only", "default-src 'none'"]] },
  page(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`),
  page(`<meta http-equiv="Content-Security-Policy" content="frame-ancestors 'none'">`),
  page(`<meta http-equiv="content-security-policy" content="default-src 'self' 'unsafe-inline'">`, ...csp("default-src 'self'")),
  page(`<meta name="referrer" content="no-referrer">`),
  page(`<meta name="referrer" content="unsafe-url">`, ["referrer-policy", "no-referrer"]),
  ...[
    "session_id=1; Secure; HttpOnly; SameSite=Lax", "session_id=1; Secure; HttpOnly", "session_id=1; HttpOnly", "session_id=1; Secure", "session_id=1",
    "lang=1", "lang=1; Secure", "lang=1; Secure; SameSite=Foo", "lang=1; Secure; SameSite", "lang=1; SameSite=None", "csrf=1; Secure", "csrf=1; Secure; SameSite=Strict",
    "MyLoginToken=1; HttpOnly; Secure; SameSite=None", "heroku-session-affinity=1",
  ].flatMap((text) => [{ headers: cookie(text) }, { headers: cookie(text, HSTS) }]),
  { headers: cookie("a=1; Secure; SameSite=Lax", ["set-cookie", "session_id=2; Secure"], HSTS) },
  { headers: cookie("a=1", ["set-cookie", "csrf=2"], HSTS) },
  ...[
    "max-age=15552000", "max-age=15551999", "max-age=0", "max-age=31536000; includeSubDomains; preload", "includeSubDomains", "MAX-AGE=31536000",
    "max-age=31536000, max-age=31536000", 'max-age="31536000"', "max-age=31536000abc", "max-age =31536000",
  ].map((text) => ({ headers: [["strict-transport-security", text]] })),
  ...["no-referrer", "unsafe-url", "nonsense", "no-referrer, unsafe-url", "unsafe-url, nonsense", "same-origin", "origin", "Strict-Origin"].map((text) => ({ headers: [["referrer-policy", text]] })),
  ...["nosniff", "NOSNIFF", "nosniff, nosniff", "sniff"].map((text) => ({ headers: [["x-content-type-options", text]] })),
  ...["DENY", "sameorigin", "ALLOW-FROM https://a.example", "ALLOWALL", "DENY, DENY"].map((text) => ({ headers: [["x-frame-options", text]] })),
  ...["same-origin", "same-site", "cross-origin", "nonsense"].map((text) => ({ headers: [["cross-origin-resource-policy", text]] })),
  page(`<script src="/a.js"></script>`),
  page(`<script>1</script>`),
  page(`<script src="https://cdn.example.net/a.js"></script>`),
  page(`<script src="https://cdn.example.net/a.js" integrity="sha384-x"></script>`),
  page(`<script src="http://cdn.example.net/a.js" integrity="sha384-x"></script>`),
  page(`<script src="http://cdn.example.net/a.js"></script>`),
  page(`<script src="//cdn.example.net/a.js"></script>`),
  page(`<script src="//cdn.example.net/a.js" integrity="sha384-x"></script>`),
  page(`<script src="https://static.example.co.uk/a.js"></script>`),
  page(`<script src="https://other.co.uk/a.js"></script>`),
  page(`<script src="/a.js" integrity="sha384-x"></script>`),
  page(`<script src="/a.js"></script><script src="https://cdn.example.net/a.js" integrity="sha384-x"></script>`),
  page(`<script src="/a.js" integrity="sha384-x"></script><script src="https://cdn.example.net/a.js"></script>`),
  { headers: [["content-type", "application/json"]], body: "{}" },
  { headers: [], cors: [["access-control-allow-origin", "*"]] },
  { headers: [], cors: [["access-control-allow-origin", "https://castellan-probe.invalid"], ["access-control-allow-credentials", "true"]] },
  { headers: [], cors: [["access-control-allow-origin", "https://castellan-probe.invalid"]] },
  { headers: [HSTS], distrust: true },
  { headers: [HSTS], http: null },
  { headers: [HSTS], http: [`http://${HOST}/`] },
  { headers: [HSTS], http: [`http://${HOST}/`, `http://${HOST}/a`, `https://${HOST}/`] },
  { headers: [HSTS], http: [`http://${HOST}/`, "https://www.example.org/"] },
  { headers: [HSTS], http: [`http://${HOST}/`, `http://${HOST}/a`] },
];

class Headers {
  constructor(list) {
    for (const [name, value] of list) {
      if (name in this) this[name] = [this[name], value].flat();
      else this[name] = name === "set-cookie" || name === "content-security-policy" ? [value] : value;
    }
  }
}
Object.defineProperty(Headers.prototype, "get", { value(name) { return this[name]; }, enumerable: false });

const out = cases.map((one) => {
  const body = one.body ?? "<!doctype html><html><body></body></html>";
  const headers = one.headers.some(([name]) => name === "content-type") ? one.headers : [["content-type", "text/html"], ...one.headers];
  const url = new URL(`https://${HOST}/`);
  const jar = new CookieJar();
  for (const [name, value] of headers) if (name === "set-cookie") { try { jar.setCookieSync(value, url.href); } catch { /* not a cookie */ } }
  const r = new Requests(HOST);
  const verified = !one.distrust;
  const response = { status: 200, headers: new Headers(headers), verified, httpEquiv: parseHttpEquivHeaders(body, url.href) };
  const chain = one.http === undefined ? [`http://${HOST}/`, `https://${HOST}/`] : one.http;
  r.session = { url, jar };
  r.resources.path = body;
  r.responses.auto = response;
  r.responses.https = response;
  r.responses.http = chain === null ? null : { status: 200, headers: new Headers([]), verified };
  r.responses.httpRedirects = (chain ?? []).map((href) => ({ url: new URL(href), status: 301 }));
  r.responses.httpsRedirects = [{ url, status: 200 }];
  if (one.cors) r.responses.cors = { status: 200, headers: new Headers(one.cors), verified, request: { headers: new Headers([["origin", "https://castellan-probe.invalid"]]) } };
  const expected = {};
  for (const test of ALL_TESTS) {
    const output = test(r);
    expected[output.constructor.name] = [getScoreModifier(output.result), output.result];
  }
  return { headers, body, cors: one.cors ?? [], http: chain, distrust: Boolean(one.distrust), expected };
});
writeFileSync(new URL("cases.json", import.meta.url), JSON.stringify(out, null, 1) + "\n");
console.log(`${out.length} answers`);
