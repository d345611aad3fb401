//! Hostile tokens: reads a corpus of cases with the verdict each must get, and says where we judge otherwise.
//!
//! The gateway judges `state` by its snapshot and its decision; here four comparisons stand for it, so that a corpus can
//! be checked offline, with nothing but this room.

use std::{collections::BTreeMap, fmt, time::Duration};

use gatewright_domain::{
    key::{Kid, NotAKid},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use serde::Deserialize;

use crate::{
    policy::Policy,
    ring::{NotARing, VerifierRing},
    verify::{Verified, verify},
};

/// The format that is read.
const SCHEMA: &str = "gatewright-hostile-corpus/1";

/// The one type and the claims that `verify` demands; a corpus that demands others asks for another verifier.
const TYPE: &str = "at+jwt";
const REQUIRED: [&str; 7] = ["iss", "aud", "sub", "client_id", "iat", "exp", "jti"];

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

#[derive(Clone, Debug, Deserialize)]
struct KeyStanding {
    state: String,
    activated_at: Option<i64>,
    deactivated_at: Option<i64>,
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
    #[error("the file's schema is not {SCHEMA}")]
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
    /// Reads a corpus file. Keys of another use or algorithm than its policy allows are left out.
    ///
    /// # Errors
    /// Every variant of `NotACorpus` but `Ring`.
    pub fn read(file: &[u8]) -> Result<Self, NotACorpus> {
        let File {
            schema,
            policy: terms,
            state: world,
            jwks,
            cases,
        } = serde_json::from_slice(file).map_err(NotACorpus::NotJson)?;
        if schema != SCHEMA {
            return Err(NotACorpus::Schema);
        }
        if terms.typ != [TYPE] {
            return Err(NotACorpus::Demand("typ"));
        }
        if terms
            .required
            .iter()
            .any(|claim| !REQUIRED.contains(&claim.as_str()))
        {
            return Err(NotACorpus::Demand("required"));
        }
        let keys = jwks
            .keys
            .iter()
            .filter(|key| key.verifies(&terms))
            .filter_map(|key| key.listed(&world))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            now: Timestamp::from_seconds(terms.now),
            terms,
            keys,
            world,
            cases,
        })
    }

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

#[derive(Deserialize)]
struct File {
    schema: String,
    policy: Terms,
    #[serde(default)]
    state: World,
    jwks: KeySet,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

/// A key as the file has it; what is wrong with it comes out when the ring is made.
#[derive(Deserialize)]
struct Key(serde_json::Map<String, serde_json::Value>);

impl Key {
    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member).and_then(serde_json::Value::as_str)
    }

    fn verifies(&self, terms: &Terms) -> bool {
        let alg = self.text("alg");
        let allowed = alg.is_some_and(|alg| terms.algs.iter().any(|own| own == alg));
        self.text("use") == Some("sig") && allowed
    }

    /// The key as a snapshot lists it; none when the corpus says nothing of its state.
    fn listed(&self, world: &World) -> Option<Result<VerificationKey, NotACorpus>> {
        let kid = self.text("kid")?;
        let standing = world.keys.get(kid)?;
        let of = |kid: Kid| {
            Ok(VerificationKey {
                state: standing.state(&kid)?,
                kid,
                jwk: serde_json::to_string(&self.0).map_err(NotACorpus::NotJson)?,
            })
        };
        Some(kid.parse().map_err(NotACorpus::Kid).and_then(of))
    }
}

impl KeyStanding {
    fn state(&self, kid: &Kid) -> Result<VerificationState, NotACorpus> {
        match self.state.as_str() {
            "active" | "deactivated" => Ok(VerificationState::Signed {
                from: self
                    .activated_at
                    .map(Timestamp::from_seconds)
                    .ok_or_else(|| NotACorpus::NoWindow(kid.clone()))?,
                until: self.deactivated_at.map(Timestamp::from_seconds),
            }),
            "staged" | "published" => Ok(VerificationState::Published),
            // Suspended, compromised, retired and whatever else there may come to be: nothing of it is accepted.
            _ => Ok(VerificationState::Compromised),
        }
    }
}
