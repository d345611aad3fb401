//! Why a source gives no key, and why who holds one does not use it.

use std::{io, path::PathBuf};

/// Why a key-encryption key is not taken from a source. Nothing has been changed then, and no other is made in its place.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The text is no key.
    #[error(
        "not a key-encryption key: expected 32 random bytes as 64 hexadecimal digits or as base64"
    )]
    NotAKey,
    /// The key is one byte repeated.
    #[error("the key-encryption key is one byte repeated; generate a random one")]
    Trivial,
    /// The file cannot be read.
    #[error("could not read the key file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is a directory or a device.
    #[error("the key file {} is not a file", path.display())]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// Others than its owner can reach the file.
    #[error(
        "the key file {} can be reached by others (mode {mode:04o}); run: chmod 600 {}",
        path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file belongs to somebody else.
    #[error(
        "the key file {} belongs to user {owner}, and this program runs as user {own}",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who this program runs as.
        own: u32,
    },
    /// There is a file already, which is never written over.
    #[error("there is a key file {} already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("could not write the key file {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Nothing was given to unlock the key with.
    #[error("{what} is needed for `{source_of}`; give it as {setting} or {setting}_FILE")]
    Locked {
        /// What is missing: a passphrase, a PIN, a token.
        what: &'static str,
        /// The source as written.
        source_of: String,
        /// The variable it is given in.
        setting: &'static str,
    },
    /// The passphrase could be guessed.
    #[error(
        "the passphrase of the key-encryption key has fewer than {0} characters; use a longer one"
    )]
    ShortPassphrase(usize),
    /// The stored parameters of the derivation are weaker than this program takes, so somebody changed them.
    #[error(
        "the stored parameters for the passphrase are weaker than Argon2id with 19 MiB and 2 passes; \
         the database was altered, restore it"
    )]
    WeakDerivation,
    /// The derivation failed.
    #[error("the key could not be derived from the passphrase")]
    NotDerived,
    /// The address of the key cannot be read.
    #[error("`{address}` is no address of a key: {why}")]
    Address {
        /// What was given, without secrets.
        address: String,
        /// What is wrong with it, and how it is written.
        why: String,
    },
    /// There is no such key, or more than one, or it is of the wrong kind.
    #[error("the key `{key}` cannot be used: {why}")]
    Unfit {
        /// Which key.
        key: String,
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// Who holds it does not answer, or will not use it.
    #[error("the key `{key}` cannot be used now")]
    Holder {
        /// Which key.
        key: String,
        /// Why.
        #[source]
        cause: HolderError,
    },
}

/// Why who holds a key does not wrap or unwrap with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// It was altered, or wrapped under another key or for something else.
    #[error("it was wrapped under another key or for something else, or it was altered")]
    Altered,
    /// No answer, or none in time. Worth trying again.
    #[error("who holds the key does not answer: {why}")]
    Away {
        /// What happened, and what to do.
        why: String,
    },
    /// An answer, and it was no.
    #[error("who holds the key refuses: {why}")]
    Refused {
        /// What they said, and what to do.
        why: String,
    },
}
