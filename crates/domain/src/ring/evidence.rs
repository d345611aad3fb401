//! What must be known before a key may begin to sign in its turn: that those who verify can have learnt it.

use std::fmt;

use crate::ring::RingError;

/// What is known of who has learnt the next key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The gateways that have not acknowledged a revision in which it is published, by name.
    pub missing: Vec<String>,
    /// Whether a key set with it was ever served.
    pub is_served: bool,
}

/// Why a rotation waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held(Evidence);

impl Evidence {
    /// The evidence that leaves nothing open.
    #[must_use]
    pub const fn complete() -> Self {
        Self {
            missing: Vec::new(),
            is_served: true,
        }
    }

    /// Whether it lets a key begin to sign.
    ///
    /// # Errors
    /// `Held`, with what is missing.
    pub fn suffices(&self) -> Result<(), RingError> {
        if self.is_served && self.missing.is_empty() {
            return Ok(());
        }
        Err(RingError::Held(Held(self.clone())))
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Evidence { missing, is_served }) = self;
        let mut reasons = Vec::new();
        if !missing.is_empty() {
            let names = missing.join(", ");
            reasons.push(format!("not yet known to the gateways {names}"));
        }
        if !is_served {
            reasons.push("in no key set that anybody has fetched".to_owned());
        }
        f.write_str(&reasons.join(", and "))
    }
}
