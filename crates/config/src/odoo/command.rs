//! Odoo's command line, as its option parser (`optparse`) reads it.

use castellan_model::Series;

use super::options;

/// An option of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Name of the option in the file, such as `db_password`; `config` for `-c`.
    pub option: String,
    /// Value; flags have `True` or `False`.
    pub value: String,
    /// As written, the value masked when it is a password.
    pub shown: String,
}

/// Flags, with the value that they set.
const FLAGS: [(&str, &str, &str); 18] = [
    ("--no-database-list", "list_db", "False"),
    ("--proxy-mode", "proxy_mode", "True"),
    ("--no-http", "http_enable", "False"),
    ("--no-xmlrpc", "http_enable", "False"),
    ("--test-enable", "test_enable", "True"),
    ("--with-demo", "with_demo", "True"),
    ("--smtp-ssl", "smtp_ssl", "True"),
    ("--x-sendfile", "x_sendfile", "True"),
    ("--syslog", "syslog", "True"),
    ("--unaccent", "unaccent", "True"),
    ("--stop-after-init", "stop_after_init", "True"),
    ("--save", "save", "True"),
    ("-s", "save", "True"),
    ("--log-sql", "log_handler", "odoo.sql_db:DEBUG"),
    ("--log-request", "log_handler", "odoo.http.rpc.request:DEBUG"),
    ("--log-response", "log_handler", "odoo.http.rpc.response:DEBUG"),
    ("--log-web", "log_handler", "odoo.http:DEBUG"),
    ("--i18n-overwrite", "overwrite_existing_translations", "True"),
];

/// Whether a process or service runs the Odoo server, and where its own arguments begin.
#[must_use]
pub fn server_arguments(command: &[String]) -> Option<usize> {
    let base = |text: &String| text.rsplit('/').next().unwrap_or(text).to_owned();
    let names = ["odoo", "odoo-bin", "odoo.py", "openerp-server", "openerp-gevent", "odoo-server", "odoo-gevent"];
    let is_odoo = |text: &String| {
        let name = base(text);
        names.contains(&name.as_str())
            || name.strip_prefix("odoo-").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
    };
    let at = command.iter().take(8).position(is_odoo)?;
    let interpreter = command.iter().take(at).all(|word| {
        let name = base(word);
        name.starts_with("python")
            || name.starts_with('-')
            || matches!(
                name.as_str(),
                "env" | "sudo" | "exec" | "gosu" | "su-exec" | "nice" | "sh" | "bash" | "entrypoint.sh" | "tini" | "--"
            )
            || name.contains('=')
            || at <= 3
    });
    // `sudo -u odoo psql` is not the server.
    if !interpreter
        || (at > 0 && command.get(at - 1).is_some_and(|word| matches!(word.as_str(), "-u" | "-g" | "--user")))
    {
        return None;
    }
    let next = at + 1;
    match command.get(next).map(String::as_str) {
        Some("server" | "gevent") => Some(next + 1),
        Some(word) if !word.starts_with('-') && !word.is_empty() => None,
        _ => Some(next),
    }
}

/// Reads the arguments of the server.
#[must_use]
pub fn parse(arguments: &[String], series: Series) -> Vec<Argument> {
    let mut found = Vec::new();
    let mut words = arguments.iter().peekable();
    while let Some(word) = words.next() {
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
            _ => (word.clone(), None),
        };
        if let Some((_, option, set)) = FLAGS.iter().find(|(flag, ..)| *flag == name) {
            found.push(Argument { option: (*option).into(), value: (*set).into(), shown: word.clone() });
            continue;
        }
        let (name, glued) = if !name.starts_with("--") && name.starts_with('-') && name.chars().count() > 2 {
            let split = name.char_indices().nth(2).map_or(name.len(), |(at, _)| at);
            let (short, rest) = name.split_at(split);
            (short.to_owned(), Some(rest.to_owned()))
        } else {
            (name, None)
        };
        let Some(option) = by_argument(&name, series) else { continue };
        value = value.or(glued);
        if value.is_none() && words.peek().is_some_and(|next| !next.starts_with("--")) {
            value = words.next().cloned();
        }
        let value = value.unwrap_or_default();
        let is_secret = options::find(&option).is_some_and(|fact| fact.secret);
        let shown = if is_secret { format!("{name}=********") } else { format!("{name}={value}") };
        found.push(Argument { option, value, shown });
    }
    found
}

/// The option that an argument sets: its exact name, or an unambiguous beginning, as `optparse` takes it.
fn by_argument(name: &str, series: Series) -> Option<String> {
    let known = || options::all().iter().filter(|option| option.works_in(series));
    let exact = known().find(|option| option.cli.iter().any(|cli| cli == name));
    if let Some(option) = exact {
        return Some(option.name.clone());
    }
    let old = match name {
        "--xmlrpc-interface" => Some("http_interface"),
        "--xmlrpc-port" => Some("http_port"),
        "--db-password" => Some("db_password"),
        _ => None,
    };
    if let Some(option) = old {
        return Some(option.to_owned());
    }
    if !name.starts_with("--") || name.len() < 4 {
        return None;
    }
    let mut matches = known().filter(|option| option.cli.iter().any(|cli| cli.starts_with(name)));
    let first = matches.next()?;
    matches.next().is_none().then(|| first.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn server_processes_are_told_from_others() {
        assert_eq!(server_arguments(&words("/usr/bin/python3 /usr/bin/odoo --config /etc/odoo.conf")), Some(2));
        assert_eq!(server_arguments(&words("/opt/odoo/venv/bin/python /opt/odoo/odoo-bin server -c x")), Some(3));
        assert_eq!(server_arguments(&words("odoo-bin shell -d x")), None);
        assert_eq!(server_arguments(&words("sudo -u odoo psql")), None);
        assert_eq!(server_arguments(&words("vim /etc/odoo/odoo.conf")), None);
        assert_eq!(server_arguments(&words("odoo")), Some(1));
    }

    #[test]
    fn arguments_in_every_form() {
        let read = parse(
            &words(
                "-c /etc/odoo.conf --workers=4 --db_password x1 -dprod --no-database-list --proxy-mode --limit-time-r 5 --dev=all",
            ),
            Series::ASSUMED,
        );
        let pairs: Vec<String> = read.iter().map(|one| format!("{}={}", one.option, one.value)).collect();
        assert_eq!(
            pairs,
            [
                "config=/etc/odoo.conf",
                "workers=4",
                "db_password=x1",
                "db_name=prod",
                "list_db=False",
                "proxy_mode=True",
                "dev_mode=all"
            ]
        );
        assert_eq!(read[2].shown, "--db_password=********");
    }
}
