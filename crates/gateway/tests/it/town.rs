//! A gateway with everything around it: an upstream, keys, an application, a clock.

use std::{net::SocketAddr, num::NonZeroUsize, sync::Arc, time::Duration};

use gatewright_domain::{
    consumer::ClientId,
    id::{ApplicationId, ConsumerId, InstallationId, PlanId, SubscriptionId, VersionId},
    key::{Algorithm, Purpose},
    limit::{Rate, RateParts},
    operation::Method,
    record::Batch,
    snapshot::{
        Client, PlanTerms, Right, RouteState, RoutedOperation, RoutedVersion, SCHEMA, Snapshot,
        VerificationKey, VerificationState,
    },
    staleness::Staleness,
    time::Timestamp,
};
use gatewright_gateway::{Config, Gateway, Handle};
use gatewright_testkit::{clock::FixedClock, echo::EchoUpstream, entropy::SeededEntropy};
use gatewright_token::{
    claims::AccessClaims,
    mint::{PrivateKey, generate},
};
use tokio::{runtime::Runtime, sync::mpsc::Receiver};

use crate::wire::{Answer, Line};

pub(crate) const ISSUER: &str = "https://id.gatewright.test";
pub(crate) const AUDIENCE: &str = "https://api.gatewright.test/orders/v1";
pub(crate) const PORTAL: &str = "https://portal.test";
pub(crate) const CLIENT: &str = "c_9f2";

/// A generous plan.
pub(crate) const PLENTY: RateParts = RateParts {
    requests: 1_000_000,
    per_seconds: 1,
    burst: 1_000_000,
};

pub(crate) struct Town {
    pub(crate) gateway: Option<Handle>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) upstream: EchoUpstream,
    pub(crate) snapshot: Snapshot,
    pub(crate) records: Receiver<Batch>,
    pub(crate) runtime: Runtime,
    pub(crate) mint: Mint,
}

/// A key that signs tokens.
pub(crate) struct Mint(PrivateKey);

impl Mint {
    pub(crate) fn new() -> Self {
        let key = generate(Algorithm::Es256).expect("a key");
        Self(
            PrivateKey::open(Algorithm::Es256, &key.private, key.public.kid())
                .expect("the same key"),
        )
    }

    /// The key as a snapshot lists it: it has been signing for a day.
    pub(crate) fn listed(&self) -> VerificationKey {
        let from = FixedClock::START.minus(Duration::from_secs(86_400));
        VerificationKey {
            kid: self.0.public().kid().clone(),
            jwk: self.0.public().to_json(),
            purpose: Purpose::Access,
            max_lifetime: None,
            state: VerificationState::Signed { from, until: None },
        }
    }

    pub(crate) fn sign(&self, change: impl FnOnce(&mut AccessClaims)) -> String {
        let mut claims = claims();
        change(&mut claims);
        self.0
            .sign(&claims)
            .expect("a token")
            .expose_once()
            .to_string()
    }
}

fn claims() -> AccessClaims {
    AccessClaims {
        issuer: ISSUER.to_owned(),
        subject: CLIENT.to_owned(),
        audience: vec![AUDIENCE.to_owned()],
        client_id: CLIENT.to_owned(),
        issued: FixedClock::START.minus(Duration::from_secs(60)),
        expires: FixedClock::START.plus(Duration::from_secs(600)),
        not_before: None,
        jti: "01JZ0000000000000000000TOWN".to_owned(),
        scopes: vec!["orders:v1:read".to_owned()],
        session: None,
        binding: None,
        actors: Vec::new(),
        signed_in: None,
        status: None,
    }
}

pub(crate) fn dice() -> SeededEntropy {
    SeededEntropy::new(7)
}

pub(crate) fn operation(method: Method, path: &str, requires: &[&str]) -> RoutedOperation {
    let alternative = requires
        .iter()
        .map(|scope| (*scope).to_owned())
        .collect::<Vec<_>>();
    let requires = if alternative.is_empty() {
        Vec::new()
    } else {
        vec![alternative]
    };
    RoutedOperation {
        method,
        path: path.to_owned(),
        requires,
    }
}

/// One API, `orders/v1`, one application subscribed to it.
pub(crate) fn snapshot(upstream: &str, keys: Vec<VerificationKey>) -> Snapshot {
    let (now, dice) = (FixedClock::START, dice());
    let (version, plan) = (VersionId::draw(now, &dice), PlanId::draw(now, &dice));
    let right = |dice: &SeededEntropy| Right {
        version,
        subscription: SubscriptionId::draw(now, dice),
        plan,
        paused: false,
        not_before: None,
    };
    Snapshot {
        schema: SCHEMA,
        installation: InstallationId::draw(now, &dice),
        epoch: 1,
        revision: 1,
        at: Some(now),
        issuer: ISSUER.to_owned(),
        leeway_s: 30,
        not_before: None,
        max_lifetime_s: 3600,
        keys,
        versions: vec![RoutedVersion {
            id: version,
            api: "orders".parse().expect("a name"),
            number: "v1".parse().expect("a number"),
            audience: AUDIENCE.to_owned(),
            upstream: upstream.parse().expect("an upstream"),
            state: RouteState::Published,
            not_before: None,
            staleness: Staleness::DEFAULT,
            successor: None,
            operations: vec![
                operation(Method::Get, "/orders", &["orders:v1:read"]),
                operation(Method::Post, "/orders", &["orders:v1:write"]),
                operation(Method::Get, "/orders/{id}", &["orders:v1:read"]),
                operation(Method::Delete, "/orders/{id}", &["orders:v1:write"]),
                operation(Method::Post, "/orders/{id}:cancel", &["orders:v1:write"]),
                operation(Method::Post, "/orders/{id}", &[]),
                operation(Method::Get, "/open", &[]),
                operation(Method::Head, "/open", &[]),
                operation(Method::Post, "/open", &[]),
                operation(Method::Put, "/open", &[]),
                operation(Method::Get, "/sse", &[]),
                operation(Method::Get, "/slow", &[]),
                operation(Method::Get, "/big", &[]),
                operation(Method::Get, "/status/{status}", &[]),
            ],
        }],
        clients: vec![Client {
            client_id: ClientId::from_wire(CLIENT.to_owned()),
            application: ApplicationId::draw(now, &dice),
            consumer: ConsumerId::draw(now, &dice),
            consumer_name: "Acme & Söhne".parse().expect("a name"),
            name: "Billing".parse().expect("a name"),
            not_before: None,
            consumer_not_before: None,
            disabled: false,
            rights: vec![right(&dice)],
        }],
        plans: vec![PlanTerms {
            id: plan,
            name: "free".parse().expect("a name"),
            rate: Rate::try_from(PLENTY).expect("a rate"),
            daily_quota: None,
        }],
        revoked: Vec::new(),
        revoked_sessions: Vec::new(),
        api_keys: Vec::new(),
        issuers: Vec::new(),
    }
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A town whose first snapshot is changed before it is offered.
    pub(crate) fn with(change: impl FnOnce(&mut Snapshot)) -> Self {
        Self::configured(|_| {}, change)
    }

    pub(crate) fn configured(
        configure: impl FnOnce(&mut Config),
        change: impl FnOnce(&mut Snapshot),
    ) -> Self {
        let upstream = EchoUpstream::start().expect("an upstream");
        let mint = Mint::new();
        let mut snapshot = snapshot(&upstream.url(), vec![mint.listed()]);
        change(&mut snapshot);
        let clock = Arc::new(FixedClock::default());
        let mut gateway = start(&clock, configure);
        gateway.offer(snapshot.clone()).expect("the first snapshot");
        let records = gateway.records().expect("the records");
        let runtime = Runtime::new().expect("a runtime");
        Self {
            gateway: Some(gateway),
            clock,
            upstream,
            snapshot,
            records,
            runtime,
            mint,
        }
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.gateway.as_ref().expect("a running gateway")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.handle().local_addr()
    }

    pub(crate) fn line(&self) -> Line {
        Line::to(self.address())
    }

    /// A token of the application with `orders:v1:read`.
    pub(crate) fn token(&self) -> String {
        self.mint.sign(|_| {})
    }

    /// Puts a changed snapshot in force, one revision later.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.snapshot);
        self.snapshot.revision += 1;
        self.handle()
            .offer(self.snapshot.clone())
            .expect("a newer snapshot");
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Answer {
        self.call("GET", path, &format!("Authorization: Bearer {token}\r\n"))
    }

    /// A request with these header lines, each ended.
    pub(crate) fn call(&self, method: &str, path: &str, lines: &str) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: gw.test\r\nConnection: close\r\n{lines}\r\n"
        );
        self.line().send(head).answer()
    }

    /// Everything recorded until now, once the gateway has been drained.
    pub(crate) fn drain(&mut self) -> Batch {
        let gateway = self.gateway.take().expect("a running gateway");
        let records = &mut self.records;
        self.runtime.block_on(async {
            gateway.drain(Duration::from_secs(5)).await;
            let mut all = Batch::default();
            while let Some(batch) = records.recv().await {
                all.records.extend(batch.records);
                all.decisions.extend(batch.decisions);
                all.dropped += batch.dropped;
            }
            all
        })
    }
}

pub(crate) fn start(clock: &Arc<FixedClock>, configure: impl FnOnce(&mut Config)) -> Handle {
    let mut config = Config::new("127.0.0.1:0".parse().expect("an address"), PORTAL);
    config.threads = NonZeroUsize::MIN;
    configure(&mut config);
    let shared = Arc::clone(clock);
    Gateway::start(config, shared, Arc::new(dice())).expect("a gateway")
}

pub(crate) fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}
