//! The person who granted what an application does for them.

use crate::{id::OperatorId, time::Timestamp, token::Lineage};

/// Who granted something, and since when they had been signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub operator: OperatorId,
    /// When they had signed in.
    pub signed_in: Timestamp,
}

impl Person {
    /// Where tokens of the grant come from: they are about this person.
    #[must_use]
    pub fn lineage(self) -> Lineage {
        Lineage {
            subject: self.subject(),
            actors: Vec::new(),
            ancestors: Vec::new(),
            signed_in: Some(self.signed_in),
        }
    }

    /// The public name of the person in tokens: `u_` and 26 characters, so that it can never be taken for an application's
    /// (RFC 9068 section 5; RFC 9700 section 4.15).
    fn subject(self) -> String {
        let id = self.operator.to_string();
        let digits = id.split_once('_').map_or(id.as_str(), |(_, digits)| digits);
        format!("u_{digits}")
    }
}
