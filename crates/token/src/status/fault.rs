//! What can be wrong with a status list, for those who decide what that means for a token.

use crate::refusal::Refusal;

/// Why nothing is known of a token by its status list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAStatusList {
    /// The document is larger than any list.
    #[error("the document is larger than any status list")]
    TooLarge,
    /// It is no signed document, or of a key that is not known.
    #[error(transparent)]
    Signed(#[from] Refusal),
    /// It is a signed document of another kind.
    #[error("the document's type is not statuslist+jwt")]
    Type,
    /// It is the list of another address.
    #[error("the list's `sub` is another address than the token names")]
    Subject,
    /// A claim is missing or malformed.
    #[error("the list's `{0}` is missing or malformed")]
    Claim(&'static str),
    /// It was made later than now.
    #[error("the list was made in the future")]
    FromTheFuture,
    /// It has ended.
    #[error("the list has expired; ask for a newer one")]
    Stale,
    /// What it holds does not unpack to a list of a bearable size.
    #[error("the list does not unpack, or not to a bearable size")]
    Compression,
    /// It has no such place.
    #[error("the list has no place {0}")]
    OutOfRange(u64),
}
