//! Hostile tokens: reads a corpus of cases with the verdict each must get, and says where we judge otherwise.
//!
//! The gateway judges `state` by its snapshot and its decision; here four comparisons stand for it, so that a corpus can
//! be checked offline, with nothing but this room.

mod file;

use std::{collections::BTreeMap, fmt, time::Duration};

use gatewright_domain::{
    key::{Kid, NotAKid},
    snapshot::VerificationKey,
    time::Timestamp,
};
use serde::Deserialize;

use crate::{
    corpus::file::KeyStanding,
    policy::Policy,
    ring::{NotARing, VerifierRing},
    verify::{Verified, verify},
};

/// A corpus: one policy, one state of the world, many tokens.
#[derive(Debug)]
pub struct Corpus {
    /// The moment at which everything is judged.
    pub now: Timestamp,
    /// What is demanded of every token.
    pub terms: Terms,
    /// The keys, as a snapshot would list them.
    pub keys: Vec<VerificationKey>,
    /// What was revoked.
    pub world: World,
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
}

/// What a corpus demands of every token.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "policy")]
pub struct Terms {
    now: i64,
    /// The clock skew forgiven, in seconds.
    pub leeway_s: u32,
    /// The issuer.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// The audiences, one of which must be the token's.
    #[serde(rename = "aud")]
    pub audiences: Vec<String>,
    algs: Vec<String>,
    typ: Vec<String>,
    max_token_bytes: usize,
    max_header_bytes: usize,
    /// The longest life of a token, in seconds.
    pub max_lifetime_s: u32,
    required: Vec<String>,
}

/// What was revoked.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct World {
    #[serde(default)]
    keys: BTreeMap<String, KeyStanding>,
    /// Tokens revoked by name.
    #[serde(default)]
    pub revoked_jti: Vec<String>,
    /// Families revoked by name.
    #[serde(default)]
    pub revoked_sid: Vec<String>,
    /// By client: the second before which its tokens are refused.
    #[serde(default)]
    pub client_nbf: BTreeMap<String, i64>,
    /// Clients that may not call.
    #[serde(default)]
    pub disabled_clients: Vec<String>,
}

/// One token and the verdict it must get.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its number within its category.
    pub id: String,
    /// What it tries.
    pub name: String,
    /// The token, well-formed or not.
    pub token: String,
    /// Whether it must be accepted.
    pub expect: Expect,
    /// The status at the gateway; without one, what follows from `expect`.
    pub http_status: Option<u16>,
    /// The OAuth error at the gateway.
    pub error: Option<String>,
    /// What the called operation requires.
    pub required_scope: Option<String>,
}

/// The verdict a case must get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// It must pass.
    Accept,
    /// It must not.
    Reject,
}

/// How a token was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It may call.
    Accepted,
    /// It is invalid, for this reason.
    Invalid(String),
    /// It is valid and lacks the scope.
    LacksScope,
}

/// What came of checking a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many cases there are.
    pub cases: usize,
    /// Those judged otherwise, in the order of the file.
    pub disagreements: Vec<Disagreement>,
}

/// A case judged otherwise than it must be. `Display` is one line, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The case's number.
    pub id: String,
    /// What it tries.
    pub name: String,
    /// The verdict it must get.
    pub expected: String,
    /// The verdict it got.
    pub judged: Judgement,
}

/// Why a file is no corpus that can be checked.
#[derive(Debug, thiserror::Error)]
pub enum NotACorpus {
    /// It is not JSON of this shape.
    #[error("the file is not a corpus")]
    NotJson(#[source] serde_json::Error),
    /// It is of another format.
    #[error("the file's schema is not {}", file::SCHEMA)]
    Schema,
    /// It demands what this verifier cannot be told to demand.
    #[error("the corpus demands another `{0}` than an access token has")]
    Demand(&'static str),
    /// A key has a name that no key can have.
    #[error("a key of the corpus has no kid that can be used")]
    Kid(#[source] NotAKid),
    /// A key that has signed lacks the moment it began.
    #[error("the key {0} lacks `activated_at`")]
    NoWindow(Kid),
    /// Its keys cannot be used.
    #[error("the keys of the corpus cannot be used")]
    Ring(#[source] NotARing),
}

/// Judges every case of a corpus file.
///
/// # Errors
/// Every variant of `NotACorpus`.
pub fn check(file: &[u8]) -> Result<Report, NotACorpus> {
    let corpus = Corpus::read(file)?;
    let ring = VerifierRing::of(&corpus.keys).map_err(NotACorpus::Ring)?;
    let policy = corpus.policy();
    let disagreement = |case: &Case| {
        let verified = verify(case.token.as_bytes(), &ring, &policy, corpus.now);
        let judged = match verified {
            Ok(verified) => corpus.world.judge(&verified, case),
            Err(refusal) => Judgement::Invalid(refusal.to_string()),
        };
        case.disagrees(judged)
    };
    Ok(Report {
        cases: corpus.cases.len(),
        disagreements: corpus.cases.iter().filter_map(disagreement).collect(),
    })
}

impl Corpus {
    /// The policy it demands.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let terms = &self.terms;
        let (leeway, longest) = (seconds(terms.leeway_s), seconds(terms.max_lifetime_s));
        Policy::new(terms.issuer.clone(), leeway, longest)
            .only_for(terms.audiences.clone())
            .no_larger_than(terms.max_token_bytes, terms.max_header_bytes)
    }
}

impl World {
    /// Judges a verified token by what was revoked and by what the operation requires.
    #[must_use]
    pub fn judge(&self, verified: &Verified, case: &Case) -> Judgement {
        let facts = verified.facts();
        let (jti, client) = (facts.jti.as_str(), facts.client_id.as_str());
        let among = |list: &[String], name: &str| list.iter().any(|own| own == name);
        let watermark = self.client_nbf.get(client);
        let reason = if among(&self.revoked_jti, jti) {
            "the token was revoked"
        } else if verified
            .session()
            .is_some_and(|sid| among(&self.revoked_sid, sid))
        {
            "the token's family was revoked"
        } else if watermark.is_some_and(|second| facts.issued < Timestamp::from_seconds(*second)) {
            "the token is older than the client's watermark"
        } else if among(&self.disabled_clients, client) {
            "the client is disabled"
        } else {
            let required = case.required_scope.as_ref();
            let lacks = required.is_some_and(|required| !facts.scopes.contains(required));
            return if lacks {
                Judgement::LacksScope
            } else {
                Judgement::Accepted
            };
        };
        Judgement::Invalid(reason.to_owned())
    }
}

impl Case {
    fn disagrees(&self, judged: Judgement) -> Option<Disagreement> {
        let accepted = judged == Judgement::Accepted;
        let agrees = accepted == (self.expect == Expect::Accept)
            && self
                .http_status
                .is_none_or(|status| status == judged.status())
            && self
                .error
                .as_deref()
                .is_none_or(|error| Some(error) == judged.error());
        if agrees {
            return None;
        }
        let expected = match self.expect {
            Expect::Accept => "accept",
            Expect::Reject => self.error.as_deref().unwrap_or("reject"),
        };
        Some(Disagreement {
            id: self.id.clone(),
            name: self.name.clone(),
            expected: expected.to_owned(),
            judged,
        })
    }
}

impl Judgement {
    /// The status at the gateway (RFC 6750 section 3.1).
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Accepted => 200,
            Self::Invalid(_) => 401,
            Self::LacksScope => 403,
        }
    }

    /// The OAuth error at the gateway.
    #[must_use]
    pub const fn error(&self) -> Option<&'static str> {
        match self {
            Self::Accepted => None,
            Self::Invalid(_) => Some("invalid_token"),
            Self::LacksScope => Some("insufficient_scope"),
        }
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Invalid(reason) => write!(f, "invalid: {reason}"),
            Self::LacksScope => f.write_str("lacks the scope"),
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            id,
            name,
            expected,
            judged,
        } = self;
        write!(f, "{id} {name}: expected {expected}, was {judged}")
    }
}
