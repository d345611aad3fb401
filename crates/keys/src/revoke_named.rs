//! Revoking what somebody names: the kind, and which one. For the faces that offer every kind in one place.

use gatewright_domain::{
    access::Caller,
    handle::ApiHandle,
    id::{FamilyId, TokenId},
    revocation::{EVERYTHING, RevocationKind},
    text::{Reason, VersionNumber},
    token::Jti,
};

use crate::{FamilyUseError, Keys, RevokeError, Sweep};

impl Keys {
    /// Revokes the thing of this kind that `key` names, and gives the revision from which on gateways enforce it. Names are:
    /// a token's id or `jti`; a `sid`; an application's or consumer's name or id; a subscription's id; `api/version`; `*` for
    /// the issuer; a `kid`.
    ///
    /// # Errors
    /// `Malformed` says what a name of this kind looks like; and as the use-case of the kind.
    pub async fn revoke_named(
        &self,
        caller: &Caller,
        kind: RevocationKind,
        key: &str,
        reason: Reason,
    ) -> Result<u64, RevokeError> {
        let sweep = match kind {
            RevocationKind::Token => {
                let token = self.token_named(caller, key).await?;
                return Ok(self.revoke(caller, token, Some(reason)).await?.revision);
            }
            RevocationKind::Application => {
                let application = key
                    .parse()
                    .map_err(|_| malformed("an application's name or id"))?;
                let revoked = self.revoke_all(caller, &application, Some(reason)).await?;
                return Ok(revoked.revision);
            }
            RevocationKind::Key => {
                let kid = key.parse().map_err(|_| malformed("a key's kid"))?;
                return Ok(self.compromise(caller, &kid, reason).await?.revision);
            }
            RevocationKind::ApiKey => {
                return Err(malformed("another kind: revoke the API key itself"));
            }
            RevocationKind::ClientSecret => {
                return Err(malformed("another kind: revoke the client secret itself"));
            }
            RevocationKind::AccessToken => {
                return Err(malformed("another kind: revoke the access token itself"));
            }
            RevocationKind::ApplicationDisabled | RevocationKind::ApplicationEnabled => {
                return Err(malformed(
                    "another kind: disable or enable the application itself",
                ));
            }
            RevocationKind::Session => {
                if let Some(revision) = self.end_family_named(caller, key, &reason).await? {
                    return Ok(revision);
                }
                let sid = key.parse();
                Sweep::Session(sid.map_err(|_| malformed("the sid of a token"))?)
            }
            RevocationKind::Subscription => {
                let id = key.parse();
                Sweep::Subscription(id.map_err(|_| malformed("a subscription's id, sub_…"))?)
            }
            RevocationKind::Consumer => {
                let consumer = key.parse();
                Sweep::Consumer(consumer.map_err(|_| malformed("a consumer's name or id"))?)
            }
            RevocationKind::Version => {
                let (api, number) = version(key)?;
                Sweep::Version(api, number)
            }
            RevocationKind::Issuer if key == EVERYTHING => Sweep::Everything,
            RevocationKind::Issuer => return Err(malformed("`*`, for everything")),
        };
        self.revoke_widely(caller, sweep, reason).await
    }

    /// A session that is a grant of ours ends with it: refused at gateways alone, it could still be refreshed. Gives nothing
    /// for any other session, and for a grant that has ended.
    async fn end_family_named(
        &self,
        caller: &Caller,
        key: &str,
        reason: &Reason,
    ) -> Result<Option<u64>, RevokeError> {
        let Ok(family) = key.parse::<FamilyId>() else {
            return Ok(None);
        };
        let ended = self.revoke_family(caller, family, Some(reason.clone()));
        match ended.await {
            Ok(_) => Ok(Some(self.revision().await)),
            Err(FamilyUseError::Denied(denied)) => Err(denied.into()),
            Err(FamilyUseError::Stale) => Err(RevokeError::Stale),
            Err(FamilyUseError::Store(store)) => Err(store.into()),
            Err(
                FamilyUseError::NotFound
                | FamilyUseError::AlreadyRevoked
                | FamilyUseError::Ambiguous
                | FamilyUseError::Refused(_)
                | FamilyUseError::NoScope
                | FamilyUseError::Pepper(_),
            ) => Ok(None),
        }
    }

    async fn token_named(&self, caller: &Caller, key: &str) -> Result<TokenId, RevokeError> {
        if let Ok(id) = key.parse() {
            return Ok(id);
        }
        let sight = self.store.reader().as_seen_by(caller);
        let jti = Jti::from_wire(key.to_owned());
        Ok(sight.find_token_by_jti(&jti).await?.id())
    }
}

fn version(key: &str) -> Result<(ApiHandle, VersionNumber), RevokeError> {
    let expected = || malformed("a version, such as orders/v1");
    let (api, number) = key.split_once('/').ok_or_else(expected)?;
    let api = api.parse().map_err(|_| expected())?;
    Ok((api, number.parse().map_err(|_| expected())?))
}

const fn malformed(expected: &'static str) -> RevokeError {
    RevokeError::Malformed { expected }
}
