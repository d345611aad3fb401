//! Custody: keys wherever they are kept (a file, a passphrase, a hardware module, a key service): those that seal, and those that sign.
//! Forbids the database and the rules of keys: what is sealed, where it rests and when a key changes is for `keys` to say.
//! Start with `kek` (a key that seals), then `seal` (how a secret rests), `source` (where a key comes from), `holder` (keys that sign).

mod holder;
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
pub use holder::{HeldSigner, KeyHolder, PublicHalf, SigningSource};
pub use kek::{DataKey, Kek};
pub use keks::{Followed, Keks};
pub use passphrase::Derivation;
pub use pkcs11::{Libraries, Module, ModuleSigner, ObjectUri, TokenAddress, TokenUri};
pub use seal::{Place, SealError};
pub use source::{KekSource, Unlocking};
pub use transit::{TransitAddress, TransitMount, TransitSigner};
pub use under_secret::{open_under_secret, seal_under_secret};
