//! Components of every kind in one form.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::AdvisoryStatus;

use super::licence::{self, Licence};
use crate::inventory::Inventory;
use crate::matching;
use crate::odoo::evaluate;
use crate::rules::ecosystem;
use crate::store::Data;

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Odoo, a server.
    Application,
    /// A module, a package.
    Library,
    /// The distribution.
    OperatingSystem,
}

/// One component.
#[derive(Debug, Clone)]
pub struct Component {
    /// Tells it from every other one: `python:lxml@4.9.2`.
    pub reference: String,
    /// What it is.
    pub kind: Kind,
    /// Name.
    pub name: String,
    /// Version; empty: not known.
    pub version: String,
    /// Who made it; empty: not known.
    pub author: String,
    /// Package URL.
    pub purl: String,
    /// Licence.
    pub licence: Licence,
    /// Where it was seen.
    pub places: BTreeSet<String>,
    /// References of what it needs.
    pub needs: BTreeSet<String>,
}

/// What is known of an advisory and a component.
#[derive(Debug, Clone)]
pub struct Vulnerability {
    /// CVE or another id.
    pub id: String,
    /// What it is, in a few words; empty: not known.
    pub title: String,
    /// CVSS base score.
    pub score: Option<f32>,
    /// Reference of the component.
    pub component: String,
    /// How it stands, where it was judged, and why.
    pub analysis: Option<(AdvisoryStatus, String)>,
}

/// Everything of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Bill {
    /// Components by reference.
    pub components: BTreeMap<String, Component>,
    /// Vulnerabilities.
    pub vulnerabilities: Vec<Vulnerability>,
}

impl Bill {
    /// Of inventories.
    #[must_use]
    pub fn of(inventories: &[Inventory], data: &Data) -> Self {
        let mut out = Self::default();
        for inventory in inventories {
            out.odoo(inventory, data);
            out.modules(inventory, data);
            out.python(inventory, data);
            out.system(inventory, data);
            out.products(inventory, data);
            out.javascript(inventory, data);
        }
        out.vulnerabilities.sort_by(|left, right| (&left.id, &left.component).cmp(&(&right.id, &right.component)));
        out.vulnerabilities.dedup_by(|left, right| left.id == right.id && left.component == right.component);
        out
    }

    fn add(&mut self, component: Component) -> String {
        let reference = component.reference.clone();
        match self.components.get_mut(&reference) {
            Some(known) => {
                known.places.extend(component.places);
                known.needs.extend(component.needs);
            }
            None => {
                self.components.insert(reference.clone(), component);
            }
        }
        reference
    }

    fn tell(&mut self, component: &str, id: &str, aliases: &[String], score: Option<f32>) {
        let id = aliases.iter().find(|alias| alias.starts_with("CVE-")).map_or(id, String::as_str).to_owned();
        let one = Vulnerability { id, title: String::new(), score, component: component.to_owned(), analysis: None };
        self.vulnerabilities.push(one);
    }

    fn odoo(&mut self, inventory: &Inventory, data: &Data) {
        for install in &inventory.odoo {
            let day = install.date.as_deref().map(|day| day.replace('-', ""));
            let version = match (&install.debian, day) {
                (Some(version), _) => version.clone(),
                (None, Some(day)) => format!("{}.{day}", install.series),
                (None, None) => install.series.clone(),
            };
            // Two servers of one version may differ in what is mended and installed.
            let reference = self.add(Component {
                licence: if install.enterprise == Some(true) {
                    Licence::Named("OEEL-1".to_owned())
                } else {
                    Licence::Expression("LGPL-3.0-only".to_owned())
                },
                author: "Odoo S.A.".to_owned(),
                ..component("odoo", Kind::Application, "odoo", &version, "generic", &install.place, true)
            });
            for answer in evaluate(install, &data.odoo) {
                self.vulnerabilities.push(Vulnerability {
                    id: answer.advisory.id.clone(),
                    title: answer.advisory.title.clone(),
                    score: answer.advisory.score,
                    component: reference.clone(),
                    analysis: Some((answer.status, answer.reason)),
                });
            }
        }
    }

    fn modules(&mut self, inventory: &Inventory, data: &Data) {
        let mut references: BTreeMap<&str, String> = BTreeMap::new();
        for module in inventory.modules.iter().filter(|module| !module.core) {
            let mut one =
                component("module", Kind::Library, &module.name, &module.version, "generic", &module.place, false);
            if module.compared_with.starts_with("RECORD of ") {
                one.purl = purl("pypi", &format!("odoo-addon-{}", module.name.replace('_', "-")), &module.version);
            }
            one.licence = if module.place.ends_with("__manifest__.py") {
                licence::of_manifest(&module.licence)
            } else {
                Licence::Unknown
            };
            one.author.clone_from(&module.author);
            let reference = self.add(one);
            for found in matching::module(module, &data.odoo) {
                self.tell(&reference, &found.advisory.id, &found.advisory.aliases, found.advisory.score);
            }
            references.insert(&module.name, reference);
        }
        for module in &inventory.modules {
            let Some(own) = references.get(module.name.as_str()) else { continue };
            let needs: Vec<String> =
                module.depends.iter().filter_map(|name| references.get(name.as_str()).cloned()).collect();
            if let Some(component) = self.components.get_mut(own) {
                component.needs.extend(needs);
            }
        }
    }

    fn python(&mut self, inventory: &Inventory, data: &Data) {
        for package in &inventory.python {
            let mut one =
                component("python", Kind::Library, &package.name, &package.version, "pypi", &package.place, false);
            one.licence = licence::of_text(&package.licence);
            let reference = self.add(one);
            for found in matching::python(package, &data.table) {
                self.tell(&reference, &found.id, &found.aliases, found.score);
            }
        }
    }

    fn system(&mut self, inventory: &Inventory, data: &Data) {
        if let Some(system) = &inventory.distribution {
            let mut one = component(
                "system",
                Kind::OperatingSystem,
                &system.id,
                &system.version,
                "generic",
                &system.place,
                false,
            );
            one.purl.clear();
            self.add(one);
        }
        let records = ecosystem(inventory).unwrap_or_default();
        let (id, version) = inventory
            .distribution
            .as_ref()
            .map_or((String::new(), String::new()), |system| (system.id.clone(), system.version.clone()));
        for package in &inventory.system {
            let mut one =
                component("package", Kind::Library, &package.name, &package.version, "deb", &package.place, false);
            one.reference = format!("{}:{}", one.reference, package.architecture);
            one.purl = format!(
                "{}?arch={}&distro={id}-{version}",
                purl("deb", &format!("{id}/{}", package.name), &package.version),
                escape(&package.architecture)
            );
            let reference = self.add(one);
            for found in matching::system(package, &records, &data.table) {
                self.tell(&reference, &found.id, &found.aliases, found.score);
            }
        }
    }

    fn products(&mut self, inventory: &Inventory, data: &Data) {
        for product in &inventory.products {
            let of_image = !product.place.ends_with("pyvenv.cfg");
            let kind = if of_image { "docker" } else { "generic" };
            let name = match product.name.as_str() {
                "postgresql" if of_image => "postgres",
                "apache-http-server" if of_image => "httpd",
                other => other,
            };
            let one = component("product", Kind::Application, name, &product.version, kind, &product.place, false);
            let reference = self.add(one);
            for found in matching::product(product, &data.table) {
                self.tell(&reference, &found.id, &found.aliases, found.score);
            }
        }
    }

    fn javascript(&mut self, inventory: &Inventory, data: &Data) {
        for library in &inventory.libraries {
            let name = matching::npm(&library.name);
            let one = component("javascript", Kind::Library, name, &library.version, "npm", &library.place, false);
            let reference = self.add(one);
            for found in matching::library(library, &data.table) {
                self.tell(&reference, &found.id, &[], found.score);
            }
        }
    }
}

fn component(
    group: &str,
    kind: Kind,
    name: &str,
    version: &str,
    ecosystem: &str,
    place: &str,
    by_place: bool,
) -> Component {
    let at = if by_place { format!(" {place}") } else { String::new() };
    Component {
        reference: format!("{group}:{name}@{version}{at}"),
        kind,
        name: name.to_owned(),
        version: version.to_owned(),
        author: String::new(),
        purl: purl(ecosystem, name, version),
        licence: Licence::Unknown,
        places: BTreeSet::from([place.to_owned()]),
        needs: BTreeSet::new(),
    }
}

/// `pkg:pypi/lxml@4.9.2`: <https://github.com/package-url/purl-spec>.
fn purl(kind: &str, name: &str, version: &str) -> String {
    let name: Vec<String> = name.split('/').map(escape).collect();
    let version = if version.is_empty() { String::new() } else { format!("@{}", escape(version)) };
    format!("pkg:{kind}/{}{version}", name.join("/"))
}

/// Letters, digits and `-._~` stay, as do colons.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
