//! Keys in hardware modules, over PKCS#11.

mod key;
mod library;
mod module;
mod signing;
mod uri;

use std::fmt;

pub(crate) use key::ModuleKey;
pub use library::Libraries;
pub use module::Module;
pub use signing::ModuleSigner;
pub(crate) use signing::destroy;
pub use uri::{ObjectUri, TokenAddress, TokenUri};

impl fmt::Display for TokenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkcs11:token={}", self.label)
    }
}
