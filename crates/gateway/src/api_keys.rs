//! The API keys of a snapshot, by fingerprint: one hash and one look-up for each request, however many there are.
//!
//! Invariant: a text that is no whole key is refused by its checksum, before anything is looked up. No text is kept.

use std::{collections::HashMap, sync::Arc};

use gatewright_domain::{
    credential::{self, CredentialKind},
    digest::Digest256,
    id::VersionId,
    refusal::Refusal,
    snapshot::{ApiKeyTerms, Snapshot},
};
use tracing::error;

use crate::{bearer::Bearer, verifier::Facts};

/// The API keys of one snapshot. Those that stand as in the one before are shared with it.
pub(crate) struct ApiKeys(HashMap<Digest256, Listed>);

struct Listed {
    terms: ApiKeyTerms,
    facts: Arc<Facts>,
}

impl Listed {
    fn is(&self, terms: &ApiKeyTerms, audience: &[String]) -> bool {
        self.terms == *terms && self.facts.token().audience == audience
    }
}

impl ApiKeys {
    /// The keys of a snapshot. One that means nothing is left out, so it is refused and all others serve.
    pub(crate) fn of(snapshot: &Snapshot, before: Option<&Self>) -> Self {
        let versions = snapshot.versions.iter();
        let audiences: HashMap<VersionId, &str> = versions
            .map(|version| (version.id, version.audience.as_str()))
            .collect();
        let audience = |version: VersionId| audiences.get(&version).copied();
        let listed = snapshot.api_keys.iter().filter_map(|terms| {
            let Some(name) = Digest256::from_hex(&terms.fingerprint) else {
                error!(key.id = %terms.id, "Left out an API key whose fingerprint is none");
                return None;
            };
            let known = before.and_then(|before| before.0.get(&name));
            let facts = terms.facts(audience);
            let facts = match known.filter(|known| known.is(terms, &facts.audience)) {
                Some(known) => Arc::clone(&known.facts),
                None => Arc::new(Facts::listed(facts, terms.revoked)?),
            };
            let terms = terms.clone();
            Some((name, Listed { terms, facts }))
        });
        Self(listed.collect())
    }

    /// What is known of an API key; nothing when the credential does not begin as one.
    ///
    /// # Errors
    /// `TokenInvalid`, which callers cannot tell from that of a token.
    pub(crate) fn find(&self, bearer: Bearer<'_>) -> Option<Result<&Arc<Facts>, Refusal>> {
        const KIND: CredentialKind = CredentialKind::ApiKey;
        if !bearer.0.starts_with(KIND.prefix().as_bytes()) {
            return None;
        }
        let invalid = |step: &str| Refusal::TokenInvalid {
            step: step.to_owned(),
        };
        let digest = std::str::from_utf8(bearer.0).ok();
        let digest = digest.and_then(|text| credential::digest(KIND, text).ok());
        let Some(digest) = digest else {
            return Some(Err(invalid("the API key was not copied whole")));
        };
        let found = self.0.get(&digest).map(|listed| &listed.facts);
        Some(found.ok_or_else(|| invalid("no API key of ours has this fingerprint")))
    }
}
