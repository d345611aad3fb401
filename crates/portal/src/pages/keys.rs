//! Signing keys: the rings, one ring over time, one key, and a key that is declared compromised.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::Facts,
    form::{Faults, Field},
    frame::{Frame, Link, Theme},
    icon::Icon,
    lanes::Lanes,
    moment::Moment,
    remark::{Dangers, Remarks},
    steps::Steps,
};

use super::tokens::Receipt;

/// The key rings.
#[derive(Template)]
#[template(path = "keys.html")]
pub struct KeysPage {
    /// The frame.
    pub frame: Frame,
    /// What needs somebody.
    pub remarks: Remarks,
    /// What is said when there is no ring.
    pub empty: Option<Empty>,
    /// The rings.
    pub rings: Vec<RingRow>,
    /// The keys of all rings against dates.
    pub timeline: Lanes,
    /// JWKS and issuer.
    pub addresses: Facts,
}

/// One key ring in the list.
pub struct RingRow {
    /// Its name: `access/ES256`.
    pub name: Link,
    /// What it signs.
    pub signs: String,
    /// Enabled, held or disabled.
    pub state: Badge,
    /// Whether it signs nothing.
    pub over: bool,
    /// The key that signs, in its first letters.
    pub signer: String,
    /// Tokens its keys signed that still live.
    pub live_tokens: String,
    /// When it rotates.
    pub next: String,
    /// What stands in the way of rotating now, if anything.
    pub why: String,
    /// Where it is rotated, while it can be.
    pub rotate: Option<String>,
}

/// One key ring.
#[derive(Template)]
#[template(path = "ring.html")]
pub struct RingPage {
    /// The frame.
    pub frame: Frame,
    /// Enabled, held or disabled.
    pub state: Badge,
    /// What it signs, in a sentence.
    pub lede: String,
    /// What may be done beside rotating it.
    pub acts: Vec<Link>,
    /// Where it is rotated, while it can be.
    pub rotate: Option<String>,
    /// What needs somebody.
    pub remarks: Remarks,
    /// After a move: which gateways know it.
    pub receipt: Option<Receipt>,
    /// Whether the next key may sign, and who is missing.
    pub readiness: Steps,
    /// The keys against dates.
    pub timeline: Lanes,
    /// The keys: next, active, draining, then those that are over.
    pub keys: Vec<KeyRow>,
    /// Its times.
    pub facts: Facts,
    /// Disabling it.
    pub dangers: Dangers,
}

/// One signing key in a list.
pub struct KeyRow {
    /// Its key id, and where its page is.
    pub kid: Link,
    /// Its age: `12 days old`.
    pub age: String,
    /// Its state.
    pub state: Badge,
    /// Whether it is over.
    pub over: bool,
    /// From when to when it signed, in words.
    pub signs: String,
    /// Tokens it signed that still live.
    pub live_tokens: String,
    /// What comes next: `Retires 1 Dec 2026, 08:00 UTC`.
    pub next: String,
    /// Why then: `its last token expires at 07:59`.
    pub why: String,
}

/// One signing key.
#[derive(Template)]
#[template(path = "key.html")]
pub struct KeyPage {
    /// The frame.
    pub frame: Frame,
    /// Its state.
    pub state: Badge,
    /// Its key id.
    pub kid: String,
    /// Its ring.
    pub ring: Link,
    /// After a move: which gateways know it.
    pub receipt: Option<Receipt>,
    /// What is known of it.
    pub facts: Facts,
    /// Every move there is, allowed or not.
    pub moves: Vec<MoveRow>,
    /// What it holds up.
    pub blast: Blast,
    /// The public key.
    pub public: Code,
}

/// One move of a key.
pub struct MoveRow {
    /// The move: `Suspend`.
    pub name: &'static str,
    /// What it does; or why it cannot be done, and when it can.
    pub words: String,
    /// Where it is done, while it can be.
    pub href: Option<String>,
}

/// What a key holds up.
#[derive(Default)]
pub struct Blast {
    /// Live tokens, by application and version.
    pub tokens: Vec<LiveRow>,
    /// Those that people hold.
    pub named: Vec<NamedRow>,
    /// Who was seen fetching the key set.
    pub verifiers: Vec<VerifierRow>,
}

/// Live tokens of one application for one version.
pub struct LiveRow {
    /// `billing-worker of Acme`.
    pub application: String,
    /// `orders v1`.
    pub version: String,
    /// How many.
    pub live: String,
}

/// A token that somebody holds.
pub struct NamedRow {
    /// Its name.
    pub name: String,
    /// Its application.
    pub application: String,
    /// When it would end by itself.
    pub expires: Moment,
}

/// Somebody who fetches the key set.
pub struct VerifierRow {
    /// What the program calls itself.
    pub agent: String,
    /// Where it comes from.
    pub network: String,
    /// When it was first seen.
    pub first: Moment,
    /// When it last fetched a set it did not hold.
    pub last: Moment,
}

/// Declaring a key compromised: what ends, what will happen, and the key to type.
#[derive(Template)]
#[template(path = "compromise.html")]
pub struct CompromisePage {
    /// The frame.
    pub frame: Frame,
    /// What was wrong.
    pub faults: Faults,
    /// What will happen, in order.
    pub consequences: Vec<String>,
    /// After a rehearsal: which gateways would have learnt it at once.
    pub rehearsal: Option<Receipt>,
    /// What ends.
    pub blast: Blast,
    /// The entity tag of the key, sent back so that a stale page loses.
    pub revision: String,
    /// The reason, and the key to type.
    pub fields: Vec<Field>,
    /// Where the form goes.
    pub action: String,
    /// Where a rehearsal goes.
    pub rehearse: String,
    /// Where Cancel leads.
    pub back: String,
}
