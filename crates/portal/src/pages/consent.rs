//! The page on which a person allows an application to act for them, or does not.

use askama::Template;
use gatewright_keys::Proposal;

use crate::page::{
    frame::{Frame, Theme},
    icon::Icon,
};

/// Let an application act for you?
#[derive(Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// The frame; its title is the question.
    pub frame: Frame,
    /// Who is asked.
    pub person: String,
    /// Who asks.
    pub application: String,
    /// Its public name.
    pub client: String,
    /// What it asks for.
    pub asked: Vec<Asked>,
    /// What it asked with, carried back unchanged.
    pub request: String,
    /// Where the answer goes: scheme and host.
    pub place: String,
}

/// One version, and what would be done there.
pub struct Asked {
    /// The API and the number of its version.
    pub version: String,
    /// The scopes.
    pub scopes: Vec<String>,
}

impl Asked {
    /// What a proposal comes to, version by version.
    #[must_use]
    pub fn of(proposal: &Proposal) -> Vec<Self> {
        let versions = proposal.versions.iter();
        let asked = versions.map(|place| {
            let of = proposal
                .scopes
                .iter()
                .filter(|scope| scope.api == place.api.name && scope.version == place.number);
            Self {
                version: format!("{} {}", place.api.name, place.number),
                scopes: of.map(ToString::to_string).collect(),
            }
        });
        asked.collect()
    }
}
