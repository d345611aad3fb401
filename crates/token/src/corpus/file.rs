//! The file of a corpus, as it is written.

use gatewright_domain::{
    key::{Kid, Purpose},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use serde::Deserialize;

use crate::corpus::{Case, Corpus, NotACorpus, Terms, World};

/// The format that is read.
pub(crate) const SCHEMA: &str = "gatewright-hostile-corpus/1";

/// The one type and the claims that `verify` demands; a corpus that demands others asks for another verifier.
const TYPE: &str = "at+jwt";
const REQUIRED: [&str; 7] = ["iss", "aud", "sub", "client_id", "iat", "exp", "jti"];

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

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeyStanding {
    state: String,
    activated_at: Option<i64>,
    deactivated_at: Option<i64>,
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
}

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
                purpose: Purpose::Access,
                max_lifetime: None,
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
