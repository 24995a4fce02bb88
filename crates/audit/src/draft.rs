//! The beginning of a `castellan.toml`, from what is found.

use std::path::Path;

use castellan_code::discover::DiscoverOptions;
use castellan_config::deployment::{Deployment, discover};

use crate::settings::EXAMPLE;
use crate::targets::HostTarget;

/// The text of the file, and what was found for it, a line each.
///
/// # Errors
///
/// When a root cannot be opened.
pub fn draft(folder: &Path, root: Option<&Path>) -> Result<(String, Vec<String>), String> {
    let target = root.map_or_else(|| HostTarget::Running(Vec::new()), |root| HostTarget::Root(root.to_path_buf()));
    let look = target.open(None)?;
    let deployment = discover(look.host.as_ref(), &look.options);
    let mut found: Vec<String> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    if !deployment.odoos.is_empty() || !deployment.fronts.is_empty() {
        found.extend(deployment.found.iter().map(|one| format!("{} {} ({})", one.kind, one.path, one.detail)));
        lines.push(match root {
            None => "this-host = true".to_owned(),
            Some(root) => format!("root = {}", quoted(&root.display().to_string())),
        });
        let sites = sites(&deployment);
        if !sites.is_empty() {
            found.push(format!("sites {}", sites.join(", ")));
            let list: Vec<String> = sites.iter().map(|site| quoted(site)).collect();
            lines.push(format!("sites = [{}]", list.join(", ")));
        }
    }
    let options = DiscoverOptions::default();
    let modules = castellan_code::scan::modules(&[folder.to_path_buf()], &options).unwrap_or_default();
    if !modules.is_empty() {
        found.push(format!("{} modules in {}", modules.len(), folder.display()));
        lines.push("paths = [\".\"]".to_owned());
    }
    if lines.is_empty() {
        return Ok((EXAMPLE.to_owned(), found));
    }
    let name =
        deployment.odoos.iter().flat_map(|odoo| odoo.setting("db_name").value.list()).find(|name| name != "False");
    let mut out = String::from(
        "# Written by `castellan init` from what it found. `castellan scan` here audits it.\n\n[[deployment]]\n",
    );
    out.push_str(&format!("name = {}\n", quoted(name.as_deref().unwrap_or("odoo"))));
    out.push_str("owner = \"\"\nenvironment = \"production\"\n");
    lines.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    out.push_str("\n# Its live database: `castellan connect --make-auditor` prints how to make the account.\n# [deployment.rpc]\n");
    let url = sites_or(&deployment);
    out.push_str(&format!("# url = {}\n", quoted(&url)));
    out.push_str(&format!("# database = {}\n", quoted(name.as_deref().unwrap_or("NAME"))));
    out.push_str("# login = \"castellan-auditor\"\n# secret-file = \"secret\"\n\n");
    // The example shows a deployment too: the one that was found stands for it.
    out.push_str(EXAMPLE);
    Ok((out, found))
}

fn sites_or(deployment: &Deployment) -> String {
    sites(deployment).into_iter().next().unwrap_or_else(|| "https://erp.example.com".to_owned())
}

/// Addresses that lead to Odoo by a name.
fn sites(deployment: &Deployment) -> Vec<String> {
    let mut out = Vec::new();
    for (site, front) in deployment.odoo_sites() {
        let Some(site) = front.sites.get(site.site) else { continue };
        let scheme = if site.listens.iter().any(|listen| listen.tls) { "https" } else { "http" };
        for name in site.names.iter().filter(|name| is_name(name)) {
            let address = format!("{scheme}://{name}");
            let other = format!("https://{name}");
            if !out.contains(&address) && !out.contains(&other) {
                // The same name with TLS is the one that counts.
                out.retain(|known: &String| *known != format!("http://{name}"));
                out.push(address);
            }
        }
    }
    out
}

fn is_name(name: &str) -> bool {
    name.contains('.')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '.')
        && name.chars().any(|char| char.is_ascii_alphabetic())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
