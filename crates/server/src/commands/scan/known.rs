//! What tells our secrets from others, and a live one from one that is over: the installation, or a key set alone.

use anyhow::Result;
use gatewright_domain::{
    access::Caller,
    api_key::Standing,
    client,
    credential::{self, CredentialKind},
    decision::TokenFacts,
    handle::ApplicationHandle,
    secret::Secret,
    text::Reason,
    time::{Clock, Timestamp},
};
use gatewright_keys::{Recogniser, Worth};
use gatewright_token::{
    find::{Candidate, Reading, What},
    recognise::recognise,
    ring::VerifierRing,
};

use super::{
    advice::advice,
    finding::{At, Finding, Handle, Kind, Revocation, Status},
    key_set,
};
use crate::{house::House, system::SystemClock};

/// By what secrets are known.
pub(super) enum Known {
    /// The installation at hand, on behalf of whoever sits at its machine.
    Installation {
        house: Box<House>,
        tokens: Recogniser,
        caller: Caller,
    },
    /// A key set: what is revoked is not known, and credentials are known by their checksum alone.
    KeySet {
        ring: VerifierRing,
        issuer: Option<String>,
    },
}

/// What is known of a secret.
struct About {
    status: Status,
    holder: Option<String>,
    id: Option<String>,
    until: Option<Timestamp>,
    handle: Option<Handle>,
}

impl About {
    /// A whole credential, of which nothing is known.
    const UNKNOWN: Self = Self {
        status: Status::Unknown,
        holder: None,
        id: None,
        until: None,
        handle: None,
    };
}

impl Known {
    pub(super) async fn by_installation(house: House) -> Result<Self> {
        Ok(Self::Installation {
            tokens: house.keys.recogniser().await?,
            house: Box::new(house),
            caller: Caller::command_line(),
        })
    }

    pub(super) fn by_key_set(keys: &str, issuer: Option<String>) -> Result<Self> {
        let ring = key_set::read(keys)?;
        Ok(Self::KeySet { ring, issuer })
    }

    /// The finding that a candidate is; nothing for a token that no key of ours has signed.
    pub(super) async fn judge(&self, candidate: Candidate, file: &str) -> Result<Option<Finding>> {
        for reading in candidate.readings {
            let Reading {
                place,
                length,
                text,
            } = reading;
            let (kind, hint, about) = match candidate.what {
                What::Token => {
                    let Some(token) = text.lend(|text| self.token(text)) else {
                        continue;
                    };
                    let about = self.about_token(&token).await?;
                    (Kind::Token, format!("jti {}", token.jti), about)
                }
                What::Credential(kind) => {
                    let hint = text.lend(|text| credential::hint(kind, text));
                    let text = text.lend(|text| credential::fingerprint(kind, text));
                    let about = match text {
                        Ok(fingerprint) => self.about_credential(kind, &fingerprint).await?,
                        Err(_) => continue,
                    };
                    (Kind::of(kind), format!("{hint}…"), about)
                }
                What::ClientSecret => {
                    let id = text.lend(|text| client::secret_id(text));
                    let hint = id.map_or_else(String::new, |id| format!("gw_cs_{id}…"));
                    (Kind::ClientSecret, hint, self.about_secret(&text).await?)
                }
                What::RefreshToken => {
                    // Nothing but its row says that it is one.
                    let Some(about) = self.about_refresh_token(&text).await? else {
                        continue;
                    };
                    let grant = about.id.as_deref().unwrap_or_default();
                    (Kind::RefreshToken, format!("of {grant}"), about)
                }
            };
            let About {
                status,
                holder,
                id,
                until,
                handle,
            } = about;
            return Ok(Some(Finding {
                file: file.to_owned(),
                at: At::of(place, length),
                advice: advice(kind, status, handle.as_ref(), id.as_deref()),
                kind,
                hint,
                holder,
                id,
                status,
                until,
                revocation: None,
                handle: handle.filter(|_| status == Status::Live),
            }));
        }
        Ok(None)
    }

    fn token(&self, text: &str) -> Option<TokenFacts> {
        match self {
            Self::Installation { tokens, .. } => tokens.token(text),
            Self::KeySet { ring, issuer } => recognise(text.as_bytes(), ring, issuer.as_deref()),
        }
    }

    async fn about_token(&self, token: &TokenFacts) -> Result<About> {
        let until = Some(token.expires);
        let Self::Installation { house, caller, .. } = self else {
            let over = token.expires <= SystemClock.now();
            return Ok(About {
                status: if over {
                    Status::Expired
                } else {
                    Status::Unended
                },
                holder: Some(format!("client {}", token.client_id)),
                until,
                ..About::UNKNOWN
            });
        };
        let (worth, row) = house.keys.worth(caller, token).await?;
        let status = match worth {
            Worth::Live => Status::Live,
            Worth::Expired => Status::Expired,
            Worth::Revoked | Worth::KeyCompromised => Status::Revoked,
            Worth::Unrecorded => Status::Unrecorded,
        };
        let holder = row.as_ref().map_or_else(
            || format!("client {}", token.client_id),
            |row| format!("{} of the application {}", row.name, row.application),
        );
        Ok(About {
            status,
            holder: Some(holder),
            id: row.as_ref().map(|row| row.id.to_string()),
            until,
            handle: row.map(|row| Handle::Token(row.id)),
        })
    }

    async fn about_secret(&self, text: &Secret<String>) -> Result<About> {
        let Self::Installation { house, .. } = self else {
            return Ok(About::UNKNOWN);
        };
        let now = house.clock.now();
        let found = house.keys.recognise_client_secret(text).await?;
        Ok(found.map_or(About::UNKNOWN, |(secret, application)| About {
            status: match secret.revoked() {
                Some(_) => Status::Revoked,
                None if secret.works(now) => Status::Live,
                None => Status::Expired,
            },
            holder: Some(format!("the application {}", application.name)),
            id: Some(secret.id().to_string()),
            until: secret.expires(),
            handle: Some(Handle::ClientSecret(application.id, secret.id().clone())),
        }))
    }

    /// A token that was used already still ends its grant when it comes again, so it is worth what the grant is.
    async fn about_refresh_token(&self, text: &Secret<String>) -> Result<Option<About>> {
        let Self::Installation { house, .. } = self else {
            return Ok(None);
        };
        let now = house.clock.now();
        let found = house.keys.recognise_refresh_token(text).await?;
        Ok(found.map(|(_, grant)| {
            let end = grant.idle_end().min(grant.absolute_end());
            About {
                status: match grant.revoked() {
                    Some(_) => Status::Revoked,
                    None if end <= now => Status::Expired,
                    None => Status::Live,
                },
                holder: Some(format!("the grant {}", grant.name())),
                id: Some(grant.id().to_string()),
                until: Some(end),
                handle: Some(Handle::Grant(grant.id())),
            }
        }))
    }

    async fn about_credential(
        &self,
        kind: CredentialKind,
        fingerprint: &credential::Fingerprint,
    ) -> Result<About> {
        let Self::Installation { house, .. } = self else {
            return Ok(About::UNKNOWN);
        };
        let (reader, now) = (house.store.reader(), house.clock.now());
        let hash = fingerprint.as_str();
        let about = match kind {
            CredentialKind::ApiKey => {
                reader
                    .api_key_by_fingerprint(fingerprint)
                    .await?
                    .map(|(key, application)| About {
                        status: match key.standing(&application, now) {
                            Standing::Live | Standing::Disabled => Status::Live,
                            Standing::Expired => Status::Expired,
                            Standing::Revoked => Status::Revoked,
                        },
                        holder: Some(format!(
                            "{} of the application {}",
                            key.name, application.name
                        )),
                        id: Some(key.id.to_string()),
                        until: key.expires,
                        handle: Some(Handle::ApiKey(key.id)),
                    })
            }
            CredentialKind::AccessToken => {
                let found = reader.access_token_by_hash(hash).await?;
                found.map(|(token, owner)| About {
                    status: match token.revoked {
                        Some(_) => Status::Revoked,
                        None if token.expires <= now => Status::Expired,
                        None => Status::Live,
                    },
                    holder: Some(format!("{} of the operator {}", token.name, owner.name())),
                    id: Some(token.id.to_string()),
                    until: Some(token.expires),
                    handle: Some(Handle::AccessToken(token.id)),
                })
            }
            CredentialKind::Gateway => {
                let found = reader.gateway_by_hash(hash).await?;
                found.map(|gateway| About {
                    status: match gateway.removed {
                        Some(_) => Status::Revoked,
                        None => Status::Live,
                    },
                    holder: Some(format!("the gateway {}", gateway.name)),
                    id: Some(gateway.id.to_string()),
                    ..About::UNKNOWN
                })
            }
            CredentialKind::Session => reader.session(hash).await?.map(|session| About {
                status: if session.expires <= now {
                    Status::Expired
                } else {
                    Status::Live
                },
                holder: Some(format!("the operator {}", session.operator.name())),
                until: Some(session.expires),
                ..About::UNKNOWN
            }),
            CredentialKind::SetUp => {
                let works = reader.has_setup_link(hash, now).await?;
                works.then_some(About {
                    status: Status::Live,
                    ..About::UNKNOWN
                })
            }
            CredentialKind::InitialToken => {
                let found = reader.initial_token_by_fingerprint(fingerprint).await?;
                found.map(|token| About {
                    status: match token.revoked {
                        Some(_) => Status::Revoked,
                        None if token.works(now) => Status::Live,
                        None => Status::Expired,
                    },
                    holder: Some(format!("{}, for registering applications", token.name)),
                    id: Some(token.id.to_string()),
                    until: Some(token.expires),
                    handle: Some(Handle::InitialToken(token.id)),
                })
            }
            CredentialKind::RegistrationToken => {
                let found = reader.own_registration_by_fingerprint(fingerprint).await?;
                found.map(|(own, application)| About {
                    status: match own.holds(fingerprint) {
                        Some(_) if application.disabled.is_none() => Status::Live,
                        Some(_) | None => Status::Revoked,
                    },
                    holder: Some(format!("the application {}", application.name)),
                    id: Some(application.id.to_string()),
                    ..About::UNKNOWN
                })
            }
            CredentialKind::SignIn => {
                let found = reader.sign_in_link(hash, now).await?;
                found.map(|operator| About {
                    status: Status::Live,
                    holder: Some(format!("the operator {}", operator.name())),
                    ..About::UNKNOWN
                })
            }
        };
        Ok(about.unwrap_or(About::UNKNOWN))
    }

    /// Revokes a finding that is live, and notes on it what became of it.
    pub(super) async fn revoke(&self, finding: &mut Finding, reason: Option<Reason>) {
        let (Self::Installation { house, caller, .. }, Some(handle)) =
            (self, finding.handle.clone())
        else {
            return;
        };
        let done: Result<()> = match handle {
            Handle::Token(token) => {
                let revoked = house.keys.revoke(caller, token, reason).await;
                revoked.map(|_| ()).map_err(Into::into)
            }
            Handle::ClientSecret(application, secret) => {
                let owner = ApplicationHandle::Id(application);
                let keys = &house.keys;
                let revoked = keys.revoke_client_secret(caller, &owner, &secret, reason);
                revoked.await.map(|_| ()).map_err(Into::into)
            }
            Handle::Grant(grant) => {
                let revoked = house.keys.revoke_family(caller, grant, reason).await;
                revoked.map(|_| ()).map_err(Into::into)
            }
            Handle::ApiKey(key) => {
                let revoked = house.keys.revoke_api_key(caller, key, reason).await;
                revoked.map(|_| ()).map_err(Into::into)
            }
            Handle::InitialToken(token) => {
                let revoked = house.keys.revoke_initial_token(caller, token, reason);
                revoked.await.map(|_| ()).map_err(Into::into)
            }
            Handle::AccessToken(token) => {
                let revoked = house.operators.revoke_access_token(caller, token).await;
                revoked.map(|_| ()).map_err(Into::into)
            }
        };
        finding.revocation = Some(match done {
            Ok(()) => Revocation::Revoked,
            Err(error) => Revocation::Failed {
                because: crate::failure::words(&error),
            },
        });
    }
}
