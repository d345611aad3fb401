//! A town to issue tokens in: two teams with an API each, and an application that is subscribed to both.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use gatewright_custody::Keks;
use gatewright_domain::{
    access::{Action, Caller, Origin, Proof, Role},
    api::Api,
    audit::{Aggregate, Change},
    client::Ending,
    consumer::{Application, Consumer},
    contract::ContractRevision,
    decision::{Rule, Verdict},
    digest::sha256_hex,
    entropy::Entropy,
    handle::ApplicationHandle,
    id::{
        ApiId, ApplicationId, ConsumerId, OperatorId, PlanId, RevisionId, SessionId,
        SubscriptionId, TeamId, VersionId,
    },
    key::Algorithm,
    limit::RateParts,
    operation::{Method, Operation, Requirement},
    plan::{Lifetime, Plan, Terms},
    revision::Revision,
    ring::Timing,
    subscription::{Subscription, Wish},
    team::Team,
    text::ScopeName,
    time::{Clock, Timestamp},
    token::TokenWish,
    version::{Version, VersionRef},
};
use gatewright_keys::{
    Authenticated, ClientProof, IssuedToken, Kek, Keys, KeysConfig, Presented, SecretWish,
};
use gatewright_store::{Row, Store, StoreError, quiet::key_rings::Fetcher};
use gatewright_testkit::{
    clock::FixedClock,
    database::{DatabaseUrl, database_urls},
    entropy::SeededEntropy,
};

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const LEAD: Duration = Duration::from_secs(24 * 3600);
pub(crate) const LEEWAY: Duration = Duration::from_secs(30);

pub(crate) struct Town {
    pub(crate) keys: Keys,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) entropy: Arc<SeededEntropy>,
    pub(crate) orders: Version,
    pub(crate) stock: Version,
    pub(crate) application: Application,
    url: DatabaseUrl,
}

pub(crate) fn kek(seed: u64) -> Kek {
    Kek::draw(&SeededEntropy::new(seed))
}

pub(crate) fn config() -> KeysConfig {
    KeysConfig {
        issuer: ISSUER.to_owned(),
        audience_base: "https://api.example".to_owned(),
        timing: Timing {
            publication_lead: LEAD,
            leeway: LEEWAY,
            max_lifetime: Lifetime::try_from(86_400).unwrap(),
            ..Timing::DEFAULT
        },
        jwks_max_age: Duration::from_secs(300),
        verifier_cache: Duration::from_secs(3600),
        token_algorithm: Algorithm::Es256,
        status_lists: "https://id.example/oauth2/status-lists".to_owned(),
    }
}

impl Town {
    /// The same town on SQLite and on PostgreSQL, its ring formed.
    pub(crate) async fn both() -> Vec<Self> {
        let mut towns = Vec::new();
        for town in Self::without_rings().await {
            town.keys.ensure_ring(&job()).await.unwrap();
            towns.push(town);
        }
        towns
    }

    pub(crate) async fn without_rings() -> Vec<Self> {
        let mut towns = Vec::new();
        for url in database_urls().unwrap() {
            towns.push(Self::on(url).await);
        }
        towns
    }

    async fn on(url: DatabaseUrl) -> Self {
        eprintln!("on {:?}", url.engine());
        let clock = Arc::new(FixedClock::default());
        let entropy = Arc::new(SeededEntropy::new(7));
        let store = Store::open(&url, entropy.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let builder = Builder {
            store: &store,
            now: clock.now(),
            entropy: &entropy,
        };
        let (orders, plan) = builder.publish("orders").await;
        let (stock, other) = builder.publish("stock").await;
        let application = builder.register().await;
        builder.subscribe(&application, &orders, &plan).await;
        builder.subscribe(&application, &stock, &other).await;
        let keys = Keys::new(
            store.clone(),
            kek(1),
            clock.clone(),
            entropy.clone(),
            config(),
        );
        Self {
            keys,
            store,
            clock,
            entropy,
            orders,
            stock,
            application,
            url,
        }
    }

    /// Another server on the same database, with key-encryption keys of its own choice.
    pub(crate) async fn second_server(&self, kek: impl Into<Keks>) -> Keys {
        let store = Store::open(&self.url, self.entropy.clone()).await.unwrap();
        Keys::new(
            store,
            kek,
            self.clock.clone(),
            self.entropy.clone(),
            config(),
        )
    }

    /// The same keys, which sign tokens for as long as a year.
    pub(crate) async fn for_a_year(&self) -> Keys {
        let mut config = config();
        config.timing.max_lifetime = Lifetime::LONGEST;
        let store = Store::open(&self.url, self.entropy.clone()).await.unwrap();
        let (clock, entropy) = (self.clock.clone(), self.entropy.clone());
        Keys::new(store, kek(1), clock, entropy, config)
    }

    /// Where its database is.
    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    pub(crate) fn handle(&self) -> ApplicationHandle {
        ApplicationHandle::Id(self.application.id)
    }

    /// Another application, which has proved who it is.
    pub(crate) async fn other_client(&self) -> Authenticated {
        let builder = Builder {
            store: &self.store,
            now: self.clock.now(),
            entropy: &self.entropy,
        };
        let other = builder.register_as("globex").await;
        let wish = SecretWish {
            ending: Ending::Never,
            overlap: None,
        };
        let handle = ApplicationHandle::Id(other.id);
        let admin = admin();
        let issued = self.keys.issue_client_secret(&admin, &handle, wish);
        let presented = Presented {
            client: Some(other.client_id().to_string()),
            proof: ClientProof::Basic(issued.await.unwrap().text),
            certificate: None,
        };
        let believed = self.keys.authenticate(&presented, Origin::default());
        believed.await.unwrap()
    }

    /// A token for `orders:v1:read`, for ten minutes.
    pub(crate) async fn issue(&self) -> IssuedToken {
        let wish = wish(&["orders:v1:read"], 600);
        self.keys
            .issue(&admin(), &self.handle(), wish)
            .await
            .unwrap()
    }

    /// A publisher of the team that owns this version.
    pub(crate) fn publisher_of(&self, version: &Version) -> Caller {
        operator(Role::Publisher, BTreeSet::from([version.place().api.team]))
    }

    /// How one rule judges a token at `orders/v1` now.
    pub(crate) async fn verdict_on(&self, issued: &IssuedToken, rule: Rule) -> Verdict {
        let text = issued.text.lend(Clone::clone);
        let inspection = self.keys.inspect(&admin(), &text).await.unwrap();
        let opening = inspection
            .openings
            .iter()
            .find(|opening| opening.version == "orders/v1");
        let mut steps = opening.unwrap().steps.iter();
        steps
            .find(|step| step.rule == rule.title())
            .unwrap()
            .verdict
    }

    /// Somebody fetches the key set.
    pub(crate) async fn fetch(&self) {
        let set = self.keys.jwks().await.unwrap();
        let fetcher = Fetcher {
            network: "192.0.2.0/24".to_owned(),
            agent: "PyJWT".to_owned(),
        };
        self.keys.note_fetch_now(&set, fetcher).await.unwrap();
    }

    pub(crate) fn wait(&self, span: Duration) -> Timestamp {
        self.clock.advance(span)
    }

    /// The names of all events since the `skip`th, in order.
    pub(crate) async fn events(&self, skip: u64) -> Vec<String> {
        crate::trail::names(&self.store, skip).await
    }

    pub(crate) async fn revision(&self) -> u64 {
        self.store.reader().revision().await.unwrap()
    }
}

/// An administrator.
pub(crate) fn admin() -> Caller {
    operator(Role::Admin, BTreeSet::new())
}

/// The security role.
pub(crate) fn security() -> Caller {
    operator(Role::Security, BTreeSet::new())
}

/// The server's own timer.
pub(crate) fn job() -> Caller {
    Caller::job("test")
}

fn operator(role: Role, teams: BTreeSet<TeamId>) -> Caller {
    let uuid = uuid::Uuid::from_u128(9);
    let (id, session) = (OperatorId::from_uuid(uuid), SessionId::from_uuid(uuid));
    let origin = Origin {
        via: "api",
        ..Origin::default()
    };
    Caller::operator(id, Proof::Session(session), role, teams, origin)
}

pub(crate) fn wish(scopes: &[&str], lifetime: u64) -> TokenWish {
    TokenWish {
        name: "ci".parse().unwrap(),
        scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        lifetime: Lifetime::try_from(lifetime).unwrap(),
    }
}

struct Builder<'a> {
    store: &'a Store,
    now: Timestamp,
    entropy: &'a SeededEntropy,
}

impl Builder<'_> {
    async fn put<T: Row + Aggregate>(&self, action: Action, change: Change<T>) -> T {
        let on = change.event().subject().clone();
        let permit = Caller::command_line().may(action, on).unwrap();
        let write = self.store.write(permit, self.now, async move |tx| {
            let stored: Result<T, StoreError> = tx.write(change).await;
            stored
        });
        write.await.unwrap()
    }

    /// A team with one API, published, with the scopes `read` and `write` and a plan.
    async fn publish(&self, name: &str) -> (Version, Plan) {
        let (now, dice): (_, &dyn Entropy) = (self.now, self.entropy);
        let team = Team::form(TeamId::draw(now, dice), name.parse().unwrap());
        let team = self.put(Action::FormTeam, team).await;
        let id = ApiId::draw(now, dice);
        let api = Api::register(
            id,
            name.parse().unwrap(),
            name.parse().unwrap(),
            team.id,
            now,
        );
        let api = self.put(Action::RegisterApi, api).await.reference();
        let number = "v1".parse().unwrap();
        let place = VersionRef {
            id: VersionId::draw(now, dice),
            api: api.clone(),
            number,
        };
        let upstream = "http://127.0.0.1:9000".parse().unwrap();
        let draft = Version::draft(place.clone(), upstream, now);
        let draft = self.put(Action::DraftVersion, draft).await;
        let contract = ContractRevision::upload(contract(place, now, dice));
        let contract = self.put(Action::UploadContract, contract).await;
        let draft = self
            .put(
                Action::UploadContract,
                draft.adopt(contract.id, None).unwrap(),
            )
            .await;
        let version = self
            .put(Action::PublishVersion, draft.publish(now).unwrap())
            .await;
        let rate = RateParts {
            requests: 10,
            per_seconds: 1,
            burst: 10,
        };
        let terms = Terms {
            rate: rate.try_into().unwrap(),
            daily_quota: Some(1000),
            max_token_lifetime: Lifetime::LONGEST,
        };
        let plan = Plan::open(
            PlanId::draw(now, dice),
            api,
            "basic".parse().unwrap(),
            terms,
            now,
        );
        (version, self.put(Action::OpenPlan, plan).await)
    }

    async fn register(&self) -> Application {
        self.register_as("acme").await
    }

    async fn register_as(&self, consumer: &str) -> Application {
        let (now, dice): (_, &dyn Entropy) = (self.now, self.entropy);
        let id = ConsumerId::draw(now, dice);
        let consumer = Consumer::register(id, consumer.parse().unwrap(), now);
        let consumer = self.put(Action::RegisterConsumer, consumer).await;
        let id = ApplicationId::draw(now, dice);
        let application = Application::register(id, &consumer, "shop".parse().unwrap(), now);
        self.put(Action::RegisterApplication, application).await
    }

    async fn subscribe(&self, application: &Application, version: &Version, plan: &Plan) {
        let id = SubscriptionId::draw(self.now, self.entropy);
        let catalogue = scopes();
        let wish = Wish {
            version,
            catalogue: &catalogue,
            plan,
            scopes: scopes(),
        };
        let opened = Subscription::open(id, application, wish, self.now).unwrap();
        self.put(Action::Subscribe, opened).await;
    }
}

fn scopes() -> BTreeSet<ScopeName> {
    ["read", "write"]
        .into_iter()
        .map(|scope| scope.parse().unwrap())
        .collect()
}

fn contract(version: VersionRef, uploaded: Timestamp, dice: &dyn Entropy) -> ContractRevision {
    let read: BTreeSet<ScopeName> = BTreeSet::from(["read".parse().unwrap()]);
    let operation = Operation {
        method: Method::Get,
        path: "/items".to_owned(),
        operation_id: None,
        summary: None,
        requires: Requirement::any_of(vec![read]),
        deprecated: false,
    };
    ContractRevision {
        id: RevisionId::draw(uploaded, dice),
        version,
        number: 1,
        document: b"{}".to_vec(),
        digest: sha256_hex(b"{}"),
        title: "Items".to_owned(),
        operations: vec![operation],
        scopes: scopes(),
        uploaded,
        revision: Revision::NEW,
    }
}
