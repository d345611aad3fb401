//! A published API with a plan, and eight clients that are subscribed to it, each with a secret.

use std::{collections::BTreeSet, error::Error, sync::Arc, time::Duration};

use gatewright_domain::{
    access::{Action, Caller, Origin},
    api::Api,
    audit::Change,
    client::{ClientTerms, Ending, Pace},
    consumer::{Application, Consumer},
    contract::ContractRevision,
    digest::sha256_hex,
    entropy::Entropy,
    handle::ApplicationHandle,
    id::{
        ApiId, ApplicationId, ConsumerId, PlanId, RevisionId, SubscriptionId, TeamId, TokenId,
        VersionId,
    },
    key::{Algorithm, Kid},
    limit::RateParts,
    plan::{Lifetime, Plan, Terms},
    revision::Revision,
    ring::Timing,
    secret::Secret,
    subscription::{Subscription, Wish},
    team::Team,
    text::{Name, ScopeName},
    time::{Clock, Timestamp},
    token::{GrantWish, Grantee, Issuance, Jti, Token, Within},
    version::{Version, VersionRef},
};
use gatewright_keys::{Kek, Keys, KeysConfig, SecretWish};
use gatewright_store::{ClientRecord, Row, Store, StoreError};
use gatewright_testkit::{clock::FixedClock, entropy::SeededEntropy};
use gatewright_token::claims::AccessClaims;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const APPLICATIONS: usize = 8;

pub(crate) struct Town {
    pub(crate) keys: Keys,
    store: Store,
    entropy: Arc<SeededEntropy>,
    clients: Vec<Client>,
    records: Vec<ClientRecord>,
    kid: Kid,
}

/// What a client knows of itself.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    text: String,
}

impl Client {
    pub(crate) fn secret(&self) -> Secret<String> {
        Secret::new(self.text.clone())
    }
}

impl Town {
    pub(crate) async fn open(url: &str) -> Outcome<Self> {
        let entropy = Arc::new(SeededEntropy::new(1));
        let clock = Arc::new(FixedClock::default());
        let store = Store::open(url, entropy.clone()).await?;
        store.migrate().await?;
        let config = KeysConfig {
            issuer: "https://id.example".to_owned(),
            audience_base: "https://api.example".to_owned(),
            timing: Timing::DEFAULT,
            jwks_max_age: Duration::from_secs(300),
            verifier_cache: Duration::from_secs(3600),
            token_algorithm: Algorithm::Es256,
            status_lists: "https://id.example/oauth2/status-lists".to_owned(),
        };
        let kek = Kek::draw(&*entropy);
        let keys = Keys::new(store.clone(), kek, clock.clone(), entropy.clone(), config);
        keys.ensure_ring(&Caller::job("bench")).await?;
        let kid = keys.check_signer().await?;
        let mut town = Self {
            keys,
            store,
            entropy,
            clients: Vec::new(),
            records: Vec::new(),
            kid,
        };
        town.settle(clock.now()).await?;
        Ok(town)
    }

    /// The client of this number; there are eight, over and over.
    pub(crate) fn client(&self, number: usize) -> Client {
        let mut clients = self.clients.iter().cycle().skip(number % APPLICATIONS);
        let none = || Client {
            id: String::new(),
            text: String::new(),
        };
        clients.next().map_or_else(none, Clone::clone)
    }

    pub(crate) async fn events(&self) -> Outcome<u64> {
        Ok(self.store.reader().revision().await?)
    }

    /// Commits the rows of so many tokens at once, and does nothing else with them.
    pub(crate) async fn commit(&self, count: u64) -> Outcome<u64> {
        let now = FixedClock::START;
        let dice: &dyn Entropy = self.entropy.as_ref();
        let work = self.store.write_jointly(now, async |joint| {
            for (record, _) in self.records.iter().cycle().zip(0..count) {
                let id = TokenId::draw(now, dice);
                let (jti, kid) = (Jti::draw(dice), self.kid.clone());
                let issuance = Issuance { id, jti, kid };
                let grantee = Grantee {
                    application: &record.application,
                    registration: &record.registration,
                    entitlements: &record.entitlements,
                };
                let wish = GrantWish {
                    name: Name::client_credentials(),
                    versions: None,
                    scopes: None,
                    binding: None,
                    family: None,
                    lineage: None,
                    within: Within::default(),
                };
                let change = Token::grant(grantee, wish, Lifetime::LONGEST, issuance, now);
                let change = change.map_err(|_| StoreError::NotFound)?;
                let caller = Caller::application(record.application.id, Origin::default());
                let permit = caller.may(Action::IssueToken, change.event().subject().clone());
                joint.write(permit.map_err(|_| StoreError::OutsidePermit)?, change)?;
            }
            Ok::<u64, StoreError>(count)
        });
        Ok(work.await?)
    }

    async fn settle(&mut self, now: Timestamp) -> Outcome<()> {
        let entropy = Arc::clone(&self.entropy);
        let dice: &dyn Entropy = entropy.as_ref();
        let (version, plan) = self.publish(now, dice).await?;
        let id = ConsumerId::draw(now, dice);
        let consumer = Consumer::register(id, "acme".parse()?, now);
        let consumer = self.put(Action::RegisterConsumer, consumer, now).await?;
        for number in 0..APPLICATIONS {
            let id = ApplicationId::draw(now, dice);
            let name = format!("shop {number}").parse()?;
            let application = Application::register(id, &consumer, name, now);
            let application = self
                .put(Action::RegisterApplication, application, now)
                .await?;
            let catalogue = scopes()?;
            let wish = Wish {
                version: &version,
                catalogue: &catalogue,
                plan: &plan,
                scopes: catalogue.clone(),
            };
            let id = SubscriptionId::draw(now, dice);
            let opened = Subscription::open(id, &application, wish, now)?;
            self.put(Action::Subscribe, opened, now).await?;
            let client = self.register(&application).await?;
            self.clients.push(client);
            let reader = self.store.reader();
            let record = reader.client_record(application.id).await?;
            self.records.push(record);
        }
        Ok(())
    }

    async fn register(&self, application: &Application) -> Outcome<Client> {
        let (caller, handle) = (
            Caller::command_line(),
            ApplicationHandle::Id(application.id),
        );
        let terms = ClientTerms {
            pace: Pace::try_from(1_000_000)?,
            ..ClientTerms::default()
        };
        self.keys.edit_client(&caller, &handle, terms, None).await?;
        let wish = SecretWish {
            ending: Ending::Never,
            overlap: None,
        };
        let issued = self
            .keys
            .issue_client_secret(&caller, &handle, wish)
            .await?;
        Ok(Client {
            id: application.client_id().to_string(),
            text: issued.text.lend(Clone::clone),
        })
    }

    async fn put<T: Row>(&self, action: Action, change: Change<T>, now: Timestamp) -> Outcome<T> {
        let on = change.event().subject().clone();
        let permit = Caller::command_line().may(action, on)?;
        let write = self.store.write(permit, now, async move |tx| {
            let stored: Result<T, StoreError> = tx.write(change).await;
            stored
        });
        Ok(write.await?)
    }

    async fn publish(&self, now: Timestamp, dice: &dyn Entropy) -> Outcome<(Version, Plan)> {
        let team = Team::form(TeamId::draw(now, dice), "orders".parse()?);
        let team = self.put(Action::FormTeam, team, now).await?;
        let id = ApiId::draw(now, dice);
        let api = Api::register(id, "orders".parse()?, "orders".parse()?, team.id, now);
        let api = self.put(Action::RegisterApi, api, now).await?.reference();
        let place = VersionRef {
            id: VersionId::draw(now, dice),
            api: api.clone(),
            number: "v1".parse()?,
        };
        let draft = Version::draft(place.clone(), "http://127.0.0.1:9".parse()?, now);
        let draft = self.put(Action::DraftVersion, draft, now).await?;
        let contract = ContractRevision::upload(ContractRevision {
            id: RevisionId::draw(now, dice),
            version: place,
            number: 1,
            document: b"{}".to_vec(),
            digest: sha256_hex(b"{}"),
            title: "Orders".to_owned(),
            operations: Vec::new(),
            scopes: scopes()?,
            uploaded: now,
            revision: Revision::NEW,
        });
        let contract = self.put(Action::UploadContract, contract, now).await?;
        let adopted = draft.adopt(contract.id, None)?;
        let draft = self.put(Action::UploadContract, adopted, now).await?;
        let version = self
            .put(Action::PublishVersion, draft.publish(now)?, now)
            .await?;
        let rate = RateParts {
            requests: 10,
            per_seconds: 1,
            burst: 10,
        };
        let terms = Terms {
            rate: rate.try_into()?,
            daily_quota: None,
            max_token_lifetime: Lifetime::LONGEST,
        };
        let plan = Plan::open(PlanId::draw(now, dice), api, "basic".parse()?, terms, now);
        Ok((version, self.put(Action::OpenPlan, plan, now).await?))
    }
}

fn scopes() -> Outcome<BTreeSet<ScopeName>> {
    Ok(BTreeSet::from(["read".parse()?, "write".parse()?]))
}

/// What such a token says.
pub(crate) fn claims() -> AccessClaims {
    let client = "c_01KAS8RVZ4E8QX7M1N2P3R4S5T".to_owned();
    AccessClaims {
        issuer: "https://id.example".to_owned(),
        subject: client.clone(),
        audience: vec!["https://api.example/orders/v1".to_owned()],
        client_id: client,
        issued: FixedClock::START,
        expires: FixedClock::START.plus(Duration::from_secs(600)),
        not_before: None,
        jti: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        scopes: vec!["orders:v1:read".to_owned(), "orders:v1:write".to_owned()],
        session: None,
        binding: None,
        actors: Vec::new(),
        signed_in: None,
        status: None,
    }
}
