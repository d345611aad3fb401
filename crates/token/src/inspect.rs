//! Explaining: the verdict of every step on one token, and what it says, for the people who may see it.

use gatewright_domain::{
    decision::{Step as Explained, Verdict},
    time::Timestamp,
};

use crate::{
    compact::Compact,
    json::{NotStrictJson, Object},
    policy::{Audiences, Policy},
    refusal::{Part, Refusal},
    ring::VerifierRing,
    verify::{STEPS, Step, Trail, Verified, walk},
};

/// A token as every step judges it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Every step in order, with its verdict and what it compared.
    pub steps: Vec<Explained>,
    /// What `verify` says of the same token at the same moment.
    pub outcome: Result<Verified, Refusal>,
}

/// Judges a token as `verify` does, and says of every step what it compared and what would have passed.
#[must_use]
pub fn inspect(token: &[u8], ring: &VerifierRing, policy: &Policy, now: Timestamp) -> Inspection {
    let mut trail = Trail::seen();
    let outcome = walk(token, ring, policy, now, &mut trail);
    let refused = outcome.as_ref().err();
    let explain = |step: Step| {
        let refused = refused.filter(|refusal| refusal.step() == step);
        let (verdict, compared) = match (trail.words(step), refused) {
            (_, Some(refusal)) => (Verdict::Refused, refusal.to_string()),
            (Some(words), None) => (Verdict::Passed, words.to_owned()),
            (None, None) => (Verdict::NotAsked, String::new()),
        };
        Explained {
            rule: step.title().to_owned(),
            verdict,
            compared,
            mend: refused.map(|refusal| mend(refusal, policy)),
        }
    };
    let steps = STEPS.into_iter().map(explain).collect();
    Inspection { steps, outcome }
}

/// What a token says, whoever signed it: for display, never for deciding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The header.
    pub header: DecodedPart,
    /// The claims.
    pub claims: DecodedPart,
}

/// A decoded part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodedPart {
    /// JSON, indented.
    Json(String),
    /// Something else: what it holds, unreadable bytes replaced, and why it is not JSON.
    Text(String, NotStrictJson),
}

/// Decodes a token without verifying anything.
///
/// # Errors
/// `TooLarge`, `NotCompact` and `NotBase64`.
pub fn decode_unverified(token: &[u8], policy: &Policy) -> Result<Decoded, Refusal> {
    policy.fits(token)?;
    let compact = Compact::split(token)?;
    Ok(Decoded {
        header: DecodedPart::of(&compact.decode(Part::Header)?),
        claims: DecodedPart::of(&compact.decode(Part::Claims)?),
    })
}

impl DecodedPart {
    fn of(bytes: &[u8]) -> Self {
        let lossy = || String::from_utf8_lossy(bytes).into_owned();
        match Object::read(bytes) {
            Ok(object) => {
                Self::Json(serde_json::to_string_pretty(&object).unwrap_or_else(|_| lossy()))
            }
            Err(fault) => Self::Text(lossy(), fault),
        }
    }
}

/// What would have passed.
fn mend(refusal: &Refusal, policy: &Policy) -> String {
    match refusal.step() {
        Step::Size | Step::Form | Step::Header => {
            "Send the token exactly as it was issued.".to_owned()
        }
        Step::Type => "Send an access token, not another kind of token.".to_owned(),
        Step::Key => "Issue a new token; it will be signed by the active key.".to_owned(),
        Step::Algorithm | Step::Signature => {
            "Issue a new token; this one was altered or made elsewhere.".to_owned()
        }
        Step::Claims => "Issue a new token here; this one is not complete.".to_owned(),
        Step::Sender => "Issue a bearer token.".to_owned(),
        Step::Issuer => format!("Issue a token at {}.", policy.issuer()),
        Step::Audience => match policy.audiences() {
            Audiences::AnyOf(ours) => format!("Issue a token for {}.", ours.join(" or ")),
            Audiences::PerRequest => "Issue a token for the version that is called.".to_owned(),
        },
        Step::Issued | Step::NotBefore => {
            "Wait, or set the clocks of issuer and verifier right.".to_owned()
        }
        Step::Expiry | Step::Window => "Issue a new token.".to_owned(),
        Step::Lifetime => {
            let longest = if let Refusal::Lifetime { max_s, .. } = refusal {
                *max_s
            } else {
                policy.max_lifetime().as_secs()
            };
            format!("Issue a token that lives at most {longest} s.")
        }
    }
}
