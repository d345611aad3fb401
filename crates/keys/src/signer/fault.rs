//! Why nothing is signed.

use gatewright_custody::{HolderError, SealError};
use gatewright_domain::{
    key::{Held, Kid},
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::mint::{KeyFault, MintError};

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The key's private part does not open.
    #[error("could not open the sealed key {kid}")]
    Open {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: SealError,
    },
    /// What was sealed is not that key.
    #[error("the private part of {kid} is not usable")]
    Unusable {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: KeyFault,
    },
    /// A fresh key's private part could not be sealed.
    #[error("could not seal the private part of {kid}")]
    Seal {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: SealError,
    },
    /// No key could be made.
    #[error("no key could be made")]
    NotMade(#[source] KeyFault),
    /// Who holds signing keys made none.
    #[error("{holder} made no key")]
    NotMadeThere {
        /// Who.
        holder: String,
        /// Why.
        #[source]
        cause: HolderError,
    },
    /// Who holds the key does not sign with it, or signs in a way that its public half does not verify.
    #[error("{held} does not sign with the key {kid}")]
    NotHeld {
        /// Where it is held.
        held: Held,
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: HolderError,
    },
    /// No setting says how to reach who holds the key.
    #[error(
        "the key {kid} is held in {held}, which no setting names; add its source to `signing_others`"
    )]
    NoHolder {
        /// Where it is held.
        held: Held,
        /// The key.
        kid: Kid,
    },
    /// There is no key that signs.
    #[error("there is no signing key")]
    NoKey,
    /// The key does not sign, so it has no private part.
    #[error("the key {kid} does not sign")]
    NotSigning {
        /// The key.
        kid: Kid,
    },
    /// The rings were read too long ago to sign by them (invariant I13).
    #[error("the key rings could not be read for too long; nothing is signed until they are")]
    Lease {
        /// Why they could not.
        #[source]
        cause: StoreError,
    },
    /// Our clock says that the key has not begun to sign: what it signed would be outside its window (invariant I5).
    #[error(
        "the clock of this server is behind: it is {now} here, and the key signs since {begins}"
    )]
    Clock {
        /// What our clock says.
        now: Timestamp,
        /// When the key began to sign.
        begins: Timestamp,
    },
    /// Our clock is not that of the other servers: what it says of a token's time, verifiers would not believe.
    #[error(
        "the clock of this server differs from the database's by {ahead} ms; nothing is signed until they agree"
    )]
    Skew {
        /// By how many milliseconds ours is ahead; negative when it is behind.
        ahead: i64,
    },
    /// The token could not be written or signed.
    #[error("the token could not be made")]
    Mint(#[from] MintError),
    /// The store failed.
    #[error("could not read what the key is bound to")]
    Store(#[from] StoreError),
}

impl SignerError {
    /// Whether it is for now only: who holds the key is away, and comes back without anybody changing anything here.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::NotMadeThere { cause, .. } | Self::NotHeld { cause, .. } => {
                matches!(cause, HolderError::Away { .. })
            }
            Self::Open { cause, .. } | Self::Seal { cause, .. } => matches!(
                cause,
                SealError::Holder {
                    cause: HolderError::Away { .. },
                    ..
                }
            ),
            Self::Unusable { .. }
            | Self::NotMade(_)
            | Self::NoHolder { .. }
            | Self::NoKey
            | Self::NotSigning { .. }
            | Self::Lease { .. }
            | Self::Clock { .. }
            | Self::Skew { .. }
            | Self::Mint(_)
            | Self::Store(_) => false,
        }
    }
}
