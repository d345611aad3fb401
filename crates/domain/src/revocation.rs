//! Revocations: what is refused before its time, as one record each, and what they come to for one token.
//!
//! Invariant: a revocation only ever adds. Two watermarks on one thing come to the later of them, in whatever order they came.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    api_key::ApiKey,
    audit::{Aggregate, Event, Kind, Target},
    consumer::{Application, Consumer},
    key::Kid,
    subscription::Subscription,
    text::Reason,
    time::Timestamp,
    token::Token,
    version::Version,
};

/// What a revocation is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RevocationKind {
    /// One token, by the name it carries.
    Token,
    /// One API key.
    ApiKey,
    /// Every token of one session or refresh family (`sid`).
    Session,
    /// Every token of an application issued before a moment.
    Application,
    /// An application, until it is enabled again.
    ApplicationDisabled,
    /// No longer that application; only the newest of the two counts.
    ApplicationEnabled,
    /// Every token issued before a moment, as far as one subscription goes.
    Subscription,
    /// Every token of a consumer's applications issued before a moment.
    Consumer,
    /// Every token issued before a moment, as far as one version goes.
    Version,
    /// Every token of this issuer issued before a moment.
    Issuer,
    /// Everything that one key signed, or will have signed.
    Key,
    /// One secret of a client. Gateways never meet it; a restored database must not forget it.
    ClientSecret,
    /// One access token of an operator; as with a secret of a client.
    AccessToken,
}

impl RevocationKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Token,
        Self::ApiKey,
        Self::Session,
        Self::Application,
        Self::ApplicationDisabled,
        Self::ApplicationEnabled,
        Self::Subscription,
        Self::Consumer,
        Self::Version,
        Self::Issuer,
        Self::Key,
        Self::ClientSecret,
        Self::AccessToken,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::ApiKey => "api-key",
            Self::Session => "session",
            Self::Application => "application",
            Self::ApplicationDisabled => "application-disabled",
            Self::ApplicationEnabled => "application-enabled",
            Self::Subscription => "subscription",
            Self::Consumer => "consumer",
            Self::Version => "version",
            Self::Issuer => "issuer",
            Self::Key => "key",
            Self::ClientSecret => "client-secret",
            Self::AccessToken => "access-token",
        }
    }

    /// What it stops, for people.
    #[must_use]
    pub const fn stops(self) -> &'static str {
        match self {
            Self::Token => "one token",
            Self::ApiKey => "one API key",
            Self::Session => "the tokens of one session",
            Self::Application => "all older tokens of an application",
            Self::ApplicationDisabled => "an application",
            Self::ApplicationEnabled => "nothing: the application may call again",
            Self::Subscription => "all older tokens of an application, for one version",
            Self::Consumer => "all older tokens of a consumer",
            Self::Version => "all older tokens for a version",
            Self::Issuer => "all older tokens of the installation",
            Self::Key => "everything one key signed",
            Self::ClientSecret => "one secret of an application",
            Self::AccessToken => "one access token of an operator",
        }
    }
}

/// A word that names no kind of revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a kind of revocation: expected token, session, application, subscription, consumer, version, issuer or key"
)]
pub struct NotARevocation;

impl FromStr for RevocationKind {
    type Err = NotARevocation;

    fn from_str(word: &str) -> Result<Self, NotARevocation> {
        let mut kinds = Self::ALL.into_iter();
        kinds
            .find(|kind| kind.as_str() == word)
            .ok_or(NotARevocation)
    }
}

impl fmt::Display for RevocationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a session or refresh family, as tokens carry it in `sid`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sid(String);

/// A text that can be no `sid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session: expected 1 to 128 visible ASCII characters, as the token's `sid` has them")]
pub struct NotASid;

impl TryFrom<String> for Sid {
    type Error = NotASid;

    fn try_from(text: String) -> Result<Self, NotASid> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && (1..=128).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(NotASid)
        }
    }
}

impl FromStr for Sid {
    type Err = NotASid;

    fn from_str(text: &str) -> Result<Self, NotASid> {
        text.to_owned().try_into()
    }
}

impl From<Sid> for String {
    fn from(sid: Sid) -> Self {
        sid.0
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that is refused from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// What it is of.
    pub kind: RevocationKind,
    /// Which one: a `jti`, a `sid`, an id, a `kid`; `*` for the issuer.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// For watermarks: tokens issued before this moment are refused. On a whole second.
    pub not_before: Option<Timestamp>,
    /// When nothing is left that it could refuse; nothing when that cannot be said.
    pub expires: Option<Timestamp>,
}

/// The key of the revocation that is of everything.
pub const EVERYTHING: &str = "*";

/// The watermark that refuses every token issued up to and including now: the next whole second, because `iat` is in
/// seconds and a token of this same second must die. Issuing waits until it has passed.
#[must_use]
pub const fn watermark(now: Timestamp) -> Timestamp {
    Timestamp::from_seconds(now.seconds().saturating_add(1))
}

impl Revocation {
    /// Of one token.
    pub(crate) fn of_token(token: &Token) -> Self {
        Self {
            kind: RevocationKind::Token,
            key: token.jti().to_string(),
            label: token.name().to_string(),
            not_before: None,
            expires: Some(token.expires()),
        }
    }

    /// Of a refresh family, whose id is the `sid` of its access tokens. It counts until `end`, when neither the family nor
    /// one of its tokens can be alive.
    pub(crate) fn of_family(sid: &str, end: Timestamp) -> Self {
        Self {
            kind: RevocationKind::Session,
            key: sid.to_owned(),
            label: sid.to_owned(),
            not_before: None,
            expires: Some(end),
        }
    }

    /// Of one API key.
    pub(crate) fn of_api_key(key: &ApiKey) -> Self {
        Self {
            expires: key.expires,
            ..Self::whole(RevocationKind::ApiKey, key)
        }
    }

    /// Of an application's tokens so far.
    pub(crate) fn of_application(application: &Application, not_before: Timestamp) -> Self {
        let not_before = Some(not_before);
        Self {
            not_before,
            ..Self::whole(RevocationKind::Application, application)
        }
    }

    /// Of an application itself, or the end of that.
    pub(crate) fn whole(kind: RevocationKind, thing: &impl Aggregate) -> Self {
        let Target { id, label, .. } = thing.target();
        Self {
            kind,
            key: id,
            label,
            not_before: None,
            expires: None,
        }
    }

    /// Of a key.
    pub(crate) fn of_key(kid: &Kid) -> Self {
        Self {
            kind: RevocationKind::Key,
            key: kid.to_string(),
            label: kid.to_string(),
            not_before: None,
            expires: None,
        }
    }

    /// Of everything issued so far.
    #[must_use]
    pub fn of_everything(issuer: &str, now: Timestamp) -> Self {
        Self {
            kind: RevocationKind::Issuer,
            key: EVERYTHING.to_owned(),
            label: issuer.to_owned(),
            not_before: Some(watermark(now)),
            expires: None,
        }
    }
}

impl Consumer {
    /// Revokes every token of all its applications issued so far.
    #[must_use]
    pub fn revoke_tokens(&self, reason: Reason, now: Timestamp) -> Event {
        let revocation = Revocation {
            not_before: Some(watermark(now)),
            ..Revocation::whole(RevocationKind::Consumer, self)
        };
        let on = Subject::Consumer(self.id);
        Event::revocation(Kind::ConsumerTokensRevoked, on, self.target(), revocation)
            .because(reason)
    }
}

impl Version {
    /// Revokes every token issued so far, as far as this version goes.
    #[must_use]
    pub fn revoke_tokens(&self, reason: Reason, now: Timestamp) -> Event {
        let revocation = Revocation {
            not_before: Some(watermark(now)),
            ..Revocation::whole(RevocationKind::Version, self)
        };
        let (kind, on) = (Kind::VersionTokensRevoked, self.subject());
        Event::revocation(kind, on, self.target(), revocation).because(reason)
    }
}

impl Subscription {
    /// Revokes every token of the application issued so far, as far as the subscribed version goes.
    #[must_use]
    pub fn revoke_tokens(&self, reason: Reason, now: Timestamp) -> Event {
        let revocation = Revocation {
            not_before: Some(watermark(now)),
            ..Revocation::whole(RevocationKind::Subscription, self)
        };
        let (kind, on) = (Kind::SubscriptionTokensRevoked, self.subject());
        Event::revocation(kind, on, self.target(), revocation).because(reason)
    }
}

/// Revokes every token that this issuer has issued so far: the panic button.
#[must_use]
pub fn of_issuer(issuer: &str, reason: Reason, now: Timestamp) -> Event {
    let on = Subject::Installation;
    let target = Target {
        label: issuer.to_owned(),
        ..on.target()
    };
    let revocation = Revocation::of_everything(issuer, now);
    Event::revocation(Kind::IssuerTokensRevoked, on, target, revocation).because(reason)
}

/// Revokes every token of one session or refresh family. `expires` is when the last token that carries it has ended.
#[must_use]
pub fn of_session(sid: &Sid, expires: Timestamp, reason: Reason) -> Event {
    let on = Subject::Installation;
    let target = Target {
        kind: "session",
        id: sid.to_string(),
        label: sid.to_string(),
        parent: None,
    };
    let revocation = Revocation {
        kind: RevocationKind::Session,
        key: sid.to_string(),
        label: sid.to_string(),
        not_before: None,
        expires: Some(expires),
    };
    Event::revocation(Kind::SessionRevoked, on, target, revocation).because(reason)
}

/// Every watermark that one token meets on its way to one version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermarks {
    /// Of everything.
    pub issuer: Option<Timestamp>,
    /// Of the version that is called.
    pub version: Option<Timestamp>,
    /// Of the consumer whose application calls.
    pub consumer: Option<Timestamp>,
    /// Of the application.
    pub application: Option<Timestamp>,
    /// Of its subscription to the version.
    pub subscription: Option<Timestamp>,
}

impl Watermarks {
    /// The one that counts: the latest of all, always all of them. Tokens issued before it are refused.
    #[must_use]
    pub fn effective_not_before(&self) -> Option<Timestamp> {
        self.strongest().map(|(_, moment)| moment)
    }

    /// The one that counts, and what it is of.
    #[must_use]
    pub fn strongest(&self) -> Option<(RevocationKind, Timestamp)> {
        let Self {
            issuer,
            version,
            consumer,
            application,
            subscription,
        } = *self;
        let all = [
            (RevocationKind::Issuer, issuer),
            (RevocationKind::Version, version),
            (RevocationKind::Consumer, consumer),
            (RevocationKind::Application, application),
            (RevocationKind::Subscription, subscription),
        ];
        let set = all
            .into_iter()
            .filter_map(|(kind, moment)| Some((kind, moment?)));
        set.max_by_key(|(_, moment)| *moment)
    }
}
