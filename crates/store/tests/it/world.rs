//! A migrated database, and one of everything to fill it with.

use std::{collections::BTreeSet, sync::Arc};

use gatewright_domain::{
    access::{Action, Caller, Origin, Permit, Proof, Role, Subject},
    api::Api,
    consumer::{Application, Consumer},
    contract::ContractRevision,
    entropy::Entropy,
    id::{
        ApiId, ApplicationId, ConsumerId, KeyId, OperatorId, PlanId, RequestId, RevisionId,
        RulesetId, SessionId, SubscriptionId, TeamId, TokenId, VersionId,
    },
    key::{Generated, PrivateHalf, Purpose, Sealed, SigningKey},
    limit::{Rate, RateParts},
    operation::{Method, Operation, Requirement, Scope},
    plan::{Lifetime, Plan, Terms},
    revision::Revision,
    ring::{Moves, Ring, Timing},
    ruleset::{ApiRuleset, RulesetChoice},
    subscription::{Subscription, Wish},
    team::Team,
    text::ScopeName,
    time::Timestamp,
    token::{Issuance, Jti, Token, TokenWish},
    version::{Version, VersionRef},
};
use gatewright_store::{Store, StoreError, Tx};
use gatewright_testkit::{
    clock::FixedClock,
    database::{DatabaseUrl, Engine, database_urls},
    entropy::SeededEntropy,
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

pub(crate) const NOW: Timestamp = FixedClock::START;

/// One database, with a second way into it that knows no rules.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) url: DatabaseUrl,
    pub(crate) entropy: Arc<SeededEntropy>,
    back_door: DatabaseConnection,
}

pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for url in database_urls().unwrap() {
        let entropy = Arc::new(SeededEntropy::new(7));
        let store = Store::open(&url, entropy.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let back_door = Database::connect(&*url).await.unwrap();
        worlds.push(World {
            store,
            url,
            entropy,
            back_door,
        });
    }
    worlds
}

impl World {
    pub(crate) async fn sql(&self, sqlite: &str, postgres: &str) {
        let statement = match self.url.engine() {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        };
        self.back_door.execute_unprepared(statement).await.unwrap();
    }

    pub(crate) async fn try_sql(&self, statement: &str) -> Result<(), String> {
        let done = self.back_door.execute_unprepared(statement).await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    pub(crate) async fn number(&self, query: &str) -> i64 {
        let query = Statement::from_string(self.back_door.get_database_backend(), query);
        let row = self.back_door.query_one_raw(query).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub(crate) async fn text(&self, query: &str) -> String {
        let query = Statement::from_string(self.back_door.get_database_backend(), query);
        let row = self.back_door.query_one_raw(query).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Lets the back door change what is append-only.
    pub(crate) async fn unlock_ledger(&self) {
        self.sql(
            "DROP TRIGGER audit_event_keeps_rows; DROP TRIGGER audit_event_keeps_all",
            "ALTER TABLE audit_event DISABLE TRIGGER USER",
        )
        .await;
    }

    pub(crate) fn dice(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    pub(crate) async fn team(&self, name: &str) -> Team {
        let team = Team::form(TeamId::draw(NOW, self.dice()), name.parse().unwrap());
        let permit = permit(Action::FormTeam, team.after().id);
        self.store
            .write(permit, NOW, async |tx| tx.write(team).await)
            .await
            .unwrap()
    }

    pub(crate) async fn api(&self, team: &Team, name: &str) -> Api {
        let id = ApiId::draw(NOW, self.dice());
        let title = name.parse().unwrap();
        let api = Api::register(id, name.parse().unwrap(), title, team.id, NOW);
        let permit = permit(Action::RegisterApi, team.id);
        self.store
            .write(permit, NOW, async |tx| tx.write(api).await)
            .await
            .unwrap()
    }

    pub(crate) async fn draft(&self, api: &Api, number: &str) -> Version {
        let id = VersionId::draw(NOW, self.dice());
        let place = VersionRef {
            id,
            api: api.reference(),
            number: number.parse().unwrap(),
        };
        let draft = Version::draft(place, "http://127.0.0.1:9000".parse().unwrap(), NOW);
        let permit = console(Action::DraftVersion, api.reference().subject());
        self.store
            .write(permit, NOW, async |tx| tx.write(draft).await)
            .await
            .unwrap()
    }

    pub(crate) async fn ruleset(
        &self,
        api: &Api,
        number: u32,
        choice: RulesetChoice,
    ) -> Result<ApiRuleset, StoreError> {
        let chosen = ApiRuleset::choose(ApiRuleset {
            id: RulesetId::draw(NOW, self.dice()),
            api: api.reference(),
            number,
            choice,
            chosen: NOW,
            revision: Revision::NEW,
        });
        let permit = console(Action::ChooseRuleset, api.reference().subject());
        self.store
            .write(permit, NOW, async |tx| tx.write(chosen).await)
            .await
    }

    pub(crate) async fn contract(&self, version: &Version) -> (ContractRevision, Version) {
        let operation = Operation {
            method: Method::Get,
            path: "/orders/{id}".to_owned(),
            operation_id: Some("readOrder".to_owned()),
            summary: None,
            requires: Requirement::any_of(vec![scopes(&["read"])]),
            deprecated: false,
        };
        let upload = ContractRevision {
            id: RevisionId::draw(NOW, self.dice()),
            version: version.place().clone(),
            number: 1,
            document: br#"{"openapi":"3.1.0"}"#.to_vec(),
            digest: "d1".to_owned(),
            title: "Orders".to_owned(),
            operations: vec![operation],
            scopes: scopes(&["read", "write"]),
            uploaded: NOW,
            revision: Revision::NEW,
        };
        let permit = console(Action::UploadContract, version.place().api.subject());
        let id = version.place().id;
        let work = self.store.write(permit, NOW, async |tx| {
            let contract = tx.write(ContractRevision::upload(upload)).await?;
            let version = tx.version(id).await?;
            let version = tx.write(version.adopt(contract.id, None).unwrap()).await?;
            Ok::<_, StoreError>((contract, version))
        });
        work.await.unwrap()
    }

    pub(crate) async fn published(&self, api: &Api, number: &str) -> Version {
        let draft = self.draft(api, number).await;
        let (_, version) = self.contract(&draft).await;
        let permit = console(Action::PublishVersion, api.reference().subject());
        let publish = version.publish(NOW).unwrap();
        self.store
            .write(permit, NOW, async |tx| tx.write(publish).await)
            .await
            .unwrap()
    }

    pub(crate) async fn plan(&self, api: &Api, name: &str) -> Plan {
        let rate = RateParts {
            requests: 10,
            per_seconds: 1,
            burst: 20,
        };
        let terms = Terms {
            rate: Rate::try_from(rate).unwrap(),
            daily_quota: Some(1000),
            max_token_lifetime: Lifetime::try_from(86_400).unwrap(),
        };
        let id = PlanId::draw(NOW, self.dice());
        let plan = Plan::open(id, api.reference(), name.parse().unwrap(), terms, NOW);
        let permit = console(Action::OpenPlan, api.reference().subject());
        self.store
            .write(permit, NOW, async |tx| tx.write(plan).await)
            .await
            .unwrap()
    }

    pub(crate) async fn consumer(&self, name: &str) -> Consumer {
        let id = ConsumerId::draw(NOW, self.dice());
        let consumer = Consumer::register(id, name.parse().unwrap(), NOW);
        let permit = console(Action::RegisterConsumer, Subject::Installation);
        self.store
            .write(permit, NOW, async |tx| tx.write(consumer).await)
            .await
            .unwrap()
    }

    pub(crate) async fn application(&self, consumer: &Consumer, name: &str) -> Application {
        let id = ApplicationId::draw(NOW, self.dice());
        let application = Application::register(id, consumer, name.parse().unwrap(), NOW);
        let permit = console(Action::RegisterApplication, Subject::Consumer(consumer.id));
        self.store
            .write(permit, NOW, async |tx| tx.write(application).await)
            .await
            .unwrap()
    }

    pub(crate) async fn subscription(
        &self,
        application: &Application,
        version: &Version,
        plan: &Plan,
    ) -> Subscription {
        let catalogue = scopes(&["read", "write"]);
        let wish = Wish {
            version,
            catalogue: &catalogue,
            plan,
            scopes: scopes(&["read"]),
        };
        let id = SubscriptionId::draw(NOW, self.dice());
        let open = Subscription::open(id, application, wish, NOW).unwrap();
        let permit = console(Action::Subscribe, open.event().subject().clone());
        self.store
            .write(permit, NOW, async |tx| tx.write(open).await)
            .await
            .unwrap()
    }

    /// The ring's first two keys, of which the first signs.
    pub(crate) async fn keys(&self) -> Vec<SigningKey> {
        let permit = Caller::job("keys")
            .may(Action::Operate, Subject::KeyRing)
            .unwrap();
        let work = self.store.write(permit, NOW, async |tx| {
            let fresh = [self.generated("first"), self.generated("second")];
            let formed = Ring::form(Purpose::Access.ring(), Timing::DEFAULT, fresh, NOW).unwrap();
            write_all(tx, formed).await?;
            tx.keys().await
        });
        work.await.unwrap()
    }

    pub(crate) fn generated(&self, kid: &str) -> Generated {
        Generated {
            id: KeyId::draw(NOW, self.dice()),
            kid: kid.parse().unwrap(),
            ring: Purpose::Access.ring(),
            public_jwk: "{}".to_owned(),
            private: PrivateHalf::Sealed(Sealed {
                kek: "kek".to_owned(),
                record: vec![1, 2, 3],
            }),
        }
    }

    pub(crate) async fn token(&self, application: &Application, key: &SigningKey) -> Token {
        let subject = {
            let teams = application.teams.clone();
            application.grant(teams)
        };
        let id = application.id;
        let permit = console(Action::IssueToken, subject);
        let scope: Scope = "orders:v1:read".parse().unwrap();
        let work = self.store.write(permit, NOW, async |tx| {
            let application = tx.application(id).await?;
            let entitlements = tx.entitlements(id).await?;
            let wish = TokenWish {
                name: "laptop".parse().unwrap(),
                scopes: BTreeSet::from([scope]),
                lifetime: Lifetime::try_from(3600).unwrap(),
            };
            let issuance = Issuance {
                id: TokenId::draw(NOW, self.dice()),
                jti: Jti::draw(self.dice()),
                kid: key.kid().clone(),
            };
            let issue = Token::issue(&application, &entitlements, wish, issuance, NOW).unwrap();
            tx.write(issue).await
        });
        let issued: Token = work.await.unwrap();
        let reserved = self.store.reserve_expiry(key.kid(), issued.expires());
        reserved.await.unwrap();
        issued
    }
}

/// A permit for the person at the terminal.
pub(crate) fn console(action: Action, on: Subject) -> Permit {
    Caller::command_line().may(action, on).unwrap()
}

/// A permit to act on a team.
pub(crate) fn permit(action: Action, team: TeamId) -> Permit {
    console(action, Subject::Team(team))
}

/// Somebody who may read, and nothing else, calling from a known address.
pub(crate) fn auditor(dice: &dyn Entropy) -> Caller {
    let origin = Origin {
        via: "api",
        request: Some(RequestId::draw(NOW, dice)),
        route: Some("POST /api/v1/apis".to_owned()),
        address: Some("192.0.2.7".to_owned()),
    };
    let id = OperatorId::draw(NOW, dice);
    let proof = Proof::Session(SessionId::draw(NOW, dice));
    Caller::operator(id, proof, Role::Auditor, BTreeSet::new(), origin)
}

pub(crate) fn scopes(names: &[&str]) -> BTreeSet<ScopeName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// Writes the moves of a ring in their order.
pub(crate) async fn write_all(tx: &mut Tx<'_>, moves: Moves) -> Result<(), StoreError> {
    if let Some(ring) = moves.ring {
        tx.write(ring).await?;
    }
    for change in moves.keys {
        tx.write(change).await?;
    }
    Ok(())
}
