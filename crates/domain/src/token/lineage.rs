//! What a token came of, when it is not just its application's own: whom it is about, who acts for them, and the tokens that it
//! was exchanged for (RFC 8693).
//!
//! Invariant: a token dies with each token and family that it came of. Its session (`sid`) names them all.

use serde::{Deserialize, Serialize};

use crate::{
    consumer::ClientId,
    id::{ApplicationId, FamilyId},
    time::Timestamp,
    token::{Jti, Token},
};

/// As many act for one another at most. Who is further away than that knows nothing of whom it is about.
const ACTORS: usize = 3;

/// As many tokens stand before one at most: the name of its session still fits where sessions are named.
const ANCESTORS: usize = 4;

/// Between the parts of a session's name; none of them holds it.
const BETWEEN: char = '.';

/// Where a token came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Whom it is about: the `sub` of the first token.
    pub subject: String,
    /// Who acts for them, the newest first (RFC 8693 section 4.1).
    pub actors: Vec<ClientId>,
    /// The tokens that it was exchanged for, the oldest first.
    pub ancestors: Vec<Jti>,
    /// When whom it is about had signed in, where that is a person (RFC 9068 section 2.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<Timestamp>,
}

/// Whether an application says of itself that it acts, with a token of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// It does not. Then it acts where the token is of another application, and narrows what is its own.
    Silently,
    /// It does (RFC 8693 section 2.1, `actor_token`).
    Expressly,
}

/// Why a token may not come of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineageError {
    /// An application would act for itself, or for somebody who acts for it.
    #[error("an application does not act for itself")]
    Loop,
    /// Too many stand before it.
    #[error(
        "at most {ACTORS} act for one another, and at most {ANCESTORS} tokens come of one another"
    )]
    TooDeep,
}

impl Lineage {
    /// Where a token comes from that an application gets for another one.
    ///
    /// # Errors
    /// `Loop`; `TooDeep`.
    pub fn after(
        token: &Token,
        application: ApplicationId,
        acting: Acting,
    ) -> Result<Self, LineageError> {
        let (own, holder) = (ClientId::of(application), ClientId::of(token.application()));
        let subject = token.subject_name();
        let before = token.lineage();
        let mut actors = before.map_or_else(Vec::new, |before| before.actors.clone());
        let mut ancestors = before.map_or_else(Vec::new, |before| before.ancestors.clone());
        if acting == Acting::Expressly || holder != own {
            if subject == own.as_str() || actors.contains(&own) {
                return Err(LineageError::Loop);
            }
            actors.insert(0, own);
        }
        ancestors.push(token.jti().clone());
        if ACTORS < actors.len() || ANCESTORS < ancestors.len() {
            return Err(LineageError::TooDeep);
        }
        Ok(Self {
            subject,
            actors,
            ancestors,
            signed_in: before.and_then(|before| before.signed_in),
        })
    }
}

/// The name of the session of a token that is of a family, or came of others, or both.
pub(super) fn session(family: Option<FamilyId>, lineage: Option<&Lineage>) -> Option<String> {
    let ancestors = lineage.into_iter().flat_map(|lineage| &lineage.ancestors);
    let family = family.map(|family| family.to_string());
    let parts: Vec<String> = family
        .into_iter()
        .chain(ancestors.map(ToString::to_string))
        .collect();
    (!parts.is_empty()).then(|| parts.join(&BETWEEN.to_string()))
}

/// Every family and token that a session is named after: when one of them is revoked, so is the session.
pub fn of_session(sid: &str) -> impl Iterator<Item = &str> {
    sid.split(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_after_all_that_it_came_of_and_fits_where_sessions_are_named() {
        let family = FamilyId::from_uuid(uuid::Uuid::from_u128(7));
        let jti = |digit: char| Jti::from_wire(digit.to_string().repeat(22));
        let lineage = Lineage {
            subject: "c_a".to_owned(),
            actors: Vec::new(),
            ancestors: "abcd".chars().map(jti).collect(),
            signed_in: None,
        };
        assert_eq!(session(None, None), None);
        let alone = session(Some(family), None);
        assert_eq!(alone, Some(family.to_string()));
        let whole = session(Some(family), Some(&lineage)).unwrap();
        assert!(whole.parse::<crate::revocation::Sid>().is_ok(), "{whole}");
        let parts: Vec<&str> = of_session(&whole).collect();
        assert_eq!(parts.len(), 1 + ANCESTORS);
        assert_eq!(parts.first().copied(), alone.as_deref());
        assert_eq!(parts.last().copied(), Some(jti('d').as_str()));
    }
}
