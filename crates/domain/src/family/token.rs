//! The tokens of a family: each used once, kept as a keyed hash, with its successor sealed under its own secret.

use std::fmt;

use crate::{
    drawn,
    entropy::Entropy,
    family::Use,
    id::{FamilyId, RefreshId},
    secret::Secret,
    time::Timestamp,
};

/// What the text of every refresh token begins with. Never change it: scan rules out there name it.
const PREFIX: &str = "gw_rt_";

/// How many digits the id has in it.
const DIGITS: usize = 26;

/// How many characters a text has.
pub const LENGTH: usize = PREFIX.len() + DIGITS + 1 + drawn::SECRET;

/// One refresh token, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    id: RefreshId,
    family: FamilyId,
    generation: u32,
    hmac: Vec<u8>,
    issued: Timestamp,
    consumed: Option<Timestamp>,
    successor: Option<Successor>,
    repeats: u32,
}

/// The text of the next token, sealed under the secret of this one: whoever reads the database cannot open it.
#[derive(Clone, PartialEq, Eq)]
pub struct Successor(pub Vec<u8>);

impl fmt::Debug for Successor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

/// A refresh token as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `RefreshToken`")]
pub struct RefreshTokenParts {
    pub id: RefreshId,
    pub family: FamilyId,
    pub generation: u32,
    pub hmac: Vec<u8>,
    pub issued: Timestamp,
    pub consumed: Option<Timestamp>,
    pub successor: Option<Successor>,
    pub repeats: u32,
}

/// A text that was just drawn: what the client gets, and the id under which its hash is kept.
#[derive(Debug)]
pub struct RefreshSecret {
    /// The id that stands in the text.
    pub id: RefreshId,
    /// `gw_rt_<id>_<256 drawn bits>`.
    pub text: Secret<String>,
}

/// A text that is no refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token; was it copied whole?")]
pub struct NotARefreshToken;

/// Draws a refresh token.
#[must_use]
pub fn draw(now: Timestamp, entropy: &dyn Entropy) -> RefreshSecret {
    let id = RefreshId::draw(now, entropy);
    let text = drawn::compose(PREFIX, &id.to_string(), entropy);
    RefreshSecret { id, text }
}

/// The id in a text that is formed as a refresh token is; nothing was looked up yet.
///
/// # Errors
/// `NotARefreshToken`.
pub fn id_of(text: &str) -> Result<RefreshId, NotARefreshToken> {
    let digits = drawn::digits(PREFIX, text).ok_or(NotARefreshToken)?;
    let id = format!("{}_{digits}", RefreshId::PREFIX);
    id.parse().map_err(|_| NotARefreshToken)
}

impl RefreshToken {
    /// The token of a generation, not used yet.
    #[must_use]
    pub fn new(
        id: RefreshId,
        (family, generation): (FamilyId, u32),
        hmac: Vec<u8>,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            family,
            generation,
            hmac,
            issued: now,
            consumed: None,
            successor: None,
            repeats: 0,
        }
    }

    /// The token of stored parts.
    #[must_use]
    pub fn restore(parts: RefreshTokenParts) -> Self {
        let RefreshTokenParts {
            id,
            family,
            generation,
            hmac,
            issued,
            consumed,
            successor,
            repeats,
        } = parts;
        Self {
            id,
            family,
            generation,
            hmac,
            issued,
            consumed,
            successor,
            repeats,
        }
    }

    /// It was used: as a turn, and its successor rests sealed beside it.
    #[must_use]
    pub fn consume(self, successor: Successor, now: Timestamp) -> Self {
        Self {
            consumed: Some(now),
            successor: Some(successor),
            ..self
        }
    }

    /// It was presented again, and its successor was given once more.
    #[must_use]
    pub fn repeat(self) -> Self {
        Self {
            repeats: self.repeats.saturating_add(1),
            ..self
        }
    }

    /// The id of its row, which stands in its text.
    #[must_use]
    pub fn id(&self) -> RefreshId {
        self.id
    }

    /// The family it is of.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        self.family
    }

    /// Its place in the chain, from 0.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The keyed hash of its text.
    #[must_use]
    pub fn hmac(&self) -> &[u8] {
        &self.hmac
    }

    /// When it was issued.
    #[must_use]
    pub fn issued(&self) -> Timestamp {
        self.issued
    }

    /// When it was used, if it was.
    #[must_use]
    pub fn consumed(&self) -> Option<Timestamp> {
        self.consumed
    }

    /// The next token, sealed under this one's secret; there once it was used.
    #[must_use]
    pub fn successor(&self) -> Option<&Successor> {
        self.successor.as_ref()
    }

    /// How often its successor was given again.
    #[must_use]
    pub fn repeats(&self) -> u32 {
        self.repeats
    }
}

impl Use {
    /// The word in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Repeat => "repeat",
            Self::Reuse => "reuse",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;

    impl Entropy for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(1);
        }
    }

    #[test]
    fn a_drawn_token_is_read_back_and_nothing_else_is() {
        let drawn = draw(Timestamp::from_seconds(1_800_000_000), &Ones);
        let text = drawn.text.lend(String::clone);
        assert_eq!(text.len(), 85);
        assert_eq!(id_of(&text), Ok(drawn.id));
        let cut = &text[..text.len() - 1];
        let other = text.replace("gw_rt_", "gw_at_");
        let loud = text.to_uppercase();
        let longer = format!("{text}0");
        for bad in ["", "gw_rt_", cut, &*other, &*loud, &*longer] {
            assert_eq!(id_of(bad), Err(NotARefreshToken), "{bad}");
        }
    }
}
