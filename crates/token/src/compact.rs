//! The compact form (RFC 7515 section 7.1): three parts of base64url with two dots between them.

use crate::{
    base64url,
    policy::{MAX_HEADER_BYTES, MAX_TOKEN_BYTES},
    refusal::{Part, Refusal},
};

/// A token taken apart, nothing decoded yet.
#[derive(Clone, Copy)]
pub(crate) struct Compact<'a> {
    pub(crate) header: &'a [u8],
    pub(crate) claims: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// What was signed: the first two parts as they stand.
    pub(crate) signed: &'a [u8],
}

impl<'a> Compact<'a> {
    pub(crate) fn split(token: &'a [u8]) -> Result<Self, Refusal> {
        let mut parts = token.split(|byte| *byte == b'.');
        let four = (parts.next(), parts.next(), parts.next(), parts.next());
        let (Some(header), Some(claims), Some(signature), None) = four else {
            return Err(Refusal::NotCompact);
        };
        let signed = token.get(..header.len() + 1 + claims.len());
        Ok(Self {
            header,
            claims,
            signature,
            signed: signed.ok_or(Refusal::NotCompact)?,
        })
    }

    /// The same, for what comes without a policy of its own: no larger than any token.
    pub(crate) fn split_bounded(token: &'a [u8]) -> Result<Self, Refusal> {
        let (length, max) = (token.len(), MAX_TOKEN_BYTES);
        if length > max {
            return Err(Refusal::TooLarge { length, max });
        }
        let compact = Self::split(token)?;
        let (length, max) = (compact.header.len(), MAX_HEADER_BYTES);
        if length > max {
            return Err(Refusal::HeaderTooLarge { length, max });
        }
        Ok(compact)
    }

    pub(crate) fn decode(&self, part: Part) -> Result<Vec<u8>, Refusal> {
        let text = match part {
            Part::Header => self.header,
            Part::Claims => self.claims,
            Part::Signature => self.signature,
        };
        base64url::decode(text).ok_or(Refusal::NotBase64(part))
    }
}
