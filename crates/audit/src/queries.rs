//! What was asked, word by word: for people who want to check how evidence was made.

use std::fmt::Write as _;

use castellan_instance::reads::{COUNTS, FACTS, READS};

use crate::kept::Kept;

/// The queries behind evidence, as Markdown.
#[must_use]
pub fn queries(kept: &Kept) -> String {
    let mut out = String::from("# What was asked\n\nNothing was written anywhere, and nothing else was read.\n");
    for host in &kept.hosts {
        let _ =
            write!(out, "\n## Host: {}\n\nThese files were read; passwords in them are masked here.\n\n", host.label);
        for name in host.files.keys() {
            let _ = writeln!(out, "* `{name}`");
        }
    }
    for site in &kept.sites {
        let _ = write!(out, "\n## Site: {}\n\n", site.site);
        for exchange in site.exchanges.values() {
            let _ = writeln!(out, "* `{} {}`: {}", exchange.method, exchange.url, exchange.status);
        }
    }
    for database in &kept.databases {
        let ways = database.ways.join(", ");
        let _ = write!(out, "\n## Database: {}\n\nRead by {} through {ways}.\n", database.database, database.account);
        if database.ways.iter().any(|way| way != "SQL") {
            out.push_str("\nThrough RPC, each with `search_read`:\n\n");
            for read in READS.iter().filter(|read| read.columns.iter().any(|column| !column.rpc.is_empty())) {
                let fields: Vec<String> = read
                    .columns
                    .iter()
                    .filter(|column| !column.rpc.is_empty())
                    .map(|column| column.rpc.join("|"))
                    .collect();
                let _ = writeln!(out, "* `{}` `{}` fields {}", read.model, read.domain(), fields.join(", "));
            }
            for count in COUNTS {
                let _ = writeln!(out, "* `{}` `search_count` `{}`", count.model, count.domain);
            }
        }
        if database.ways.iter().any(|way| way == "SQL") {
            out.push_str(
                "\nThrough SQL, in one read-only transaction; columns that the series lacks are null:\n\n```sql\n",
            );
            for read in READS {
                let columns: Vec<String> = read
                    .columns
                    .iter()
                    .filter(|column| !column.sql.is_empty())
                    .map(|column| format!("{} AS {}", column.sql.replace(['{', '}'], ""), column.name))
                    .collect();
                let _ = writeln!(out, "SELECT {} FROM {} t WHERE {};", columns.join(", "), read.table, read.filter());
            }
            for count in COUNTS {
                let _ = writeln!(out, "SELECT count(*) FROM {} t WHERE {};", count.table, count.filter);
            }
            for fact in FACTS {
                let _ = writeln!(out, "{};", fact.sql.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            out.push_str("```\n");
        }
    }
    out
}
