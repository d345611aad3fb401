//! Secrets: values that cannot be printed, cloned, compared with `==` or serialized, and that are wiped when dropped.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// A secret text or key. The only way out is `expose_once`, which is easy to search for.
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into custody.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Gives the value out. Where this may be called is a checked list (`tidy`).
    #[must_use]
    pub fn expose_once(self) -> Zeroizing<T> {
        self.0
    }

    /// Lends the value to one function, for hashing or signing; it must not keep or print it.
    pub fn lend<R>(&self, to: impl FnOnce(&T) -> R) -> R {
        to(&self.0)
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Compares two byte strings in a time that depends on their lengths only.
#[must_use]
pub fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
