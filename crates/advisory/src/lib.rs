//! Versions against advisories: Odoo itself, Python, the system, products, JavaScript; support dates; bills of materials.

pub mod collect;
pub mod data;
pub mod import;
pub mod index;
pub mod inventory;
pub mod judge;
pub mod matching;
pub mod modules;
pub mod odoo;
pub mod osv;
pub mod rule;
pub mod rules;
pub mod sbom;
pub mod store;
pub mod summary;
pub mod support;
pub mod table;
pub mod upgrade;
pub mod version;
