//! What a rule is: fixed facts, a page, and a pure check for one kind of input.

use castellan_model::{Confidence, Fix, Severity};

use crate::deployment::containers::{Compose, Dockerfile, Service};
use crate::deployment::defences::Sshd;
use crate::deployment::odoo::OdooServer;
use crate::deployment::postgres::PostgresServer;
use crate::deployment::units::Unit;
use crate::deployment::{Deployment, Place, request};
use crate::proxy::nginx::Nginx;
use crate::proxy::{Answer, Front, Request, VirtualSite};

/// A rule: what the registry holds.
pub type Rule = castellan_model::Rule<Check>;

/// The check of a rule, by its kind of input. Every check is a pure function.
pub enum Check {
    /// An Odoo server with its configuration.
    Odoo(fn(&Deployment, &OdooServer, &mut Vec<Report>)),
    /// A site of any proxy that leads to Odoo.
    Site(fn(&SiteView<'_>, &mut Vec<Report>)),
    /// nginx's directives, for mistakes that only nginx lets one make.
    Nginx(fn(&Deployment, &Nginx, &mut Vec<Report>)),
    /// A PostgreSQL server.
    Postgres(fn(&Deployment, &PostgresServer, &mut Vec<Report>)),
    /// A service unit that runs Odoo.
    Unit(fn(&Deployment, &Unit, &mut Vec<Report>)),
    /// A service of a compose project.
    Service(fn(&Deployment, &Compose, &Service, &mut Vec<Report>)),
    /// A Dockerfile.
    Dockerfile(fn(&Deployment, &Dockerfile, &mut Vec<Report>)),
    /// sshd.
    Sshd(fn(&Deployment, &Sshd, &mut Vec<Report>)),
    /// The host as a whole.
    Host(fn(&Deployment, &mut Vec<Report>)),
}

/// A site of a proxy that leads to Odoo.
pub struct SiteView<'v> {
    /// Everything.
    pub deployment: &'v Deployment,
    /// The proxy.
    pub front: &'v Front,
    /// Index of the site.
    pub index: usize,
    /// The site.
    pub site: &'v VirtualSite,
    /// The server behind, when it is known.
    pub odoo: Option<&'v OdooServer>,
}

impl SiteView<'_> {
    /// A request from outside to the site's main address.
    #[must_use]
    pub fn request(&self, method: &str, target: &str) -> Option<Request> {
        request(self.front, self.index, method, target)
    }

    /// What a request from outside meets.
    #[must_use]
    pub fn ask(&self, method: &str, target: &str) -> Answer {
        self.request(method, target).map(|request| self.front.answer(&request)).unwrap_or_default()
    }

    /// Name of the site for messages.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.site.names.iter().find(|name| !name.is_empty() && *name != "_");
        name.cloned().unwrap_or_else(|| format!("port {}", self.site.main_listen().map_or(0, |listen| listen.port)))
    }

    /// Series of the server behind, or what is assumed.
    #[must_use]
    pub fn major(&self) -> u8 {
        self.odoo.map_or(castellan_model::Series::ASSUMED.major(), |odoo| odoo.series.major())
    }

    /// The place of the answer's last reason, or of the site.
    #[must_use]
    pub fn place(&self, answer: &Answer) -> Place {
        Place::Site(answer.site().unwrap_or(self.site.site))
    }

    /// The site uses TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.site.listens.iter().any(|listen| listen.tls)
    }
}

/// What a check says. Reasons and repair come from the rule's page.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Severity, when it differs from the rule's.
    pub severity: Option<Severity>,
    /// Confidence, when it differs from the rule's.
    pub confidence: Option<Confidence>,
    /// Other places that belong to it.
    pub related: Vec<(Place, String)>,
    /// How it is removed.
    pub fix: Option<Fix>,
    /// Name of what holds the place, for the identity of the finding.
    pub scope: String,
}

impl Report {
    /// A report at a place.
    #[must_use]
    pub fn at(place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            message: message.into(),
            severity: None,
            confidence: None,
            related: Vec::new(),
            fix: None,
            scope: String::new(),
        }
    }

    /// With another severity.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With another confidence.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    /// With one more place.
    #[must_use]
    pub fn related(mut self, place: impl Into<Place>, message: impl Into<String>) -> Self {
        self.related.push((place.into(), message.into()));
        self
    }

    /// With a change that removes it.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    /// With the name of what holds the place.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }
}
