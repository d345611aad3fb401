//! What comes of presenting a token of a family.

/// What presenting a token comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is the head: its successor becomes the head.
    Turn,
    /// It was used a moment ago, and its successor was not: whoever holds it gets the same successor once more.
    Repeat,
    /// It was used before, and somebody went on from there: two hold this family, and neither may keep it.
    Reuse,
}

/// Why nothing comes of a family any more, or not for this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FamilyError {
    /// It was revoked.
    #[error("the family is revoked")]
    Revoked,
    /// It was not used for too long, or has lived as long as it may.
    #[error("the family has ended")]
    Ended,
    /// It is of another application.
    #[error("the family is of another application")]
    AnotherApplication,
    /// It is bound to a key or a certificate that was not proved.
    #[error("the family is bound to another key or certificate")]
    AnotherKey,
    /// The person who granted it may not any more: they were disabled, or have another role.
    #[error("whoever granted it may not any more")]
    PersonGone,
}
