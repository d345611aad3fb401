//! A snapshot of a given size, and requests that it admits, spread evenly over what there is.

use std::{net::SocketAddr, time::Duration};

use gatewright_domain::{
    consumer::ClientId,
    entropy::Entropy,
    id::{ApplicationId, ConsumerId, InstallationId, PlanId, SubscriptionId, VersionId},
    key::{Algorithm, Purpose},
    limit::{Rate, RateParts},
    operation::Method,
    snapshot::{
        Client, PlanTerms, RevokedToken, Right, RouteState, RoutedOperation, RoutedVersion, SCHEMA,
        Snapshot, VerificationKey, VerificationState,
    },
    staleness::Staleness,
    token::Jti,
};
use gatewright_testkit::{clock::FixedClock, entropy::SeededEntropy};
use gatewright_token::{
    claims::AccessClaims,
    mint::{PrivateKey, generate},
};

use crate::{Outcome, Size};

const ISSUER: &str = "https://id.gatewright.test";
const READ: &str = "orders:v1:read";
const HOUR: Duration = Duration::from_secs(3600);

/// Above what any round sends: the limiter works on every request and stops none.
const PLENTY: RateParts = RateParts {
    requests: 1_000_000,
    per_seconds: 1,
    burst: 1_000_000,
};

/// A snapshot, and one request for each token.
pub(crate) struct Town {
    pub(crate) snapshot: Snapshot,
    pub(crate) requests: Vec<String>,
}

impl Town {
    pub(crate) fn of(size: &Size, upstream: SocketAddr) -> Outcome<Self> {
        let (now, dice) = (FixedClock::START, SeededEntropy::new(11));
        let keys = (0..size.keys).map(|_| key()).collect::<Outcome<Vec<_>>>()?;
        let versions = (0..size.apis).map(|number| version(number, upstream, &dice));
        let versions = versions.collect::<Outcome<Vec<_>>>()?;
        let plan = PlanTerms {
            id: PlanId::draw(now, &dice),
            name: "wide".parse()?,
            rate: Rate::try_from(PLENTY)?,
            daily_quota: None,
        };
        let place = |application: usize| application * size.apis / size.applications;
        let client = |number: usize| {
            let version = versions
                .get(place(number))
                .ok_or("there is no such version")?;
            client(number, version.id, plan.id, &dice)
        };
        let clients = (0..size.applications)
            .map(client)
            .collect::<Outcome<Vec<_>>>()?;
        let revoked = (0..size.revoked).map(|_| RevokedToken {
            jti: Jti::draw(&dice),
            expires: now.plus(HOUR),
        });
        let request = |number: usize| {
            let application = number * size.applications / size.tokens;
            let key = keys.get(number % size.keys).ok_or("there is no such key")?;
            request(key, application, place(application), &dice)
        };
        let requests = (0..size.tokens).map(request).collect::<Outcome<_>>()?;
        let snapshot = Snapshot {
            schema: SCHEMA,
            installation: InstallationId::draw(now, &dice),
            epoch: 1,
            revision: 1,
            at: Some(now),
            issuer: ISSUER.to_owned(),
            leeway_s: 30,
            not_before: None,
            max_lifetime_s: 7200,
            keys: keys.iter().map(listed).collect(),
            clients,
            plans: vec![plan],
            revoked: revoked.collect(),
            revoked_sessions: Vec::new(),
            api_keys: Vec::new(),
            issuers: Vec::new(),
            versions,
        };
        Ok(Self { snapshot, requests })
    }
}

fn key() -> Outcome<PrivateKey> {
    let new = generate(Algorithm::Es256)?;
    Ok(PrivateKey::open(
        Algorithm::Es256,
        &new.private,
        new.public.kid(),
    )?)
}

fn listed(key: &PrivateKey) -> VerificationKey {
    let from = FixedClock::START.minus(24 * HOUR);
    VerificationKey {
        kid: key.public().kid().clone(),
        jwk: key.public().to_json(),
        purpose: Purpose::Access,
        max_lifetime: None,
        state: VerificationState::Signed { from, until: None },
    }
}

fn version(number: usize, upstream: SocketAddr, dice: &dyn Entropy) -> Outcome<RoutedVersion> {
    let operation = |method, path: &str| RoutedOperation {
        method,
        path: path.to_owned(),
        requires: vec![vec![READ.to_owned()]],
    };
    Ok(RoutedVersion {
        id: VersionId::draw(FixedClock::START, dice),
        api: format!("api-{number}").parse()?,
        number: "v1".parse()?,
        audience: audience(number),
        upstream: format!("http://{upstream}").parse()?,
        state: RouteState::Published,
        not_before: None,
        staleness: Staleness::DEFAULT,
        successor: None,
        operations: vec![
            operation(Method::Get, "/orders"),
            operation(Method::Post, "/orders"),
            operation(Method::Get, "/orders/{id}"),
        ],
    })
}

fn audience(api: usize) -> String {
    format!("https://api.gatewright.test/api-{api}/v1")
}

fn client(number: usize, version: VersionId, plan: PlanId, dice: &dyn Entropy) -> Outcome<Client> {
    let now = FixedClock::START;
    Ok(Client {
        client_id: ClientId::from_wire(client_id(number)),
        application: ApplicationId::draw(now, dice),
        consumer: ConsumerId::draw(now, dice),
        consumer_name: "Acme".parse()?,
        name: format!("shop {number}").parse()?,
        not_before: None,
        consumer_not_before: None,
        disabled: false,
        rights: vec![Right {
            version,
            subscription: SubscriptionId::draw(now, dice),
            plan,
            paused: false,
            not_before: None,
        }],
    })
}

fn client_id(number: usize) -> String {
    format!("c_{number}")
}

fn request(
    key: &PrivateKey,
    application: usize,
    api: usize,
    dice: &dyn Entropy,
) -> Outcome<String> {
    let now = FixedClock::START;
    let claims = AccessClaims {
        issuer: ISSUER.to_owned(),
        subject: client_id(application),
        audience: vec![audience(api)],
        client_id: client_id(application),
        issued: now.minus(HOUR / 60),
        expires: now.plus(HOUR),
        not_before: None,
        jti: Jti::draw(dice).as_str().to_owned(),
        scopes: vec![READ.to_owned()],
        session: None,
        binding: None,
        actors: Vec::new(),
        signed_in: None,
        status: None,
    };
    let token = key.sign(&claims)?.expose_once();
    Ok(format!(
        "GET /api-{api}/v1/orders/7 HTTP/1.1\r\nHost: api.gatewright.test\r\nAuthorization: Bearer {}\r\n\r\n",
        *token
    ))
}
