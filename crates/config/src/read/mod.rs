//! Readers of configuration files. Each keeps the place of every word, never panics, and goes on after a mistake.

pub mod apache;
pub mod caddyfile;
pub mod cron;
pub mod dockerfile;
pub mod firewall;
pub mod haproxy;
pub mod ini;
pub mod nginx;
pub mod pg_hba;
pub mod postgresql;
pub mod sshd;
pub mod systemd;
pub mod tree;

use crate::source::{Site, Word};

/// `name arguments;` or `name arguments { block }`: the shape of nginx, Apache, Caddy and HAProxy files.
#[derive(Debug, Clone)]
pub struct Directive {
    /// Name.
    pub name: Word,
    /// Arguments.
    pub arguments: Vec<Word>,
    /// The directives inside, for a block.
    pub block: Option<Vec<Directive>>,
    /// From the name to the last argument.
    pub site: Site,
    /// From the name to `;` or `}`.
    pub whole: Site,
}

impl Directive {
    /// The argument at an index, or the empty text.
    #[must_use]
    pub fn argument(&self, index: usize) -> &str {
        self.arguments.get(index).map_or("", |word| word.text.as_str())
    }

    /// The directives inside.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        self.block.as_deref().unwrap_or(&[])
    }

    /// The directives inside with a name.
    pub fn named<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d Self> {
        self.children().iter().filter(move |child| child.name.text == name)
    }

    /// Everything as one line of text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = self.name.text.clone();
        for word in &self.arguments {
            out.push(' ');
            out.push_str(&word.text);
        }
        out
    }
}
