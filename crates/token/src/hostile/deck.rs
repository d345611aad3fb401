//! The trials that are dealt: each with what it tries, and what accepting it would mean.

use serde::Serialize;
use serde_json::json;

use crate::{
    corpus::Expect,
    hostile::pen::{Pen, text, with},
};

/// What accepting a token would mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Danger {
    /// Anybody can make tokens.
    Forgery,
    /// A token, or another signed text, that was meant for somebody or something else opens the door.
    Confusion,
    /// A token that is over goes on, or one lives longer than it may.
    Overtime,
    /// A token that is bound to a key is taken from whoever has stolen it.
    Theft,
    /// Nothing by itself. A reader so loose may disagree with a stricter one beside it about what a token says.
    Looseness,
}

/// A token to try a verifier with.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// Its name, for reports and for talking about it; it never changes.
    pub id: &'static str,
    /// What it tries, in words.
    pub tries: String,
    /// What a sound verifier makes of it.
    #[serde(skip)]
    pub expect: Expect,
    /// What accepting it would mean; for those that must be accepted, nothing.
    pub danger: Option<Danger>,
    /// What to do about it.
    pub lesson: &'static str,
    /// The token.
    #[serde(skip)]
    pub token: String,
}

/// A kind of trials: what accepting one of them would mean, and what to do about it.
#[derive(Clone, Copy)]
pub(super) struct Suit {
    pub(super) danger: Danger,
    pub(super) lesson: &'static str,
}

pub(super) struct Deck<'a> {
    pub(super) pen: Pen<'a>,
    trials: Vec<Trial>,
}

impl<'a> Deck<'a> {
    pub(super) fn new(pen: Pen<'a>) -> Self {
        let trials = Vec::new();
        Self { pen, trials }
    }

    /// Adds a token that a sound verifier refuses.
    pub(super) fn refuse(
        &mut self,
        suit: Suit,
        id: &'static str,
        tries: impl Into<String>,
        token: String,
    ) {
        let Suit { danger, lesson } = suit;
        self.trials.push(Trial {
            id,
            tries: tries.into(),
            expect: Expect::Reject,
            danger: Some(danger),
            lesson,
            token,
        });
    }

    /// The tokens that a sound verifier accepts: without them, one that refuses everything would look perfect.
    pub(super) fn controls(&mut self) {
        let pen = self.pen;
        let spare = &pen.sandbox.spare;
        let by_spare = with(pen.header(), "kid", json!(spare.public().kid().as_str()));
        let by_spare = pen.sealed(&text(&by_spare), &text(&pen.claims()), |input| {
            spare.sign(input)
        });
        let audiences = json!([pen.sandbox.audience, "https://elsewhere.example"]);
        let controls = [
            ("good", "a good token", pen.good()),
            (
                "good-other-key",
                "a good token of the other key in the key set, as after a rotation",
                by_spare,
            ),
            (
                "good-audiences",
                "a good token for several audiences, ours among them",
                pen.signed(&pen.header(), &pen.claims_with("aud", audiences)),
            ),
            (
                "good-unknown-claim",
                "a good token with a claim that nobody knows",
                pen.signed(
                    &pen.header(),
                    &pen.claims_with("extra", json!({ "a": [1] })),
                ),
            ),
        ];
        let lesson = "Accept it: with the key set, the issuer and the audience of the sandbox it is a good token.";
        for (id, tries, token) in controls {
            self.trials.push(Trial {
                id,
                tries: tries.to_owned(),
                expect: Expect::Accept,
                danger: None,
                lesson,
                token,
            });
        }
    }

    pub(super) fn trials(self) -> Vec<Trial> {
        self.trials
    }
}
