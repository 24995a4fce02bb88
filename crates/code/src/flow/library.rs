//! What is known about functions outside the scan: the standard library, common packages and Odoo's tools.

use super::summary::Sink;
use super::value::{Clean, Kind};

/// What a function outside the scan does with its arguments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    /// An argument reaches a sink: index, keyword.
    Sink(Sink, usize, &'static str),
    /// The result is the first argument, made harmless for some uses.
    Cleans(Clean, Kind),
    /// The result is the arguments, unchanged.
    Passes(Kind),
    /// The result has nothing to do with the arguments.
    Fresh(Kind),
    /// A request to another machine: index and keyword of the URL.
    Request(usize, &'static str),
}

/// The last two parts of a dotted name, enough to know a function by.
fn tail(dotted: &str) -> &str {
    match dotted.rmatch_indices('.').nth(1) {
        Some((at, _)) => &dotted[at + 1..],
        None => dotted,
    }
}

/// What is known about a dotted name.
#[must_use]
pub(super) fn known(dotted: &str) -> Option<Known> {
    use Known::{Cleans, Fresh, Passes, Request, Sink as To};
    let exact = match dotted {
        "eval" | "exec" | "compile" | "builtins.eval" | "builtins.exec" | "execfile" | "builtins.compile" => {
            To(Sink::Eval, 0, "source")
        }
        "open" | "io.open" | "os.open" | "codecs.open" | "builtins.open" | "pathlib.Path" | "file" => {
            To(Sink::Path, 0, "file")
        }
        "os.system"
        | "os.popen"
        | "subprocess.getoutput"
        | "subprocess.getstatusoutput"
        | "commands.getoutput"
        | "commands.getstatusoutput"
        | "pexpect.spawn"
        | "pexpect.run" => To(Sink::Shell, 0, "command"),
        "__import__" | "importlib.import_module" | "builtins.__import__" => To(Sink::Import, 0, "name"),
        "os.remove" | "os.unlink" | "os.rmdir" | "os.listdir" | "os.makedirs" | "os.mkdir" | "shutil.rmtree"
        | "shutil.copy" | "shutil.copyfile" | "shutil.move" | "os.rename" => To(Sink::Path, 0, "path"),
        "int" | "float" | "bool" | "len" | "abs" | "round" | "sum" | "uuid.UUID" | "ord" | "id" | "hash"
        | "datetime.datetime" | "datetime.date" | "decimal.Decimal" => Cleans(Clean::NUMBER, Kind::Number),
        "str" | "repr" | "bytes" | "bytearray" => Passes(Kind::Str),
        "list" | "tuple" | "set" | "sorted" | "reversed" | "frozenset" | "zip" | "enumerate" | "filter" | "map"
        | "iter" => Passes(Kind::Collection),
        "dict" | "collections.OrderedDict" | "OrderedDict" | "copy.copy" | "copy.deepcopy" => Passes(Kind::Dict),
        "isinstance" | "issubclass" | "hasattr" | "any" | "all" | "callable" => Fresh(Kind::Bool),
        "range" | "time.time" | "os.getpid" | "min" => Fresh(Kind::Number),
        "uuid.uuid4" | "uuid.uuid1" | "secrets.token_hex" | "secrets.token_urlsafe" | "os.urandom" => Fresh(Kind::Str),
        "os.path.basename" => Cleans(Clean::PATH, Kind::Str),
        "os.path.splitext" | "os.path.dirname" | "os.path.join" | "os.path.abspath" | "os.path.realpath"
        | "os.path.normpath" | "os.path.expanduser" => Passes(Kind::Str),
        "os.path.exists" | "os.path.isfile" | "os.path.isdir" | "os.path.getsize" => Fresh(Kind::Bool),
        "re.escape" => Cleans(Clean::TEXT, Kind::Str),
        "re.compile" | "re.match" | "re.search" | "re.fullmatch" | "re.findall" | "re.sub" | "re.split"
        | "re.finditer" => To(Sink::Pattern, 0, "pattern"),
        "shlex.quote" | "pipes.quote" => Cleans(Clean::SHELL, Kind::Str),
        "ast.literal_eval" | "json.loads" | "json.load" => Passes(Kind::Unknown),
        "json.dumps" | "json.dump" => Cleans(Clean::HTML, Kind::Str),
        "hashlib.sha256" | "hashlib.md5" | "hashlib.sha1" | "hashlib.sha512" | "hmac.new" | "binascii.crc32" => {
            Fresh(Kind::Instance(ustr::Ustr::from("hashlib.hash")))
        }
        "base64.b64encode" | "base64.b64decode" | "base64.encodebytes" | "base64.decodebytes" | "bytes.fromhex" => {
            Passes(Kind::Str)
        }
        "markupsafe.Markup" | "odoo.tools.Markup" | "jinja2.Markup" | "flask.Markup" | "Markup" => {
            To(Sink::Markup, 0, "object")
        }
        "urllib.request.urlopen"
        | "urllib2.urlopen"
        | "urllib.urlopen"
        | "urllib.request.urlretrieve"
        | "urllib.request.Request"
        | "zeep.Client"
        | "suds.client.Client"
        | "xmlrpc.client.ServerProxy"
        | "xmlrpclib.ServerProxy"
        | "http.client.HTTPConnection"
        | "http.client.HTTPSConnection"
        | "httplib.HTTPSConnection"
        | "odoorpc.ODOO"
        | "ftplib.FTP"
        | "paramiko.Transport" => Request(0, "url"),
        "requests.request" | "httpx.request" | "requests.Request" => Request(1, "url"),
        "jinja2.Template" | "mako.template.Template" | "jinja2.sandbox.Template" => To(Sink::Template, 0, "source"),
        "lxml.etree.XSLT" | "etree.XSLT" => To(Sink::Xslt, 0, "xslt_input"),
        "lxml.etree.XPath" | "etree.XPath" => To(Sink::Xpath, 0, "path"),
        "werkzeug.utils.redirect" | "werkzeug.redirect" | "flask.redirect" => To(Sink::Redirect, 0, "location"),
        "odoo.registry"
        | "odoo.modules.registry.Registry"
        | "odoo.sql_db.db_connect"
        | "odoo.modules.registry.RegistryManager.get" => To(Sink::Database, 0, "db_name"),
        "psycopg2.extensions.AsIs" | "psycopg2.extensions.AsIs.AsIs" | "AsIs" => To(Sink::SqlAsIs, 0, "obj"),
        "sqlalchemy.text" | "sqlalchemy.sql.text" => To(Sink::SqlExternal, 0, "text"),
        _ => return by_tail(dotted),
    };
    Some(exact)
}

fn by_tail(dotted: &str) -> Option<Known> {
    use Known::{Cleans, Fresh, Passes, Request, Sink as To};
    let first = dotted.split('.').next().unwrap_or(dotted);
    let last = dotted.rsplit('.').next().unwrap_or(dotted);
    if matches!(first, "requests" | "httpx")
        && matches!(last, "get" | "post" | "put" | "delete" | "patch" | "head" | "options")
    {
        return Some(Request(0, "url"));
    }
    if matches!(first, "subprocess") && matches!(last, "run" | "call" | "check_call" | "check_output" | "Popen") {
        return Some(To(Sink::Argument, 0, "args"));
    }
    let found = match tail(dotted) {
        "pickle.loads" | "pickle.load" | "cPickle.loads" | "cPickle.load" | "_pickle.loads" | "marshal.loads"
        | "marshal.load" | "shelve.open" | "dill.loads" | "dill.load" | "jsonpickle.decode" | "cloudpickle.loads"
        | "pickle.Unpickler" => To(Sink::Pickle, 0, "data"),
        "safe_eval.safe_eval" | "tools.safe_eval" => To(Sink::SafeEval, 0, "expr"),
        "tools.html_escape"
        | "misc.html_escape"
        | "html.escape"
        | "markupsafe.escape"
        | "utils.escape"
        | "cgi.escape"
        | "saxutils.escape"
        | "tools.html_sanitize"
        | "mail.html_sanitize"
        | "tools.plaintext2html"
        | "mail.plaintext2html"
        | "tools.html2plaintext"
        | "mail.html2plaintext"
        | "bleach.clean"
        | "xss.escape" => Cleans(Clean::HTML, Kind::Markup),
        "urls.url_quote"
        | "urls.url_quote_plus"
        | "parse.quote"
        | "parse.quote_plus"
        | "urls.url_encode"
        | "parse.urlencode"
        | "urllib.quote"
        | "urllib.quote_plus"
        | "urllib.urlencode" => Cleans(Clean::HTML.union(Clean::URL).union(Clean::PATH).union(Clean::TEXT), Kind::Str),
        "utils.secure_filename" => Cleans(Clean::PATH.union(Clean::SHELL), Kind::Str),
        "filter.filter_format"
        | "filter.escape_filter_chars"
        | "ldap3.escape_filter_chars"
        | "conv.escape_filter_chars" => Cleans(Clean::TEXT, Kind::Str),
        "tools.sql_escape" | "tools.escape_psql" | "sql.escape_psql" => Cleans(Clean::TEXT, Kind::Str),
        "fields.Date"
        | "fields.Datetime"
        | "Date.to_string"
        | "Date.from_string"
        | "Date.to_date"
        | "Datetime.to_datetime"
        | "Datetime.from_string"
        | "Datetime.to_string"
        | "date.fromisoformat"
        | "datetime.strptime"
        | "datetime.fromisoformat"
        | "parser.parse" => Cleans(Clean::NUMBER, Kind::Number),
        "tools.email_normalize" | "mail.email_normalize" | "tools.formataddr" => Cleans(Clean::TEXT, Kind::Str),
        "modules.get_module_path"
        | "module.get_module_path"
        | "modules.get_module_resource"
        | "module.get_resource_path"
        | "tools.file_path"
        | "misc.file_path"
        | "tools.file_open"
        | "misc.file_open" => Cleans(Clean::PATH, Kind::Str),
        "Stream.from_path" => To(Sink::Path, 0, "path"),
        "http.send_file" | "wsgi.send_file" | "utils.send_file" => To(Sink::Path, 0, "path"),
        "http.content_disposition" => Cleans(Clean::TEXT, Kind::Str),
        "sql.Identifier" | "SQL.identifier" | "tools.SQL.identifier" | "sql.Literal" | "sql.Placeholder" => {
            Fresh(Kind::Sql)
        }
        "sql.SQL" | "tools.SQL" | "odoo.SQL" => To(Sink::SqlWrapper, 0, "code"),
        "extensions.AsIs" => To(Sink::SqlAsIs, 0, "obj"),
        "tools.ustr" | "misc.ustr" | "pycompat.to_text" => Passes(Kind::Str),
        "yaml.load" => Passes(Kind::Unknown),
        _ => return None,
    };
    Some(found)
}
