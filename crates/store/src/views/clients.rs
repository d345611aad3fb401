//! Applications as clients: what they may ask for, and their secrets without text.

use gatewright_domain::{
    client::{ClientTerms, NameKind, Registration, Senders},
    consumer::{Application, ClientId},
    handle::ApplicationHandle,
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows,
    views::{Sight, Sql},
};

/// An application as a client.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientPage {
    /// Its public name.
    pub client_id: ClientId,
    /// The grants it may use.
    pub grants: Vec<&'static str>,
    /// How it may prove who it is.
    pub auth_methods: Vec<&'static str>,
    /// The scopes it may ask for; nothing means those of its subscriptions.
    pub scopes: Option<Vec<String>>,
    /// How long its tokens live at most, in seconds.
    pub token_lifetime_s: u32,
    /// How many tokens it may have in a minute.
    pub tokens_per_minute: u32,
    /// Whether it must show a key when it asks, to which its tokens are bound (DPoP).
    pub require_dpop: bool,
    /// Whether it must show a certificate when it asks, to which its tokens are bound (RFC 8705).
    pub tls_client_certificate_bound_access_tokens: bool,
    /// The subject of its certificate, where that is how it is known (`tls_client_auth`).
    pub tls_client_auth_subject_dn: Option<String>,
    /// The host that its certificate names, where that is how it is known.
    pub tls_client_auth_san_dns: Option<String>,
    /// The address of a resource that its certificate names, where that is how it is known.
    pub tls_client_auth_san_uri: Option<String>,
    /// The IP address that its certificate names, where that is how it is known.
    pub tls_client_auth_san_ip: Option<String>,
    /// The mailbox that its certificate names, where that is how it is known.
    pub tls_client_auth_san_email: Option<String>,
    /// The public keys that its assertions are verified with, as a JSON Web Key Set.
    pub key_set: Option<String>,
    /// Where it publishes those keys, instead of registering them.
    pub key_set_uri: Option<String>,
    /// Where browsers may carry answers to it.
    pub redirect_uris: Vec<String>,
    /// The versions whose tokens it may ask about, as `api/version`: it stands behind them.
    pub serves: Vec<String>,
    /// Its secrets, the newest first.
    pub secrets: Vec<ClientSecretRow>,
    /// How often what it may ask for was written: its `ETag`.
    pub revision: Revision,
}

/// A client secret: what is known of it, never its text.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientSecretRow {
    /// Its id, which stands in its text.
    pub id: String,
    /// `live`, `ending`, `expired` or `revoked`.
    pub status: &'static str,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

impl Sight {
    /// An application as a client, with its latest 50 secrets.
    ///
    /// # Errors
    /// `NotFound`; `Ambiguous` for a name that several consumers use.
    pub async fn client(
        &self,
        application: &ApplicationHandle,
        now: Timestamp,
    ) -> Result<ClientPage, StoreError> {
        let application = self.find_application(application).await?;
        let Registration {
            terms, revision, ..
        } = self.registration(&application).await?;
        let find = Sql::new(
            "SELECT id, issued_at, expires_at, revoked_at, last_used_at FROM client_secrets WHERE application_id =",
        );
        let find = find.value(application.id.uuid());
        let rows: Vec<Row> = find
            .then("ORDER BY issued_at DESC, id LIMIT 50")
            .all(&self.database)
            .await?;
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
        } = terms;
        let named = |kind: NameKind| {
            let name = certificate_name.as_ref().filter(|name| name.kind() == kind);
            name.map(|name| name.value().to_owned())
        };
        Ok(ClientPage {
            client_id: application.client_id(),
            grants: grants.into_iter().map(|grant| grant.as_str()).collect(),
            auth_methods: methods.into_iter().map(|method| method.as_str()).collect(),
            scopes: scopes.map(|all| all.iter().map(ToString::to_string).collect()),
            token_lifetime_s: lifetime.seconds(),
            tokens_per_minute: pace.per_minute(),
            require_dpop: senders == Senders::Holders,
            tls_client_certificate_bound_access_tokens: senders == Senders::Certified,
            tls_client_auth_subject_dn: named(NameKind::SubjectDn),
            tls_client_auth_san_dns: named(NameKind::SanDns),
            tls_client_auth_san_uri: named(NameKind::SanUri),
            tls_client_auth_san_ip: named(NameKind::SanIp),
            tls_client_auth_san_email: named(NameKind::SanEmail),
            key_set,
            key_set_uri: key_address.map(Into::into),
            redirect_uris: redirects.into_iter().map(String::from).collect(),
            serves: serves
                .iter()
                .map(|(api, version)| format!("{api}/{version}"))
                .collect(),
            secrets: rows.into_iter().map(|row| row.shown(now)).collect(),
            revision,
        })
    }

    /// What an application may ask the token endpoint for.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn registration(
        &self,
        application: &Application,
    ) -> Result<Registration, StoreError> {
        rows::registration::of_application(&self.database, application).await
    }
}

impl Row {
    fn shown(self, now: Timestamp) -> ClientSecretRow {
        let Self {
            id,
            issued_at,
            expires_at,
            revoked_at,
            last_used_at,
        } = self;
        let status = match (revoked_at, expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= now => "expired",
            (None, Some(_)) => "ending",
            (None, None) => "live",
        };
        ClientSecretRow {
            id,
            status,
            issued_at,
            expires_at,
            revoked_at,
            last_used_at,
        }
    }
}
