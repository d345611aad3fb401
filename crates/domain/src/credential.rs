//! Opaque credentials: `gw_<kind>_<43 drawn characters><6 of checksum>`. Shown once; only a fingerprint is kept.
//!
//! The prefix lets scanners find a leaked one, the checksum refuses a mistyped one before any look-up, and the
//! underscores let a double click select the whole. Never change a prefix: scan rules out there name it.

use crate::{
    digest::{Digest256, hex, sha256},
    entropy::Entropy,
    secret::Secret,
};

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A personal access token of an operator.
    AccessToken,
    /// What a gateway that runs apart enrols with.
    Gateway,
    /// A signed-in session; travels in a cookie.
    Session,
    /// The one-time link that makes the first administrator.
    SetUp,
    /// A one-time link that signs an operator in.
    SignIn,
    /// An API key of an application: what it calls a gateway with.
    ApiKey,
    /// An initial access token: what an application registers itself with.
    InitialToken,
    /// A registration access token: what an application changes its own registration with.
    RegistrationToken,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::AccessToken,
        Self::Gateway,
        Self::Session,
        Self::SetUp,
        Self::SignIn,
        Self::ApiKey,
        Self::InitialToken,
        Self::RegistrationToken,
    ];

    /// What its text begins with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "gw_pat_",
            Self::Gateway => "gw_gt_",
            Self::Session => "gw_ses_",
            Self::SetUp => "gw_set_",
            Self::SignIn => "gw_sil_",
            Self::ApiKey => "gw_live_",
            Self::InitialToken => "gw_iat_",
            Self::RegistrationToken => "gw_rat_",
        }
    }

    /// How many characters its text has.
    #[must_use]
    pub const fn length(self) -> usize {
        self.prefix().len() + DRAWN + CHECKSUM
    }
}

/// SHA-256 of a credential's text, in hexadecimal: enough to find its row, useless to whoever reads the row. A plain hash
/// is enough because 256 drawn bits cannot be guessed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// One that stands in a row; any text, since it only ever is looked up.
    #[must_use]
    pub fn from_row(text: String) -> Self {
        Self(text)
    }

    /// The hexadecimal text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no credential of the expected kind: wrong prefix, length, alphabet or checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a credential of this kind; was it copied whole?")]
pub struct NotACredential;

const DRAWN: usize = 43;
const CHECKSUM: usize = 6;
pub(crate) const ALPHABET: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Draws a new credential of 43 characters of base 62 (256 bits) and its checksum.
#[must_use]
pub fn draw(kind: CredentialKind, entropy: &dyn Entropy) -> Secret<String> {
    let mut text = String::with_capacity(kind.prefix().len() + DRAWN + CHECKSUM);
    text.push_str(kind.prefix());
    (0..DRAWN).for_each(|_| text.push(symbol(entropy)));
    let checksum = checksum(&text);
    text.push_str(&checksum);
    Secret::new(text)
}

/// The fingerprint of a text that is a whole credential of this kind.
///
/// # Errors
/// `NotACredential` before anything is looked up.
pub fn fingerprint(kind: CredentialKind, text: &str) -> Result<Fingerprint, NotACredential> {
    digest(kind, text).map(|digest| Fingerprint(hex(digest.as_ref())))
}

/// The same fingerprint in 32 bytes, for those who look it up at every request.
///
/// # Errors
/// As `fingerprint`.
pub fn digest(kind: CredentialKind, text: &str) -> Result<Digest256, NotACredential> {
    let body = text.strip_prefix(kind.prefix()).ok_or(NotACredential)?;
    let whole = body.len() == DRAWN + CHECKSUM && body.bytes().all(|byte| ALPHABET.contains(&byte));
    if !whole {
        return Err(NotACredential);
    }
    let (drawn, given) = text
        .split_at_checked(text.len() - CHECKSUM)
        .ok_or(NotACredential)?;
    if checksum(drawn) != given {
        return Err(NotACredential);
    }
    Ok(sha256(text.as_bytes()))
}

/// The first characters of a credential, for recognising it in a list.
#[must_use]
pub fn hint(kind: CredentialKind, text: &str) -> String {
    text.chars().take(kind.prefix().len() + 4).collect()
}

/// One symbol, every one equally likely: bytes that would favour some are drawn again.
pub(crate) fn symbol(entropy: &dyn Entropy) -> char {
    loop {
        let mut byte = [0];
        entropy.fill(&mut byte);
        let [byte] = byte;
        if byte < 248
            && let Some(symbol) = ALPHABET.get(usize::from(byte % 62))
        {
            return char::from(*symbol);
        }
    }
}

/// CRC-32 of what stands before, as six digits of base 62.
pub(crate) fn checksum(text: &str) -> String {
    let mut value = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(value % 62).unwrap_or_default();
        *digit = ALPHABET.get(index).copied().unwrap_or(b'0');
        value /= 62;
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(7, Ordering::Relaxed));
        }
    }

    fn drawn() -> String {
        draw(CredentialKind::AccessToken, &Counting(AtomicU8::new(3)))
            .expose_once()
            .to_string()
    }

    #[test]
    fn a_drawn_credential_is_whole() {
        let text = drawn();
        assert_eq!(text.len(), "gw_pat_".len() + 49);
        assert!(fingerprint(CredentialKind::AccessToken, &text).is_ok());
    }

    #[test]
    fn one_wrong_character_is_refused_before_any_look_up() {
        let text = drawn();
        for at in "gw_pat_".len()..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            let wrong = String::from_utf8(bytes).unwrap();
            assert!(
                fingerprint(CredentialKind::AccessToken, &wrong).is_err(),
                "{at}"
            );
        }
    }

    #[test]
    fn a_credential_of_another_kind_is_refused() {
        assert_eq!(
            fingerprint(CredentialKind::Gateway, &drawn()),
            Err(NotACredential)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_the_reader(text: String) {
            let _ = fingerprint(CredentialKind::Session, &text);
            let _ = fingerprint(CredentialKind::Session, &format!("gw_ses_{text}"));
        }
    }
}
