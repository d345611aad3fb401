//! Custody: key-encryption keys wherever they are kept (a file, a passphrase, a hardware module, a key service), and sealing under them.
//! Forbids the database and the rules of keys: what is sealed, where it rests and when a key changes is for `keys` to say.
//! Start with `kek` (what a key-encryption key does), then `seal` (how a secret rests) and `source` (where a key comes from).

mod kek;
mod keks;
mod seal;
mod source;

mod cipher;
mod key_file;
mod passphrase;
mod pkcs11;
mod transit;
mod under_secret;

mod error;

pub use error::{HolderError, SourceError};
pub use kek::{DataKey, Kek};
pub use keks::{Followed, Keks};
pub use passphrase::Derivation;
pub use pkcs11::{Libraries, Module, ModuleSigner, ObjectUri, PublicHalf, Scheme, TokenAddress};
pub use seal::{Place, SealError};
pub use source::{KekSource, Unlocking};
pub use transit::TransitAddress;
pub use under_secret::{open_under_secret, seal_under_secret};
