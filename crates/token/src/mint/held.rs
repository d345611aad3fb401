//! Minting with a private key that is elsewhere: what is to be signed goes out, and what comes back becomes a token only when the
//! public half verifies it.

use gatewright_domain::secret::Secret;

use crate::{
    base64url,
    claims::AccessClaims,
    jwk::PublicJwk,
    mint::{DocumentType, MintError, fits, header, input, readable},
};

/// A key whose private half is held elsewhere.
#[derive(Debug)]
pub struct HeldKey {
    public: PublicJwk,
    header: String,
}

/// A token or document that lacks its signature, and is worth nothing without.
pub struct Draft(String);

impl Draft {
    /// What is to be signed.
    #[must_use]
    pub fn input(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl HeldKey {
    /// The key of this public half.
    #[must_use]
    pub fn new(public: PublicJwk) -> Self {
        let header = header(&public, DocumentType::AccessToken);
        Self { public, header }
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicJwk {
        &self.public
    }

    /// A token to be signed. Its row is committed (ink before seal).
    ///
    /// # Errors
    /// `NotWritten`, `Refused`.
    pub fn draft(&self, claims: &AccessClaims) -> Result<Draft, MintError> {
        Ok(Draft(input(&self.header, &readable(claims)?)))
    }

    /// A document to be signed that is not an access token: its claims, as JSON, under a `typ` of its own.
    #[must_use]
    pub fn draft_document(&self, kind: DocumentType, claims: &[u8]) -> Draft {
        Draft(input(&header(&self.public, kind), claims))
    }

    /// A signed token. The signature is verified first, and with it its form: ECDSA as `R || S`, of one length, PSS with a salt
    /// as long as the hash.
    ///
    /// # Errors
    /// `NotSigned` when the public half does not verify; `TooLarge`.
    pub fn seal(&self, draft: Draft, signature: &[u8]) -> Result<Secret<String>, MintError> {
        let token = Secret::new(self.seal_document(draft, signature)?);
        fits(&token)?;
        Ok(token)
    }

    /// The same, of a document that is not an access token.
    ///
    /// # Errors
    /// `NotSigned`.
    pub fn seal_document(&self, draft: Draft, signature: &[u8]) -> Result<String, MintError> {
        let Draft(mut text) = draft;
        if !self.public.signed(text.as_bytes(), signature) {
            return Err(MintError::NotSigned);
        }
        text.push('.');
        base64url::append(signature, &mut text);
        Ok(text)
    }
}
