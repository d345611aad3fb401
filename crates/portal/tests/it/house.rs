//! A control plane with an administrator and their access token, and the requests that tests send to it.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix_web::{
    App as Actix,
    http::{
        Method,
        header::{HeaderMap, HeaderName},
    },
    middleware::from_fn,
    test::{TestRequest, call_service, init_service, read_body},
    web::{Bytes, Data, PayloadConfig},
};
use futures_util::future::LocalBoxFuture;
use gatewright_domain::{
    access::{Caller, Role},
    client::Vouched,
    id::{OperatorId, TeamId},
    key::Algorithm,
    operator::Assignment,
    plan::Lifetime,
    ring::Timing,
    secret::Secret,
};
use gatewright_keys::{Kek, Keys, KeysConfig};
use gatewright_operators::{AccessTokenWish, Admit, Operators, Password};
use gatewright_portal::{
    internal::snapshots::Snapshots,
    metrics::Meters,
    routes::routes,
    web::{
        app::{App, Place, Proxies, SelfRegistration},
        present::present,
    },
};
use gatewright_registry::{Registry, UpstreamPolicy};
use gatewright_store::Store;
use gatewright_testkit::{
    clock::FixedClock,
    database::{DatabaseUrl, database_urls},
    entropy::SeededEntropy,
};
use serde_json::Value;

pub(crate) const PASSWORD: &str = "a long and boring password";

pub(crate) const METRICS_TOKEN: &str = "what-prometheus-says";

type Asks = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) clock: Arc<FixedClock>,
    asks: Asks,
    admin: String,
    _url: DatabaseUrl,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request that is being put together.
pub(crate) struct Ask<'a> {
    house: &'a House,
    request: TestRequest,
}

impl House {
    /// The same house on SQLite and on PostgreSQL.
    pub(crate) async fn both() -> Vec<Self> {
        let mut houses = Vec::new();
        for url in database_urls().unwrap() {
            houses.push(Self::over(url).await);
        }
        houses
    }

    /// A house on SQLite, where the engine makes no difference.
    pub(crate) async fn one() -> Self {
        Self::over(DatabaseUrl::sqlite().unwrap()).await
    }

    async fn over(url: DatabaseUrl) -> Self {
        let (clock, entropy) = (
            Arc::new(FixedClock::default()),
            Arc::new(SeededEntropy::new(7)),
        );
        let store = Store::open(&url, entropy.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let config = KeysConfig {
            issuer: "https://portal.example".to_owned(),
            audience_base: "https://api.example".to_owned(),
            timing: Timing {
                max_lifetime: Lifetime::LONGEST,
                ..Timing::DEFAULT
            },
            jwks_max_age: Duration::from_secs(300),
            verifier_cache: Duration::from_secs(3600),
            token_algorithm: Algorithm::Es256,
            status_lists: "https://portal.example/oauth2/status-lists".to_owned(),
        };
        let terms = config.terms();
        let kek = Kek::draw(&*entropy);
        let keys = Keys::new(store.clone(), kek, clock.clone(), entropy.clone(), config);
        keys.ensure_ring(&Caller::job("start")).await.unwrap();
        let upstreams = UpstreamPolicy {
            allow: vec!["*".parse().unwrap()],
        };
        let operators = Operators::new(store.clone(), clock.clone(), entropy.clone());
        let app = App {
            registry: Registry::new(store.clone(), clock.clone(), entropy.clone(), upstreams),
            keys,
            operators,
            reader: store.reader(),
            attempts: store.attempts(),
            clock: clock.clone(),
            entropy,
            place: Place {
                portal: "https://portal.example".to_owned(),
                gateway: "https://api.example".to_owned(),
            },
            proxies: Proxies {
                trusted: Vec::new(),
                vouched: Vouched::Verified,
            },
            terms,
            registration: SelfRegistration::Closed,
            snapshots: Snapshots::default(),
            meters: Meters::default(),
            metrics_token: Some(Arc::new(Secret::new(METRICS_TOKEN.to_owned()))),
        };
        let password = Password::new(PASSWORD.to_owned()).unwrap();
        let ada = app
            .operators
            .set_up_at_terminal("ada".parse().unwrap(), password)
            .await
            .unwrap();
        let admin = access_token(&app, ada.id()).await;
        Self {
            asks: serve(&app).await,
            app,
            clock,
            admin,
            _url: url,
        }
    }

    /// Serves the app anew, after a part of it was exchanged.
    pub(crate) async fn serve_again(&mut self) {
        self.asks = serve(&self.app).await;
    }

    /// An access token of a fresh publisher who is in one team only.
    pub(crate) async fn publisher_of(&self, team: TeamId) -> String {
        let command_line = Caller::command_line();
        let assignment = Assignment {
            role: Role::Publisher,
            teams: [team].into(),
        };
        let password = Password::new(PASSWORD.to_owned()).unwrap();
        let admit = Admit {
            name: "bob".parse().unwrap(),
            assignment,
            password,
        };
        let bob = self
            .app
            .operators
            .admit(&command_line, admit)
            .await
            .unwrap();
        access_token(&self.app, bob.id()).await
    }

    /// A request of nobody known.
    pub(crate) fn stranger(&self, method: &str, path: &str) -> Ask<'_> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = TestRequest::with_uri(path).method(method);
        Ask {
            house: self,
            request,
        }
    }

    /// A request with somebody's token.
    pub(crate) fn bearer(&self, token: &str, method: &str, path: &str) -> Ask<'_> {
        self.stranger(method, path)
            .with("authorization", &format!("Bearer {token}"))
    }

    /// The administrator's access token.
    pub(crate) fn admin_token(&self) -> &str {
        &self.admin
    }

    /// A request of the administrator.
    pub(crate) fn admin(&self, method: &str, path: &str) -> Ask<'_> {
        self.bearer(&self.admin, method, &format!("/api/v1{path}"))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.admin("GET", path).send().await.good(200)
    }

    /// The tag of a thing, for `If-Match`.
    pub(crate) async fn tag(&self, path: &str) -> String {
        self.admin("GET", path)
            .send()
            .await
            .header("etag")
            .to_owned()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.admin("POST", path).json(&body).await
    }

    /// How many events the trail holds.
    pub(crate) async fn events(&self) -> u64 {
        self.app.reader.revision().await.unwrap()
    }
}

impl Ask<'_> {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request = self.request.insert_header((name, value));
        self
    }

    /// The same header once more.
    pub(crate) fn appended(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.request = self.request.append_header((name, value));
        self
    }

    /// The same over a connection from this address.
    pub(crate) fn from(mut self, address: &str) -> Self {
        self.request = self.request.peer_addr(address.parse().unwrap());
        self
    }

    pub(crate) async fn json(mut self, body: &Value) -> Answer {
        self.request = self.request.set_json(body);
        self.send().await
    }

    pub(crate) async fn raw(mut self, media: &str, body: impl Into<Bytes>) -> Answer {
        self.request = self
            .request
            .insert_header(("content-type", media))
            .set_payload(body.into());
        self.send().await
    }

    pub(crate) async fn send(self) -> Answer {
        (self.house.asks)(self.request).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body of an answer of this status.
    pub(crate) fn good(&self, status: u16) -> Value {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self.json()
    }

    /// The document of a problem of this name.
    pub(crate) fn problem(&self, slug: &str) -> Value {
        let document = self.json();
        let media = self.header("content-type");
        assert_eq!(media, "application/problem+json", "{slug}: {document}");
        let kind = format!("https://portal.example/help/errors/{slug}");
        assert_eq!(document["type"], kind, "{document}");
        assert_eq!(document["status"], self.status, "{document}");
        document
    }
}

async fn access_token(app: &App, owner: OperatorId) -> String {
    let name = "test".parse().unwrap();
    let wish = AccessTokenWish {
        name,
        role: None,
        lifetime: Duration::from_secs(86_400),
    };
    let issued = app
        .operators
        .issue_access_token(&Caller::command_line(), owner, wish)
        .await;
    issued.unwrap().text.lend(Clone::clone)
}

async fn serve(app: &App) -> Asks {
    let actix = Actix::new()
        .app_data(Data::new(app.clone()))
        .app_data(PayloadConfig::new(16 * 1024 * 1024))
        .wrap(from_fn(present))
        .configure(routes);
    let service = Rc::new(init_service(actix).await);
    Box::new(move |request| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let response = call_service(&*service, request.to_request()).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Answer {
                status,
                headers,
                body: read_body(response).await,
            }
        })
    })
}
