//! Asks PostgreSQL for its roles through `psql`, which stands on every host of a database. Reads the catalogue only.

use std::process::Command;

use super::Role;

/// Names, rights and dangerous memberships of the roles that may log in, one a line.
const QUERY: &str = "select r.rolname, r.rolsuper, r.rolcreatedb, r.rolcreaterole, r.rolreplication, r.rolbypassrls, \
    coalesce((select string_agg(g.rolname, ',') from pg_auth_members m join pg_roles g on g.oid = m.roleid \
    where m.member = r.oid and g.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', \
    'pg_read_all_data', 'pg_write_all_data')), '') from pg_roles r where r.rolcanlogin order by 1";

/// The roles behind a connection string, such as `host=127.0.0.1 dbname=postgres user=postgres`; a password comes from
/// `PGPASSWORD` or `~/.pgpass`.
///
/// # Errors
///
/// When `psql` is not there or the server refuses; the connection string is not repeated.
pub fn ask(connection: &str) -> Result<Vec<Role>, String> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--no-align",
            "--tuples-only",
            "--no-password",
            "--field-separator",
            "\t",
            "--command",
            QUERY,
            "--dbname",
        ])
        .arg(connection)
        .output()
        .map_err(|error| format!("`psql` cannot be run: {}", error.kind()))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let reason = text.lines().next().unwrap_or("no reason given").trim_start_matches("psql: ").to_owned();
        return Err(format!("PostgreSQL refuses: {reason}"));
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

fn parse(text: &str) -> Vec<Role> {
    text.lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let truth = |index: usize| fields.get(index) == Some(&"t");
            Some(Role {
                name: fields.first().filter(|name| !name.is_empty())?.to_string(),
                superuser: truth(1),
                create_database: truth(2),
                create_role: truth(3),
                replication: truth(4),
                bypass_row_security: truth(5),
                member_of: fields
                    .get(6)
                    .unwrap_or(&"")
                    .split(',')
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let roles = parse("odoo\tf\tt\tf\tf\tf\tpg_read_server_files\npostgres\tt\tt\tt\tt\tt\t\n\n");
        assert_eq!(roles.len(), 2);
        assert!(roles[0].create_database && !roles[0].superuser && roles[1].superuser);
        assert_eq!(roles[0].member_of, ["pg_read_server_files"]);
    }
}
