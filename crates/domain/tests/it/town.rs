//! A small town of values that the tests share.

use std::collections::BTreeSet;

use gatewright_domain::{
    access::{Caller, Origin, Proof, Role},
    api::ApiRef,
    audit::{Aggregate, Change},
    entropy::Entropy,
    id::{ApiId, OperatorId, RevisionId, SessionId, TeamId, VersionId},
    key::{SigningKey, SigningKeyParts},
    time::Timestamp,
    version::{Version, VersionRef},
};
use uuid::Uuid;

pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub(crate) const fn hours(hours: u64) -> std::time::Duration {
    std::time::Duration::from_secs(hours * 3600)
}

pub(crate) fn team(number: u128) -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn me() -> OperatorId {
    OperatorId::from_uuid(Uuid::from_u128(1))
}

/// Somebody of a role in team 1, signed in.
pub(crate) fn caller(role: Role) -> Caller {
    let session = Proof::Session(SessionId::from_uuid(Uuid::from_u128(1)));
    Caller::operator(
        me(),
        session,
        role,
        BTreeSet::from([team(1)]),
        Origin::default(),
    )
}

pub(crate) fn orders() -> ApiRef {
    let id = ApiId::from_uuid(Uuid::from_u128(10));
    ApiRef {
        id,
        name: "orders".parse().unwrap(),
        team: team(1),
    }
}

/// A draft of `orders/v1` with a contract, as if stored once.
pub(crate) fn draft() -> Version {
    let id = VersionId::from_uuid(Uuid::from_u128(11));
    let place = VersionRef {
        id,
        api: orders(),
        number: "v1".parse().unwrap(),
    };
    let draft = stored(Version::draft(
        place,
        "http://127.0.0.1:9000".parse().unwrap(),
        NOON,
    ));
    stored(
        draft
            .adopt(RevisionId::from_uuid(Uuid::from_u128(12)), None)
            .unwrap(),
    )
}

/// The state of a change, as if it had been stored.
pub(crate) fn stored<T: Aggregate>(change: Change<T>) -> T {
    let (after, _) = change.into_parts();
    let next = after.revision().next();
    after.at(next)
}

/// Bytes that count up.
pub(crate) struct Counting;

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        (0_u8..).zip(bytes).for_each(|(value, byte)| *byte = value);
    }
}

/// A key's parts, to be changed and restored.
pub(crate) fn parts_of_key(key: &SigningKey) -> SigningKeyParts {
    SigningKeyParts {
        id: key.id(),
        kid: key.kid().clone(),
        ring: key.ring(),
        public_jwk: key.public_jwk().to_owned(),
        provider: key.provider(),
        state: key.state().clone(),
        generated: key.generated(),
        last_expiry: key.last_expiry(),
        revision: key.revision(),
    }
}
