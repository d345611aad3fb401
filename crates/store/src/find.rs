//! Finding the thing that a handle points at, as one caller sees it. For use-cases, which read it again inside their
//! transaction, and for pages. What another team owns is not found.

use gatewright_domain::{
    api::Api,
    api_key::ApiKey,
    consumer::{Application, Consumer},
    gateway::Gateway,
    handle::{ApiHandle, ApplicationHandle, ConsumerHandle, PlanHandle, TeamHandle},
    id::{
        ApiId, ApiKeyId, ApplicationId, ConsumerId, GatewayId, OutsideIssuerId, PlanId,
        SubscriptionId, TeamId, TokenId, VersionId,
    },
    outside::OutsideIssuer,
    plan::Plan,
    ruleset::ApiRuleset,
    subscription::Subscription,
    team::Team,
    text::VersionNumber,
    token::{Jti, Token},
    version::Version,
};
use sea_orm::{FromQueryResult, TryGetable};

use crate::{
    error::StoreError,
    rows,
    views::{Sight, Sql},
};

#[derive(FromQueryResult)]
struct Found<T: TryGetable> {
    id: T,
}

impl Sight {
    /// A team. A caller who sees only some teams finds only those.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_team(&self, team: &TeamHandle) -> Result<Team, StoreError> {
        let find = Sql::new("SELECT id FROM teams WHERE").within("teams.id", &self.horizon);
        let find = match team {
            TeamHandle::Id(id) => find.then("AND id =").value(id.uuid()),
            TeamHandle::Name(name) => find.then("AND name_folded =").value(name.folded()),
        };
        let id: TeamId = self.only(find).await?;
        rows::team::load(&self.database, id).await
    }

    /// The team that a caller means without naming it: the only one they see, or the installation's first for callers
    /// who see everything; none when several are possible.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_team(&self) -> Result<Option<Team>, StoreError> {
        let find = Sql::new("SELECT id FROM teams WHERE").within("teams.id", &self.horizon);
        let found: Vec<Found<TeamId>> =
            find.then("ORDER BY id LIMIT 2").all(&self.database).await?;
        let everything = matches!(self.horizon, gatewright_domain::access::Horizon::Everything);
        match found.as_slice() {
            [one] => Ok(Some(rows::team::load(&self.database, one.id).await?)),
            [first, ..] if everything => {
                Ok(Some(rows::team::load(&self.database, first.id).await?))
            }
            [] | [..] => Ok(None),
        }
    }

    /// An API.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_api(&self, api: &ApiHandle) -> Result<Api, StoreError> {
        let find = Sql::new("SELECT id FROM apis WHERE").within("apis.team_id", &self.horizon);
        let find = match api {
            ApiHandle::Id(id) => find.then("AND id =").value(id.uuid()),
            ApiHandle::Name(name) => find.then("AND name =").value(name.as_str()),
        };
        let id: ApiId = self.only(find).await?;
        rows::api::load(&self.database, id).await
    }

    /// What was chosen last as the ruleset of an API, if anything was.
    ///
    /// # Errors
    /// `NotFound` when there is no such API, or not for this caller.
    pub async fn find_ruleset(&self, api: &ApiHandle) -> Result<Option<ApiRuleset>, StoreError> {
        let api = self.find_api(api).await?;
        rows::api_ruleset::of_api(&self.database, api.id).await
    }

    /// A version; a discarded draft is none.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_version(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
    ) -> Result<Version, StoreError> {
        let api = self.find_api(api).await?;
        let find = Sql::new("SELECT id FROM versions WHERE status <> 'discarded' AND api_id =")
            .value(api.id.uuid());
        let find = find.then("AND number =").value(i64::from(number.major()));
        let id: VersionId = self.only(find).await?;
        rows::version::load(&self.database, id).await
    }

    /// A plan of an API.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_plan(&self, api: &ApiHandle, plan: &PlanHandle) -> Result<Plan, StoreError> {
        let api = self.find_api(api).await?;
        let find = Sql::new("SELECT id FROM plans WHERE api_id =").value(api.id.uuid());
        let find = match plan {
            PlanHandle::Id(id) => find.then("AND id =").value(id.uuid()),
            PlanHandle::Name(name) => find.then("AND name_folded =").value(name.folded()),
        };
        let id: PlanId = self.only(find).await?;
        rows::plan::load(&self.database, id).await
    }

    /// A consumer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_consumer(&self, consumer: &ConsumerHandle) -> Result<Consumer, StoreError> {
        let find = match consumer {
            ConsumerHandle::Id(id) => {
                Sql::new("SELECT id FROM consumers WHERE id =").value(id.uuid())
            }
            ConsumerHandle::Name(name) => {
                Sql::new("SELECT id FROM consumers WHERE name_folded =").value(name.folded())
            }
        };
        let id: ConsumerId = self.only(find).await?;
        rows::consumer::load(&self.database, id).await
    }

    /// An application.
    ///
    /// # Errors
    /// `NotFound`; `Ambiguous` for a name that several consumers use.
    pub async fn find_application(
        &self,
        application: &ApplicationHandle,
    ) -> Result<Application, StoreError> {
        let find = match application {
            ApplicationHandle::Id(id) => {
                Sql::new("SELECT id FROM applications WHERE id =").value(id.uuid())
            }
            ApplicationHandle::Name(name) => {
                Sql::new("SELECT id FROM applications WHERE name_folded =").value(name.folded())
            }
        };
        let id: ApplicationId = self.only(find).await?;
        rows::application::load(&self.database, id).await
    }

    /// A subscription to a version of an API that the caller sees.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_subscription(&self, id: SubscriptionId) -> Result<Subscription, StoreError> {
        let find = Sql::new(
            "SELECT subscriptions.id FROM subscriptions JOIN versions ON versions.id = subscriptions.version_id \
             JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND subscriptions.id =")
            .value(id.uuid());
        let id: SubscriptionId = self.only(find).await?;
        rows::subscription::load(&self.database, id).await
    }

    /// A token for a version of an API that the caller sees.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_token(&self, id: TokenId) -> Result<Token, StoreError> {
        let find = Sql::new(
            "SELECT DISTINCT token_versions.token_id AS id FROM token_versions \
             JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND token_versions.token_id =")
            .value(id.uuid());
        let id: TokenId = self.only(find).await?;
        rows::token::load(&self.database, id).await
    }

    /// The token that carries this name, for a version of an API that the caller sees.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_token_by_jti(&self, jti: &Jti) -> Result<Token, StoreError> {
        let find = Sql::new("SELECT id FROM tokens WHERE jti =").value(jti.as_str());
        let id: TokenId = self.only(find).await?;
        self.find_token(id).await
    }

    /// An API key for a version of an API that the caller sees.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_api_key(&self, id: ApiKeyId) -> Result<ApiKey, StoreError> {
        let find = Sql::new(
            "SELECT DISTINCT api_key_versions.api_key_id AS id FROM api_key_versions \
             JOIN versions ON versions.id = api_key_versions.version_id JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND api_key_versions.api_key_id =")
            .value(id.uuid());
        let id: ApiKeyId = self.only(find).await?;
        rows::api_key::load(&self.database, id).await
    }

    /// A gateway, by id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_gateway(&self, id: GatewayId) -> Result<Gateway, StoreError> {
        rows::gateway::load(&self.database, id).await
    }

    /// An outside issuer, by id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_issuer(&self, id: OutsideIssuerId) -> Result<OutsideIssuer, StoreError> {
        rows::outside_issuer::load(&self.database, id).await
    }

    /// The one row that a statement finds.
    async fn only<T: TryGetable + Copy>(&self, find: Sql) -> Result<T, StoreError> {
        let found: Vec<Found<T>> = find.then("LIMIT 2").all(&self.database).await?;
        match found.as_slice() {
            [one] => Ok(one.id),
            [] => Err(StoreError::NotFound),
            [..] => Err(StoreError::Ambiguous),
        }
    }
}
