//! Applications as OAuth clients: what they may ask the token endpoint for, and how they prove who they are.

#[macro_use]
mod words;

mod ceiling;
mod certificate;
mod initial;
mod own;
mod redirect;
mod secret;
mod wish;

use std::collections::BTreeSet;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    consumer::{Application, ClientId},
    digest::sha256_hex,
    id::{ApplicationId, TeamId},
    operation::Scope,
    outside::KeySetAddress,
    plan::Lifetime,
    revision::Revision,
    text::{ApiName, VersionNumber},
};

pub use ceiling::Ceiling;
pub use certificate::{
    CertificateName, NameKind, NotACertificateName, NotANameKind, NotVouched, Vouched,
};
pub use initial::{DrawnInitialToken, InitialToken, InitialTokenError, InitialTokenWish};
pub use own::{Held, OwnRegistration, SealedSuccessor};
pub use redirect::{NotARedirectUri, RedirectUri, place_of};
pub use secret::{
    ClientSecret, ClientSecretError, ClientSecretParts, DrawnSecret, Ending, SECRET_LENGTH,
    SecretId, draw, secret_id,
};
pub use wish::{ClientWish, WishRefused};

words! {
    /// A way to a token (RFC 6749 section 1.3).
    Grant, NotAGrant = "not a grant: expected client_credentials, authorization_code, refresh_token or urn:ietf:params:oauth:grant-type:token-exchange" {
        /// With the client's own credentials, for itself (RFC 6749 section 4.4).
        ClientCredentials = "client_credentials",
        /// With what a person allowed it, for them (RFC 6749 section 4.1). Off until somebody turns it on.
        AuthorizationCode = "authorization_code",
        /// With a refresh token, for a grant that was begun for it (RFC 6749 section 6).
        RefreshToken = "refresh_token",
        /// With a token of somebody whom the client serves, for a narrower one of its own (RFC 8693). Off until somebody
        /// turns it on.
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange",
    }
}

words! {
    /// How a client proves who it is (RFC 7591 section 2).
    AuthMethod, NotAnAuthMethod = "not an authentication method: expected client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth or none" {
        /// Its secret in the `Authorization` header.
        SecretBasic = "client_secret_basic",
        /// Its secret in the body, where logs of forms may keep it.
        SecretPost = "client_secret_post",
        /// A signature of its own key (RFC 7523), so that it shares no secret with anybody.
        PrivateKeyJwt = "private_key_jwt",
        /// A certificate that has its name, of an authority that the proxy before us verified (RFC 8705 section 2.1).
        TlsClientAuth = "tls_client_auth",
        /// A certificate that it registered, whoever signed it (RFC 8705 section 2.2).
        SelfSigned = "self_signed_tls_client_auth",
        /// Not at all: it runs where nothing can be kept secret, and has what a person allows it and no more.
        Public = "none",
    }
}

words! {
    /// Who may send the tokens that a client gets.
    Senders, NotSenders = "not senders: expected anybody, dpop or mtls" {
        /// Whoever bears them, unless the client shows a key when it asks.
        Anybody = "anybody",
        /// Only who holds the key that the client has to show when it asks (RFC 9449).
        Holders = "dpop",
        /// Only who shows the certificate that the client has to show when it asks (RFC 8705 section 3).
        Certified = "mtls",
    }
}

/// How many tokens a client may have in a minute: 1 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace(u32);

/// A pace outside the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a client has from 1 to 1000000 tokens a minute")]
pub struct NotAPace;

impl Pace {
    /// Ten a second, which no client that keeps its tokens reaches.
    pub const DEFAULT: Self = Self(600);

    /// Tokens a minute.
    #[must_use]
    pub const fn per_minute(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for Pace {
    type Error = NotAPace;

    fn try_from(per_minute: u64) -> Result<Self, NotAPace> {
        match u32::try_from(per_minute) {
            Ok(per_minute @ 1..=1_000_000) => Ok(Self(per_minute)),
            Ok(_) | Err(_) => Err(NotAPace),
        }
    }
}

/// What a client may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTerms {
    /// The grants it may use.
    pub grants: BTreeSet<Grant>,
    /// How it may prove who it is.
    pub methods: BTreeSet<AuthMethod>,
    /// The scopes it may ask for; nothing means those of its subscriptions.
    pub scopes: Option<BTreeSet<Scope>>,
    /// How long its tokens live at most.
    pub lifetime: Lifetime,
    /// How many tokens it may have in a minute.
    pub pace: Pace,
    /// Who may send the tokens that it gets.
    pub senders: Senders,
    /// The public keys that its assertions are verified with, as a JSON Web Key Set; whoever edits it has read it.
    pub key_set: Option<String>,
    /// Where it publishes those keys, instead of registering them.
    pub key_address: Option<KeySetAddress>,
    /// The name by which a certificate of an authority is known to be its own.
    pub certificate_name: Option<CertificateName>,
    /// Where browsers may carry answers to it.
    pub redirects: BTreeSet<RedirectUri>,
    /// The versions whose tokens it may ask about, because it stands behind them (RFC 7662 section 4).
    pub serves: BTreeSet<(ApiName, VersionNumber)>,
}

impl Default for ClientTerms {
    fn default() -> Self {
        Self {
            grants: BTreeSet::from([Grant::ClientCredentials, Grant::RefreshToken]),
            methods: BTreeSet::from([AuthMethod::SecretBasic]),
            scopes: None,
            lifetime: Lifetime::ACCESS,
            pace: Pace::DEFAULT,
            senders: Senders::Anybody,
            key_set: None,
            key_address: None,
            certificate_name: None,
            redirects: BTreeSet::new(),
            serves: BTreeSet::new(),
        }
    }
}

/// An application's registration as a client. Every application has one; until somebody edits it, it is the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The application.
    pub application: ApplicationId,
    /// The teams whose APIs the application reaches: who may change what it may ask for.
    pub teams: BTreeSet<TeamId>,
    /// What it may ask for.
    pub terms: ClientTerms,
    /// How often it was written.
    pub revision: Revision,
}

impl Registration {
    /// The registration of an application that nobody has edited.
    #[must_use]
    pub fn untouched(application: &Application) -> Self {
        Self {
            application: application.id,
            teams: application.teams.clone(),
            terms: ClientTerms::default(),
            revision: Revision::NEW,
        }
    }

    /// Changes what it may ask for, from the next token on.
    pub fn edit(self, terms: ClientTerms) -> Change<Self> {
        Change::step(Kind::ClientEdited, self, |registration| Self {
            terms,
            ..registration
        })
    }
}

impl Aggregate for Registration {
    fn target(&self) -> Target {
        Target {
            kind: "client",
            id: ClientId::of(self.application).to_string(),
            label: ClientId::of(self.application).to_string(),
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        Subject::Grant {
            application: self.application,
            teams: self.teams.clone(),
        }
    }

    fn facts(&self) -> Facts {
        let ClientTerms {
            grants,
            methods,
            scopes,
            lifetime,
            pace,
            senders,
            key_set,
            key_address,
            certificate_name,
            redirects,
            serves,
        } = &self.terms;
        let serves = serves
            .iter()
            .map(|(api, version)| format!("{api}/{version}"));
        facts([
            ("grants", list(grants)),
            ("auth_methods", list(methods)),
            ("scopes", or_none(scopes.as_ref().map(list))),
            ("token_lifetime_s", lifetime.seconds().to_string()),
            ("tokens_per_minute", pace.per_minute().to_string()),
            ("senders", senders.to_string()),
            ("redirect_uris", list(redirects)),
            ("serves", list(serves)),
            (
                "key_set",
                or_none(key_set.as_ref().map(|set| sha256_hex(set.as_bytes()))),
            ),
            (
                "key_set_uri",
                or_none(key_address.as_ref().map(KeySetAddress::as_str)),
            ),
            ("certificate_name", or_none(certificate_name.as_ref())),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
