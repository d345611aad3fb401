//! What a use-case reads inside its transaction: single things by id. Every one answers `NotFound` when there is none.

use std::collections::BTreeMap;

use gatewright_domain::{
    api::Api,
    api_key::ApiKey,
    client::{ClientSecret, InitialToken, OwnRegistration, Registration},
    consumer::{Application, Consumer},
    contract::ContractRevision,
    gateway::Gateway,
    id::{
        AccessTokenId, ApiId, ApiKeyId, ApplicationId, ConsumerId, GatewayId, InitialTokenId,
        OperatorId, OutsideIssuerId, PlanId, RevisionId, SubscriptionId, TeamId, TokenId,
        VersionId,
    },
    kek::KeyEncryptionKey,
    key::{RingName, SigningKey},
    operator::{AccessToken, Operator},
    outside::OutsideIssuer,
    plan::Plan,
    ring::KeyRing,
    ruleset::ApiRuleset,
    subscription::Subscription,
    team::Team,
    text::Name,
    time::Timestamp,
    token::{Entitlement, Token},
    version::Version,
};

use sea_orm::prelude::Uuid;

use crate::{error::StoreError, rows, tx::Tx};

macro_rules! reads {
    ($($(#[$doc:meta])* $name:ident($id:ident: $key:ty) -> $thing:ty = $load:path;)*) => {
        /// Reads inside the transaction. Each fails with `NotFound` when there is no such thing, with `Corrupt` when
        /// what is stored means nothing, and with `Database`.
        impl Tx<'_> {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// See above.
                pub async fn $name(&mut self, $id: $key) -> Result<$thing, StoreError> {
                    $load(self.transaction()?, $id).await
                }
            )*
        }
    };
}

reads! {
    /// A team.
    team(id: TeamId) -> Team = rows::team::load;
    /// An operator.
    operator(id: OperatorId) -> Operator = rows::operator::load;
    /// The operator who signs in with this name, whatever its case.
    operator_named(name: &Name) -> Operator = rows::operator::load_named;
    /// A personal access token.
    access_token(id: AccessTokenId) -> AccessToken = rows::access_token::load;
    /// An API.
    api(id: ApiId) -> Api = rows::api::load;
    /// What was chosen last as the ruleset of an API, if anything was.
    ruleset(api: ApiId) -> Option<ApiRuleset> = rows::api_ruleset::of_api;
    /// A version.
    version(id: VersionId) -> Version = rows::version::load;
    /// A contract revision, with its document.
    contract(id: RevisionId) -> ContractRevision = rows::contract_revision::load;
    /// The number that the next upload of this version's contract takes, from 1.
    next_contract_number(version: VersionId) -> u32 = rows::contract_revision::next_number;
    /// A plan.
    plan(id: PlanId) -> Plan = rows::plan::load;
    /// A consumer.
    consumer(id: ConsumerId) -> Consumer = rows::consumer::load;
    /// An application, with the teams it reaches.
    application(id: ApplicationId) -> Application = rows::application::load;
    /// What an application may ask the token endpoint for.
    registration(of: &Application) -> Registration = rows::registration::of_application;
    /// An application, kept from everybody else until this write is over: where what it has is counted.
    application_alone(id: ApplicationId) -> Application = rows::application::load_alone;
    /// The secrets of an application, the oldest first.
    client_secrets(of: &Application) -> Vec<ClientSecret> = rows::client_secret::of_application;
    /// An initial access token, kept from everybody else until this write is over: where its uses are counted.
    initial_token_alone(id: InitialTokenId) -> InitialToken = rows::initial_token::load_alone;
    /// The hold of an application on its own registration, if it registered itself.
    own_registration(of: &Application) -> Option<OwnRegistration> = rows::own_registration::of_application;
    /// A subscription.
    subscription(id: SubscriptionId) -> Subscription = rows::subscription::load;
    /// What an application may have tokens for: its subscriptions that are not closed, in order of id.
    entitlements(application: ApplicationId) -> Vec<Entitlement> = rows::subscription::entitlements;
    /// A token.
    token(id: TokenId) -> Token = rows::token::load;
    /// An API key.
    api_key(id: ApiKeyId) -> ApiKey = rows::api_key::load;
    /// A gateway.
    gateway(id: GatewayId) -> Gateway = rows::gateway::load;
    /// An outside issuer.
    outside_issuer(id: OutsideIssuerId) -> OutsideIssuer = rows::outside_issuer::load;
}

impl Tx<'_> {
    /// Every key-encryption key, those that are over included, oldest first.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn keks(&mut self) -> Result<Vec<KeyEncryptionKey>, StoreError> {
        rows::kek_check::all(self.transaction()?).await
    }

    /// How many secrets rest under each key-encryption key.
    ///
    /// # Errors
    /// `Database`.
    pub async fn sealed_under(&mut self) -> Result<BTreeMap<String, u64>, StoreError> {
        rows::sealed_secret::count_under(self.transaction()?).await
    }

    /// Every signing key, those that are over included, oldest first.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn keys(&mut self) -> Result<Vec<SigningKey>, StoreError> {
        rows::signing_key::all(self.transaction()?).await
    }

    /// A ring, held so that nobody else moves it or its keys until this write is over.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn ring(&mut self, name: RingName) -> Result<KeyRing, StoreError> {
        rows::key_ring::lock(self.transaction()?, name).await
    }

    /// The latest watermark that lies ahead, of everything but one application, if one does. Who issues a token waits until
    /// it has passed: a token of the same second would be born dead. Watermarks are at most a second ahead, so this stands
    /// in nobody's way for long.
    ///
    /// # Errors
    /// `Database`.
    pub async fn watermark_ahead(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.now();
        rows::revocation::watermark_after(self.transaction()?, now).await
    }

    /// Marks the installation as set up, and uses up the set-up link of this hash; without a link for whoever sits at
    /// the machine itself. The caller writes the first administrator and the event beside it.
    ///
    /// # Errors
    /// `NotFound` when there is no such link, it has expired or was used, or the installation is set up already.
    pub async fn set_up(&mut self, link_hash: Option<&str>) -> Result<(), StoreError> {
        let now = self.now();
        if let Some(hash) = link_hash {
            rows::setup_link::consume(self.transaction()?, hash, now).await?;
        }
        rows::installation::set_up(self.transaction()?, now).await
    }

    /// Notes that it was said of a token or key that it ends within so many days. The caller writes the event beside it.
    ///
    /// # Errors
    /// `Database`.
    pub async fn remind(&mut self, of: Uuid, days: u64) -> Result<(), StoreError> {
        let (now, days) = (self.now(), i64::try_from(days).unwrap_or(i64::MAX));
        rows::reminder::insert(self.transaction()?, of, days, now).await
    }

    /// Keeps the hash of a link that signs an operator in once; earlier links of theirs stop working. The caller writes
    /// the event beside it.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_sign_in_link(
        &mut self,
        hash: &str,
        operator: OperatorId,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let now = self.now();
        rows::sign_in_link::keep(self.transaction()?, (hash, operator), now, expires).await
    }

    /// Uses a sign-in link up. The caller writes the event beside it.
    ///
    /// # Errors
    /// `NotFound` when there is no such link, or it has expired or was used.
    pub async fn use_sign_in_link(&mut self, hash: &str) -> Result<(), StoreError> {
        let now = self.now();
        rows::sign_in_link::consume(self.transaction()?, hash, now).await
    }
}
