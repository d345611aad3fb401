//! Versions: one version, and its publication.

use askama::Template;

use super::apis::OperationRow;
use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::Facts,
    findings::FindingList,
    form::{Faults, Field},
    frame::{Frame, Link, Theme},
    icon::Icon,
    remark::{Dangers, Remarks},
    steps::Steps,
};

/// One version.
#[derive(Template)]
#[template(path = "version.html")]
pub struct VersionPage {
    /// The frame; its title is `orders v1`.
    pub frame: Frame,
    /// Its lifecycle.
    pub state: Badge,
    /// Lesser acts, each with a page that asks: deprecate, unblock.
    pub actions: Vec<Link>,
    /// The act that comes next: publish.
    pub main_action: Option<Link>,
    /// What stands between a draft and its publication.
    pub missing: Remarks,
    /// Address, upstream, dates, callers.
    pub facts: Facts,
    /// The headers that every answer carries: `Deprecation`, `Sunset`, `Link`.
    pub headers: Option<Code>,
    /// The revision of the contract, in words.
    pub revision: Option<String>,
    /// Where its findings are.
    pub findings: Option<String>,
    /// Where the operations are explained to those who call them.
    pub reference: Option<String>,
    /// Where the revisions are listed.
    pub history: Option<String>,
    /// Where the contract can be fetched.
    pub download: Option<String>,
    /// Where a revision is uploaded, when the lifecycle allows it.
    pub upload: Option<String>,
    /// What is said when there is no contract.
    pub no_contract: Empty,
    /// The operations, in the order of the contract.
    pub operations: Vec<OperationRow>,
    /// Block, retire.
    pub dangers: Dangers,
}

/// Publish a version: the last look.
#[derive(Template)]
#[template(path = "publish.html")]
pub struct PublishPage {
    /// The frame; its title is `Publish orders v1`.
    pub frame: Frame,
    /// What publishing does, in a sentence.
    pub lede: String,
    /// What was wrong.
    pub faults: Faults,
    /// What callers get: address, operations, scopes, plans.
    pub facts: Facts,
    /// What is checked, and what came of it.
    pub checks: Steps,
    /// The errors of the ruleset of the API, when there are some.
    pub findings: Option<FindingList>,
    /// Why it is to be published with them.
    pub reason: Option<Field>,
    /// Whether a failed check stands in the way.
    pub blocked: bool,
    /// The entity tag of what is shown.
    pub revision: String,
    /// Where the form goes.
    pub action: String,
    /// `Publish v1`.
    pub button: String,
    /// Where Cancel leads.
    pub back: String,
}
