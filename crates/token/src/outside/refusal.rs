//! Why a token of an outside issuer is refused, and at which stage. Nothing here repeats what the token says.

use gatewright_domain::time::Timestamp;

use crate::refusal::{Part, Refusal};

/// Why it does not verify. `Display` is for operators; callers are told only that the token is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideRefusal {
    /// It is not formed as a token is, or a claim is not.
    #[error(transparent)]
    Form(#[from] Refusal),
    /// Its type is not one the registration names.
    #[error("the token's type is not one that its issuer is registered with")]
    Type,
    /// Its algorithm is not one the registration names.
    #[error("the token's algorithm is not one that its issuer is registered with")]
    Algorithm,
    /// The issuer has no such key, as far as is known here.
    #[error("the issuer's key set, as last fetched, has no key of the token's kid and algorithm")]
    UnknownKey,
    /// The issuer has several such keys, and the token does not say which.
    #[error(
        "the issuer has several keys of the token's algorithm, and the token names none of them"
    )]
    SeveralKeys,
    /// The signature is not that of the issuer.
    #[error("the signature does not match")]
    Signature,
    /// A number in the claims is larger than any that can be compared.
    #[error("the claims hold a number that is too large")]
    Number,
    /// It is of another issuer.
    #[error("the token is not of this issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("the token is not for the audience that its issuer is registered with")]
    Audience,
    /// It was made later than now.
    #[error("the token was issued at {0}, which is later than now")]
    IssuedInTheFuture(Timestamp),
    /// It does not hold yet.
    #[error("the token holds from {0}, which is later than now")]
    NotYetValid(Timestamp),
    /// It has ended.
    #[error("the token ended at {0}")]
    Expired(Timestamp),
    /// It lives longer than the registration allows, or ends before it begins.
    #[error(
        "the token ends at {expires}; its issuer is registered with lives of at most {max_s} s"
    )]
    Lifetime {
        /// When it ends.
        expires: Timestamp,
        /// The longest life in seconds.
        max_s: u64,
    },
}

/// A stage of verifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`Stage::title` says what each asks")]
pub enum Stage {
    Form,
    Type,
    Algorithm,
    Key,
    Signature,
    Claims,
    Issuer,
    Audience,
    Times,
    Lifetime,
}

/// The stages in their order.
pub const STAGES: [Stage; 10] = [
    Stage::Form,
    Stage::Type,
    Stage::Algorithm,
    Stage::Key,
    Stage::Signature,
    Stage::Claims,
    Stage::Issuer,
    Stage::Audience,
    Stage::Times,
    Stage::Lifetime,
];

impl OutsideRefusal {
    /// Where it was found.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::Form(Refusal::Claim { .. } | Refusal::ClaimsNotJson(_))
            | Self::Form(Refusal::NotBase64(Part::Claims) | Refusal::SenderConstrained)
            | Self::Number => Stage::Claims,
            Self::Form(_) => Stage::Form,
            Self::Type => Stage::Type,
            Self::Algorithm => Stage::Algorithm,
            Self::UnknownKey | Self::SeveralKeys => Stage::Key,
            Self::Signature => Stage::Signature,
            Self::Issuer => Stage::Issuer,
            Self::Audience => Stage::Audience,
            Self::IssuedInTheFuture(_) | Self::NotYetValid(_) | Self::Expired(_) => Stage::Times,
            Self::Lifetime { .. } => Stage::Lifetime,
        }
    }
}

impl Stage {
    /// What it asks, in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Form => "The token is formed as tokens are",
            Self::Type => "Its type is one of its issuer's",
            Self::Algorithm => "Its algorithm is one of its issuer's",
            Self::Key => "A key of its issuer has signed it",
            Self::Signature => "The signature matches",
            Self::Claims => "The claims are complete",
            Self::Issuer => "The issuer is the registered one",
            Self::Audience => "It is for the registered audience",
            Self::Times => "It holds now",
            Self::Lifetime => "It lives no longer than its issuer's may",
        }
    }
}
