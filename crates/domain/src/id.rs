//! Ids: one newtype per noun, drawn from a given time and given bytes, shown with the noun's prefix (`api_01J…`).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};
use uuid::Uuid;

use crate::{entropy::Entropy, time::Timestamp};

/// A text that is not an id of the expected noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected `{prefix}_` and 26 characters of Crockford base 32")]
pub struct NotAnId {
    /// The prefix that was expected, without the underscore.
    pub prefix: &'static str,
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of this noun's ids on the wire and in logs, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A version 7 UUID of the given time and of drawn bytes (RFC 9562 section 5.7).
            #[must_use]
            pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(v7(now, entropy))
            }

            /// The id of a stored or transmitted UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// When it was drawn, to the millisecond.
            #[must_use]
            pub fn drawn(self) -> Timestamp {
                // The first 48 bits (RFC 9562 section 5.7).
                let millis = self.0.as_u128() >> 80;
                Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
            }

            /// The UUID inside.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                fmt::Display::fmt(&Base32(self.0), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .and_then(from_base32)
                    .map(Self)
                    .ok_or(NotAnId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "sea-orm")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

id! {
    /// A team: owns APIs.
    TeamId = "team";
    /// An operator: a person who signs in to the portal with a role.
    OperatorId = "op";
    /// A personal access token of an operator, for the JSON API.
    AccessTokenId = "pat";
    /// A signed-in session of an operator (its row, not its secret).
    SessionId = "ses";
    /// An API.
    ApiId = "api";
    /// A version of an API.
    VersionId = "ver";
    /// A revision: one immutable upload of a version's contract.
    RevisionId = "rev";
    /// A choice of a ruleset for an API.
    RulesetId = "rls";
    /// A plan of an API.
    PlanId = "plan";
    /// A consumer.
    ConsumerId = "con";
    /// An application of a consumer.
    ApplicationId = "app";
    /// A subscription of an application to a version.
    SubscriptionId = "sub";
    /// An issued token (its row; the token's text is never stored).
    TokenId = "tok";
    /// An API key of an application (its row, not its secret).
    ApiKeyId = "apk";
    /// An initial access token, with which applications register themselves (its row, not its secret).
    InitialTokenId = "iat";
    /// A refresh family: one grant and its chain of refresh tokens. It is the `sid` of its access tokens.
    FamilyId = "fam";
    /// An authorization code (its row; its text is never stored).
    CodeId = "ac";
    /// A refresh token (its row; its text is never stored).
    RefreshId = "rt";
    /// A signing key (its row; see `key::Kid` for its public name).
    KeyId = "key";
    /// An outside issuer whose tokens are accepted.
    OutsideIssuerId = "iss";
    /// A gateway that enforces snapshots.
    GatewayId = "gw";
    /// A decision of a gateway on one request.
    DecisionId = "dec";
    /// One request to the control plane or to a gateway.
    RequestId = "req";
    /// An audit event.
    EventId = "evt";
    /// An installation of Gatewright.
    InstallationId = "inst";
}

fn v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut drawn = [0; 10];
    entropy.fill(&mut drawn);
    uuid::Builder::from_unix_timestamp_millis(now.millis().unsigned_abs(), &drawn).into_uuid()
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// As many digits of five bits as hold 128.
const DIGITS: usize = 26;

struct Base32(Uuid);

impl fmt::Display for Base32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut value, mut digits) = (self.0.as_u128(), [b'0'; DIGITS]);
        for digit in digits.iter_mut().rev() {
            let symbol = usize::try_from(value & 31).ok();
            *digit = symbol
                .and_then(|symbol| ALPHABET.get(symbol))
                .copied()
                .unwrap_or(b'0');
            value >>= 5;
        }
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

fn from_base32(text: &str) -> Option<Uuid> {
    if text.len() != DIGITS {
        return None;
    }
    let value = text.bytes().try_fold(0_u128, |value, byte| {
        let digit = ALPHABET.iter().position(|symbol| *symbol == byte)?;
        value
            .checked_mul(32)?
            .checked_add(u128::try_from(digit).ok()?)
    })?;
    Some(Uuid::from_u128(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_reads_back_what_it_shows(value: u128) {
            let id = ApiId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(id.to_string().parse::<ApiId>(), Ok(id));
        }

        #[test]
        fn no_text_panics_the_reader(text: String) {
            let _ = text.parse::<ApiId>();
        }
    }

    #[test]
    fn an_id_of_another_noun_is_refused() {
        let id = PlanId::from_uuid(Uuid::from_u128(7));
        assert_eq!(
            id.to_string().parse::<ApiId>(),
            Err(NotAnId { prefix: "api" })
        );
    }

    #[test]
    fn an_id_too_large_for_a_uuid_is_refused() {
        assert!("api_ZZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<ApiId>().is_err());
    }
}
