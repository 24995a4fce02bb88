//! The rules that join findings, one file each.

use super::rule::Rule;

include!("registry.rs");
