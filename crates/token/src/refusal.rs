//! Why a token is refused: one variant for each thing a step can find. None of them repeats what the token says.

use gatewright_domain::{key::Algorithm, time::Timestamp};

use crate::{json::NotStrictJson, verify::Step};

/// Why a token does not verify. `Display` is for operators and holds no text of the token; callers are told only that
/// the token is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is larger than any we issue.
    #[error("the token has {length} bytes, more than {max}")]
    TooLarge {
        /// Its size in bytes.
        length: usize,
        /// The most that is taken.
        max: usize,
    },
    /// The header is larger than any we issue.
    #[error("the header has {length} bytes, more than {max}")]
    HeaderTooLarge {
        /// Its size in bytes of base64url.
        length: usize,
        /// The most that is taken.
        max: usize,
    },
    /// Not three parts with two dots between them.
    #[error("the token is not three parts with a dot between them")]
    NotCompact,
    /// A part that is not base64url in its one canonical form.
    #[error("the {0} is not base64url without padding")]
    NotBase64(Part),
    /// The header is not JSON as we read it.
    #[error("the header is not JSON: {0}")]
    HeaderNotJson(NotStrictJson),
    /// The header holds a member that could change what a verifier does.
    #[error("the header has `{0}`, which is never accepted")]
    HeaderMember(&'static str),
    /// The header lacks a member, or has it with another type than text.
    #[error("the header has no text member `{0}`")]
    HeaderText(&'static str),
    /// The token is of another kind than an access token.
    #[error("the token's type is not at+jwt")]
    Type,
    /// The key's name is no name of a key.
    #[error("the token's kid is not 1 to 64 characters of A-Z, a-z, 0-9, `-` and `_`")]
    Kid,
    /// No key has this name.
    #[error("no key of ours has the token's kid")]
    UnknownKey,
    /// The key may not have signed tokens, or may no longer.
    #[error("the token's key {0}")]
    KeyNotVerifying(Barred),
    /// The header names another algorithm than its key has.
    #[error("the token's algorithm is not {expected}, the one its key has")]
    Algorithm {
        /// The key's algorithm.
        expected: Algorithm,
    },
    /// The signature is not that of the key over these bytes.
    #[error("the signature does not match")]
    Signature,
    /// The claims are not JSON as we read it.
    #[error("the claims are not JSON: {0}")]
    ClaimsNotJson(NotStrictJson),
    /// A claim is missing or malformed.
    #[error("the claim `{claim}` {fault}")]
    Claim {
        /// Which.
        claim: &'static str,
        /// What is wrong with it.
        fault: ClaimFault,
    },
    /// The token is bound to a key of its sender, who has proved nothing; or in a way that we cannot check.
    #[error("the token is bound to a key (`cnf`), and no proof of that key is taken here")]
    SenderConstrained,
    /// Somebody else issued it.
    #[error("the token is not of our issuer")]
    Issuer,
    /// It is for something else.
    #[error("the token is not for this audience")]
    Audience,
    /// It was issued later than now.
    #[error("the token was issued at {issued}, which is later than now")]
    IssuedInTheFuture {
        /// When it claims to have been issued.
        issued: Timestamp,
    },
    /// It does not hold yet.
    #[error("the token holds from {not_before}, which is later than now")]
    NotYetValid {
        /// From when it holds.
        not_before: Timestamp,
    },
    /// It has ended.
    #[error("the token ended at {expires}")]
    Expired {
        /// When.
        expires: Timestamp,
    },
    /// It lives longer than tokens may, or ends before it begins (invariant I6).
    #[error("the token lives from {issued} to {expires}; the longest life is {max_s} s")]
    Lifetime {
        /// When it was issued.
        issued: Timestamp,
        /// When it ends.
        expires: Timestamp,
        /// The longest life in seconds.
        max_s: u64,
    },
    /// Its key was not the signer when it was issued (invariant I5).
    #[error("the token was issued at {issued}, when its key was not the one that signs")]
    OutsideSigningWindow {
        /// When it claims to have been issued.
        issued: Timestamp,
    },
}

/// A part of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Claims,
    /// The third.
    Signature,
}

/// Why a known key verifies nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// It is published and has not begun to sign.
    #[error("has not begun to sign")]
    NotYetSigning,
    /// It is compromised.
    #[error("is compromised")]
    Compromised,
    /// It is set aside for now.
    #[error("is suspended")]
    Suspended,
    /// It signs documents of another kind.
    #[error("does not sign access tokens")]
    OtherPurpose,
}

/// What is wrong with a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is of another JSON type.
    #[error("is of the wrong type")]
    Type,
    /// It is there and says nothing.
    #[error("is empty")]
    Empty,
    /// It is no moment from 1970 to 9999.
    #[error("is not a time from 1970 to 9999")]
    Time,
    /// It is no name.
    #[error("is not 1 to 255 visible ASCII characters")]
    Identifier,
    /// It is no list of scopes.
    #[error("is not scopes with single blanks between them")]
    Scope,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims part",
            Self::Signature => "signature",
        })
    }
}

impl Refusal {
    /// The step that refuses so.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::TooLarge { .. } => Step::Size,
            Self::NotCompact | Self::HeaderTooLarge { .. } => Step::Form,
            Self::NotBase64(Part::Header)
            | Self::HeaderNotJson(_)
            | Self::HeaderMember(_)
            | Self::HeaderText(_) => Step::Header,
            Self::Type => Step::Type,
            Self::Kid | Self::UnknownKey | Self::KeyNotVerifying(_) => Step::Key,
            Self::Algorithm { .. } => Step::Algorithm,
            Self::NotBase64(Part::Signature) | Self::Signature => Step::Signature,
            Self::NotBase64(Part::Claims) | Self::ClaimsNotJson(_) | Self::Claim { .. } => {
                Step::Claims
            }
            Self::SenderConstrained => Step::Sender,
            Self::Issuer => Step::Issuer,
            Self::Audience => Step::Audience,
            Self::IssuedInTheFuture { .. } => Step::Issued,
            Self::NotYetValid { .. } => Step::NotBefore,
            Self::Expired { .. } => Step::Expiry,
            Self::Lifetime { .. } => Step::Lifetime,
            Self::OutsideSigningWindow { .. } => Step::Window,
        }
    }
}
