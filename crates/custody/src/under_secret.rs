//! Sealing under a secret that is kept nowhere: only whoever shows the secret again can open what rests here, and we
//! cannot. So rests the successor of a refresh token, under the token itself.

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use gatewright_domain::secret::Secret;
use zeroize::Zeroizing;

use crate::{
    cipher::{self, CipherError, KEY},
    seal::SealError,
};

/// What the key is derived for (RFC 5869 section 3.2), so that the same secret never makes a key for something else.
const PURPOSE: &[u8] = b"gatewright/successor/v1";

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY
    }
}

/// Seals a text under a drawn secret, bound to the place where it rests. The secret must be drawn, not chosen: what is
/// derived from it is as hard to guess as it is.
///
/// # Errors
/// `NotSealed`.
pub fn seal_under_secret(
    secret: &Secret<String>,
    place: &str,
    text: &Secret<String>,
) -> Result<Vec<u8>, SealError> {
    let key = derive(secret).ok_or(SealError::NotSealed)?;
    let sealed = text.lend(|text| cipher::encrypt(&*key, place.as_bytes(), text.as_bytes()));
    sealed.map_err(|_| SealError::NotSealed)
}

/// What was sealed under the same secret at the same place.
///
/// # Errors
/// `Altered` for another secret, another place, or other bytes.
pub fn open_under_secret(
    secret: &Secret<String>,
    place: &str,
    sealed: &[u8],
) -> Result<Secret<String>, SealError> {
    let key = derive(secret).ok_or(SealError::NotSealed)?;
    let opened = cipher::decrypt(&*key, place.as_bytes(), sealed).map_err(|fault| match fault {
        CipherError::Altered => SealError::Altered,
        CipherError::NotSealed => SealError::NotSealed,
    })?;
    let text = opened.lend(|bytes| String::from_utf8(bytes.clone()));
    text.map(Secret::new).map_err(|_| SealError::Altered)
}

fn derive(secret: &Secret<String>) -> Option<Zeroizing<[u8; KEY]>> {
    let mut key = Zeroizing::new([0; KEY]);
    let drawn = secret.lend(|text| Salt::new(HKDF_SHA256, &[]).extract(text.as_bytes()));
    let expanded = drawn.expand(&[PURPOSE], Length).ok()?;
    expanded.fill(key.as_mut_slice()).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn only_the_same_secret_at_the_same_place_opens_it() {
        let sealed = seal_under_secret(&text("old"), "family/1", &text("new")).unwrap();
        let opened = open_under_secret(&text("old"), "family/1", &sealed).unwrap();
        assert_eq!(opened.lend(String::clone), "new");
        assert!(open_under_secret(&text("other"), "family/1", &sealed).is_err());
        assert!(open_under_secret(&text("old"), "family/2", &sealed).is_err());
        let mut altered = sealed.clone();
        altered[20] ^= 1;
        assert!(open_under_secret(&text("old"), "family/1", &altered).is_err());
        assert!(open_under_secret(&text("old"), "family/1", &[]).is_err());
    }

    #[test]
    fn nothing_of_either_is_seen_in_what_rests() {
        let sealed = seal_under_secret(&text("old-secret"), "p", &text("new-secret")).unwrap();
        let shown = String::from_utf8_lossy(&sealed);
        assert!(!shown.contains("secret"));
    }
}
