//! The rules, one file each.

mod helpers;

use crate::rule::Rule;

include!("registry.rs");
