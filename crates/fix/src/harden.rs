//! Hardened configurations for given facts: complete, commented, and clean under our own rules.

use std::fmt::Write as _;

use castellan_model::Series;

/// What a configuration is made for.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Series of Odoo.
    pub series: Series,
    /// Host name of the site.
    pub domain: String,
    /// Database.
    pub database: String,
    /// Workers.
    pub workers: u32,
    /// Port of Odoo.
    pub port: u16,
    /// Port of the evented worker.
    pub gevent_port: u16,
    /// System user.
    pub user: String,
    /// Data directory.
    pub data_dir: String,
    /// Addons path.
    pub addons_path: String,
    /// Addresses and networks that may use RPC.
    pub allow: Vec<String>,
    /// Certificate of the site.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            series: Series::ASSUMED,
            domain: "erp.example.com".into(),
            database: "prod".into(),
            workers: 4,
            port: 8069,
            gevent_port: 8072,
            user: "odoo".into(),
            data_dir: "/var/lib/odoo".into(),
            addons_path: "/usr/lib/python3/dist-packages/odoo/addons,/opt/odoo/addons".into(),
            allow: Vec::new(),
            certificate: "/etc/ssl/odoo/fullchain.pem".into(),
            key: "/etc/ssl/odoo/privkey.pem".into(),
        }
    }
}

/// `odoo.conf`. `master_hash` is the hash of the master password.
#[must_use]
pub fn odoo(facts: &Facts, master_hash: &str) -> String {
    let major = facts.series.major();
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line("# Odoo behind a proxy on the same machine. Owner root, group of the service user, mode 0640.");
    line("[options]");
    line("; The master password, as a hash. The database manager is off all the same.");
    line(&format!("admin_passwd = {master_hash}"));
    line("list_db = False");
    line("");
    line("; One database, chosen by nobody. The filter is anchored at both ends.");
    line(&format!("db_name = {}", facts.database));
    line(&format!("dbfilter = ^{}$", regex::escape(&facts.database)));
    line("; The local socket with `peer`: no password anywhere.");
    line("db_host = False");
    line(&format!("db_user = {}", facts.user));
    line("db_maxconn = 8");
    if major >= 11 {
        line("db_sslmode = prefer");
    }
    line("");
    line("; Reached through the proxy only, which sets the forwarded headers.");
    line(if major >= 11 { "http_interface = 127.0.0.1" } else { "xmlrpc_interface = 127.0.0.1" });
    line(&format!("{} = {}", if major >= 11 { "http_port" } else { "xmlrpc_port" }, facts.port));
    line(&format!("{} = {}", if major >= 16 { "gevent_port" } else { "longpolling_port" }, facts.gevent_port));
    line("proxy_mode = True");
    line("");
    line("; Limits count with workers only.");
    line(&format!("workers = {}", facts.workers.max(2)));
    line("max_cron_threads = 1");
    line("limit_memory_soft = 2147483648");
    line("limit_memory_hard = 2684354560");
    line("limit_request = 8192");
    line("limit_time_cpu = 60");
    line("limit_time_real = 120");
    line("limit_time_real_cron = 600");
    line("");
    line("; Code belongs to root, data to the service user.");
    line(&format!("addons_path = {}", facts.addons_path));
    line(&format!("data_dir = {}", facts.data_dir));
    line(if major >= 19 { "server_wide_modules = base,rpc,web" } else { "server_wide_modules = base,web" });
    line(if major >= 19 { "with_demo = False" } else { "without_demo = all" });
    line(&format!("{} = ^$", if major >= 19 { "import_url_regex" } else { "import_image_regex" }));
    line("");
    line("; Logins are logged at info.");
    line("logfile = /var/log/odoo/odoo.log");
    line("log_level = info");
    line("log_handler = :INFO");
    if major >= 20 {
        line("unsafe_policy = raise");
    }
    out
}

fn socket_path(major: u8) -> &'static str {
    if major >= 16 { "/websocket" } else { "/longpolling" }
}

/// A site of nginx with everything that belongs to it, for `/etc/nginx/conf.d/`.
#[must_use]
pub fn nginx(facts: &Facts) -> String {
    let socket = socket_path(facts.series.major());
    let allow: String = facts.allow.iter().map(|network| format!("        allow {network};\n")).collect();
    let domain = &facts.domain;
    let mut out = String::new();
    let _ = write!(
        out,
        r#"# Odoo {series} at {domain}. Goes into the http block, for instance as /etc/nginx/conf.d/odoo.conf.
# Needs nginx 1.19.3 or newer. The default servers refuse names that are not ours.

upstream odoo {{ server 127.0.0.1:{port}; }}
upstream odoo_socket {{ server 127.0.0.1:{gevent}; }}

map $http_upgrade $connection_upgrade {{
    default upgrade;
    ''      close;
}}

# Requests a client may send: pages load many parts, logins and RPC do not.
limit_req_zone $binary_remote_addr zone=odoo_all:10m rate=50r/s;
limit_req_zone $binary_remote_addr zone=odoo_login:10m rate=10r/m;
limit_req_zone $binary_remote_addr zone=odoo_rpc:10m rate=5r/s;

server {{
    listen 80 default_server;
    listen 443 ssl default_server;
    server_name _;
    server_tokens off;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    return 444;
}}

server {{
    listen 80;
    server_name {domain};
    server_tokens off;
    return 301 https://{domain}$request_uri;
}}

server {{
    listen 443 ssl;
    server_name {domain};
    server_tokens off;

    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
    ssl_session_cache shared:odoo_tls:10m;
    ssl_session_tickets off;

    access_log /var/log/nginx/odoo.access.log;
    error_log /var/log/nginx/odoo.error.log;

    client_max_body_size 128m;
    proxy_read_timeout 720s;
    proxy_connect_timeout 30s;
    proxy_send_timeout 720s;
    proxy_http_version 1.1;
    limit_req_status 429;
    limit_req zone=odoo_all burst=200 nodelay;

    # Set, never taken from the client. A location that sets one header of its own must repeat all of them.
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Odoo-dbfilter "";
    proxy_cookie_flags session_id samesite=lax secure;

    # Odoo sends some of these on some pages: the proxy sends them once, everywhere.
    proxy_hide_header X-Frame-Options;
    proxy_hide_header X-Content-Type-Options;
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
    add_header X-Frame-Options SAMEORIGIN always;
    add_header X-Content-Type-Options nosniff always;
    add_header Referrer-Policy strict-origin-when-cross-origin always;
    add_header Permissions-Policy "camera=(), microphone=(), geolocation=()" always;

    # The database manager, and pages that tell the version.
    location ~ ^/web/database {{ return 403; }}
    location ~ ^/(website/info|web/version|web/webclient/version_info|json/version|doc)(/|-|$) {{ return 403; }}

    # RPC: for the addresses of integrations only.
    location ~ ^/(xmlrpc|jsonrpc|json)(/|$) {{
        limit_req zone=odoo_rpc burst=20 nodelay;
{allow}        deny all;
        proxy_pass http://odoo;
    }}

    location ~ ^/web/(login|session/authenticate|reset_password|signup)(/|$) {{
        limit_req zone=odoo_login burst=5 nodelay;
        proxy_pass http://odoo;
    }}

    location {socket} {{
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Odoo-dbfilter "";
        proxy_pass http://odoo_socket;
    }}

    location ~ /\.(git|svn|env|ht) {{ return 404; }}

    location / {{ proxy_pass http://odoo; }}
}}
"#,
        series = facts.series,
        port = facts.port,
        gevent = facts.gevent_port,
        certificate = facts.certificate,
        key = facts.key,
    );
    out
}

/// A Caddyfile. `plugins` uses the rate limit of github.com/mholt/caddy-ratelimit, which Caddy does not bring itself.
#[must_use]
pub fn caddy(facts: &Facts, plugins: bool) -> String {
    let socket = socket_path(facts.series.major());
    let except =
        if facts.allow.is_empty() { String::new() } else { format!("\t\t\tnot remote_ip {}\n", facts.allow.join(" ")) };
    let limits = if plugins {
        r"
		# Needs the plugin github.com/mholt/caddy-ratelimit.
		@login path /web/login /web/session/authenticate /web/reset_password /web/signup
		rate_limit @login {
			zone odoo_login {
				key {remote_host}
				events 10
				window 1m
			}
		}
		@api path /xmlrpc/* /jsonrpc* /json/*
		rate_limit @api {
			zone odoo_rpc {
				key {remote_host}
				events 300
				window 1m
			}
		}
"
    } else {
        "\n\t\t# Caddy has no limit on requests of its own: let fail2ban read Odoo's log (castellan harden fail2ban).\n"
    };
    format!(
        r#"# Odoo {series} at {domain}. Caddy gets the certificate, redirects plain HTTP and sets the forwarded headers by itself.
{domain} {{
	encode gzip

	header {{
		Strict-Transport-Security "max-age=31536000; includeSubDomains"
		X-Frame-Options SAMEORIGIN
		X-Content-Type-Options nosniff
		Referrer-Policy strict-origin-when-cross-origin
		Permissions-Policy "camera=(), microphone=(), geolocation=()"
		-Server
	}}

	request_body {{
		max_size 128MB
	}}

	# In the order in which it is written.
	route {{
		# The database manager, and pages that tell the version.
		@manager path /web/database /web/database/*
		respond @manager 403
		@version path /website/info* /web/version /web/webclient/version_info /json/version /doc /doc/* /doc-bearer/*
		respond @version 403

		# RPC: for the addresses of integrations only.
		@rpc {{
			path /xmlrpc /xmlrpc/* /jsonrpc* /json/*
{except}		}}
		respond @rpc 403
{limits}
		reverse_proxy {socket}* 127.0.0.1:{gevent}
		reverse_proxy 127.0.0.1:{port} {{
			# Odoo sets neither Secure nor SameSite.
			header_down Set-Cookie (.*) "$1; Secure; SameSite=Lax"
			header_up X-Odoo-dbfilter ""
			transport http {{
				read_timeout 720s
			}}
		}}
	}}
}}
"#,
        series = facts.series,
        domain = facts.domain,
        port = facts.port,
        gevent = facts.gevent_port,
    )
}

/// `postgresql.conf` (a file for `conf.d`) and `pg_hba.conf`, with their paths.
#[must_use]
pub fn postgresql(facts: &Facts) -> Vec<(String, String)> {
    let conf = "# /etc/postgresql/VERSION/main/conf.d/odoo.conf\n\
        # Reached over the local socket only. For Odoo on another machine name the private address here, set ssl = on, and\n\
        # write hostssl with that machine's /32 into pg_hba.conf.\n\
        listen_addresses = 'localhost'\n\
        password_encryption = scram-sha-256\n\
        ssl_min_protocol_version = 'TLSv1.2'\n\
        max_connections = 100\n\
        # Who connects, what changes the schema, what is slow; never the values of all statements.\n\
        log_connections = on\n\
        log_disconnections = on\n\
        log_line_prefix = '%m [%p] %q%u@%d %h '\n\
        log_statement = 'ddl'\n\
        log_min_duration_statement = 5000\n\
        authentication_timeout = 30s\n\
        idle_in_transaction_session_timeout = 30min\n"
        .to_owned();
    let hba = format!(
        "# /etc/postgresql/VERSION/main/pg_hba.conf, owner postgres, mode 0640. The first match decides.\n\
         # Role: CREATE ROLE {user} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB; the database is owned by it.\n\
         #\n\
         # TYPE  DATABASE   USER       ADDRESS        METHOD\n\
         local   all        postgres                  peer\n\
         local   {database}  {user}                   peer\n\
         # The maintenance connection of Odoo.\n\
         local   postgres   {user}                    peer\n\
         host    {database}  {user}   127.0.0.1/32    scram-sha-256\n\
         host    all        all        all            reject\n",
        user = facts.user,
        database = facts.database,
    );
    vec![("postgresql.conf".into(), conf), ("pg_hba.conf".into(), hba)]
}

/// A service unit.
#[must_use]
pub fn systemd(facts: &Facts) -> String {
    let socket_check = if facts.series.major() >= 17 {
        "# Websockets opened by other sites lose their login (CVE-2024-12887).\nEnvironment=ODOO_BUS_PUBLIC_SAMESITE_WS=1\n"
    } else {
        ""
    };
    let home = if facts.data_dir.starts_with("/home/") {
        "# ProtectHome is left out: the data directory lies in a home.\n"
    } else {
        "ProtectHome=yes\n"
    };
    format!(
        "# /etc/systemd/system/odoo.service, owner root, mode 0644.\n\
         # Left out because they break Odoo: MemoryDenyWriteExecute (PDF engine), PrivateNetwork, PrivateUsers (peer\n\
         # authentication), ProcSubset=pid (memory limits).\n\
         [Unit]\n\
         Description=Odoo\n\
         After=network-online.target postgresql.service\n\
         Wants=network-online.target\n\
         \n\
         [Service]\n\
         Type=simple\n\
         User={user}\n\
         Group={user}\n\
         ExecStart=/usr/bin/odoo --config /etc/odoo/odoo.conf\n\
         Restart=on-failure\n\
         RestartSec=5\n\
         {socket_check}\
         UMask=0027\n\
         NoNewPrivileges=yes\n\
         ProtectSystem=strict\n\
         ReadWritePaths=-{data} -/var/log/odoo\n\
         {home}\
         PrivateTmp=yes\n\
         PrivateDevices=yes\n\
         ProtectKernelTunables=yes\n\
         ProtectKernelModules=yes\n\
         ProtectKernelLogs=yes\n\
         ProtectControlGroups=yes\n\
         ProtectClock=yes\n\
         ProtectHostname=yes\n\
         ProtectProc=invisible\n\
         RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n\
         RestrictNamespaces=yes\n\
         RestrictRealtime=yes\n\
         RestrictSUIDSGID=yes\n\
         LockPersonality=yes\n\
         RemoveIPC=yes\n\
         SystemCallArchitectures=native\n\
         SystemCallFilter=@system-service\n\
         # Not ~@resources: workers set limits and jobs lower their priority.\n\
         SystemCallFilter=~@privileged\n\
         SystemCallErrorNumber=EPERM\n\
         CapabilityBoundingSet=\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n",
        user = facts.user,
        data = facts.data_dir,
    )
}

/// The jail and the filter of fail2ban, with their paths.
#[must_use]
pub fn fail2ban(_facts: &Facts) -> Vec<(String, String)> {
    let jail = "# /etc/fail2ban/jail.d/odoo.local\n\
        [odoo]\n\
        enabled = true\n\
        filter = odoo\n\
        logpath = /var/log/odoo/odoo.log\n\
        port = http,https\n\
        # Ten failures in ten minutes. Needs proxy_mode, or every failure comes from the proxy.\n\
        maxretry = 10\n\
        findtime = 10m\n\
        bantime = 1h\n"
        .to_owned();
    let filter = "# /etc/fail2ban/filter.d/odoo.conf\n\
        # Matches up to 18.0 (\"login failed for db:NAME login:NAME\") and 19.0, which leaves the database out. The login is the\n\
        # visitor's own text: the address is taken from the end of the line.\n\
        [Definition]\n\
        failregex = ^ \\d+ INFO \\S+ \\S+res_users: Login failed for (?:db:\\S* )?login:.* from <HOST>\\s*$\n\
        ignoreregex =\n"
        .to_owned();
    vec![("/etc/fail2ban/jail.d/odoo.local".into(), jail), ("/etc/fail2ban/filter.d/odoo.conf".into(), filter)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use castellan_config::deployment::Options;
    use castellan_config::host::snapshot::Snapshot;
    use castellan_config::host::{Attributes, Facts as HostFacts, Kind};
    use castellan_config::odoo::secret;
    use castellan_config::scan::{ScanOptions, scan};
    use castellan_model::Persona;

    /// Everything that `castellan harden` writes, on one host.
    fn host(facts: &Facts, caddy_front: bool) -> Snapshot {
        let mut host = Snapshot::new(HostFacts::default());
        let owned =
            |mode: u32, uid: u32, gid: u32, kind: Kind| Some(Attributes { kind, mode, uid, gid, size: 1, modified: 0 });
        host.put(
            "/etc/passwd",
            "root:x:0:0::/root:/bin/bash\nodoo:x:1000:1000::/var/lib/odoo:/usr/sbin/nologin\n",
            None,
        );
        host.put("/etc/group", "root:x:0:\nodoo:x:1000:\n", None);
        // As a bundle keeps it: a real hash would be guessed at for a second in every round.
        let hash = format!("{}pbkdf2-sha512:{}:strong", secret::MASK, secret::ROUNDS);
        host.put("/etc/odoo/odoo.conf", odoo(facts, &hash), owned(0o640, 0, 1000, Kind::File));
        host.put("/etc/systemd/system/odoo.service", systemd(facts), None);
        if caddy_front {
            host.put("/etc/caddy/Caddyfile", caddy(facts, true), None);
        } else {
            host.put("/etc/nginx/nginx.conf", "http { include conf.d/*.conf; }\n", None);
            host.put("/etc/nginx/conf.d/odoo.conf", nginx(facts), None);
            host.put(&facts.key, "x", owned(0o600, 0, 0, Kind::File));
        }
        for (name, text) in postgresql(facts) {
            host.put(&format!("/etc/postgresql/17/main/{name}"), text, owned(0o640, 0, 0, Kind::File));
        }
        for (path, text) in fail2ban(facts) {
            host.put(&path, text, None);
        }
        host.put("/etc/logrotate.d/odoo", "/var/log/odoo/*.log {\n  weekly\n  rotate 52\n}\n", None);
        host.put("/etc/ufw/ufw.conf", "ENABLED=yes\n", None);
        host.put("/etc/default/ufw", "DEFAULT_INPUT_POLICY=\"DROP\"\n", None);
        host.put("/etc/ufw/user.rules", "### tuple ### allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 in\n", None);
        host.put("/etc/ufw/user6.rules", "### tuple ### allow tcp 443 ::/0 any ::/0 in\n", None);
        host.put("/etc/ssh/sshd_config", "PermitRootLogin no\nPasswordAuthentication no\nX11Forwarding no\n", None);
        host.put("/etc/cron.d/backup", "0 2 * * * root pg_dump prod; rsync /var/lib/odoo/filestore x\n", None);
        host
    }

    #[test]
    fn our_own_audit_of_what_is_generated_is_clean() {
        for major in [12, 14, 16, 17, 18, 19, 20] {
            for caddy_front in [false, true] {
                for allow in [vec![], vec!["192.0.2.10".to_owned(), "10.0.0.0/8".to_owned()]] {
                    let series = Series::new(major).unwrap();
                    let facts = Facts { series, allow, ..Facts::default() };
                    let options = ScanOptions {
                        discover: Options { files: Vec::new(), series: Some(series), ..Options::default() },
                        ..ScanOptions::default()
                    };
                    let found = scan(&host(&facts, caddy_front), &options);
                    for kind in ["odoo", "proxy", "postgresql", "service"] {
                        assert!(found.sources.iter().any(|source| source.kind == kind), "{kind} was not found");
                    }
                    let shown: Vec<String> = found
                        .findings
                        .iter()
                        .filter(|finding| finding.persona <= Persona::Pedantic)
                        .map(|finding| format!("{}: {} ({})", finding.rule, finding.message, finding.location.path))
                        .collect();
                    assert!(shown.is_empty(), "Odoo {series}, caddy {caddy_front}: {shown:#?}");
                    let broken: Vec<_> =
                        found.not_assessed.iter().filter(|note| note.reason.contains("line ")).collect();
                    assert!(broken.is_empty(), "{broken:?}");
                }
            }
        }
    }
}
