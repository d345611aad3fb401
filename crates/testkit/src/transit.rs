//! A key service that knows the calls of a transit engine that we make. It keeps what it was given instead of encrypting it, and
//! gives it back to whoever shows ciphertext and associated data together; its signatures are real.

mod pair;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use anyhow::{Context, Result};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use pair::{How, Pair};

/// What the service lets in.
pub const TOKEN: &str = "hvs.a-token-for-tests";

/// How the service is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// It answers.
    #[default]
    Well,
    /// It is sealed: 503.
    Sealed,
    /// It never answers.
    Silent,
    /// It answers with something that is not its own.
    Babbling,
}

/// How the service signs wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// In DER, whatever it is asked for.
    Der,
    /// By PSS with the longest salt that fits, whatever it is asked for.
    LongSalt,
    /// With a later version of the key.
    LaterVersion,
    /// With another key.
    AnotherKey,
}

/// A running key service on a free port of 127.0.0.1, in a thread of its own; it stops when it is dropped.
#[derive(Debug)]
pub struct FakeTransit {
    address: SocketAddr,
    desk: Arc<Mutex<Desk>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Desk {
    mood: Mood,
    /// The keys with their types.
    keys: BTreeMap<String, String>,
    /// Key, ciphertext and associated data, with the plaintext.
    kept: BTreeMap<(String, String, String), String>,
    /// The pairs of the keys that sign.
    pairs: BTreeMap<String, Pair>,
    fault: Option<Fault>,
}

impl FakeTransit {
    /// Starts it; it listens when this returns.
    ///
    /// # Errors
    /// When no port is free or no thread can be started.
    pub fn start() -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Mutex::new(Desk::default()));
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("could not start a runtime for the key service")?;
        let shared = Arc::clone(&desk);
        let thread = std::thread::Builder::new()
            .name("fake-transit".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::select! {
                        _ = accept(listener, shared) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            address,
            desk,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Makes a key of a type, for instance `aes256-gcm96`.
    pub fn make_key(&self, name: &str, kind: &str) {
        self.at_desk(|desk| desk.keys.insert(name.to_owned(), kind.to_owned()));
    }

    /// Changes how it is.
    pub fn turn(&self, mood: Mood) {
        self.at_desk(|desk| desk.mood = mood);
    }

    /// Lets it sign wrongly from now on, or rightly again.
    pub fn sign_with(&self, fault: Option<Fault>) {
        self.at_desk(|desk| desk.fault = fault);
    }

    /// The names of its keys.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.at_desk(|desk| desk.keys.keys().cloned().collect())
    }

    /// The address of the engine as settings write it.
    #[must_use]
    pub fn mount(&self) -> String {
        format!("vault:http://{}/transit", self.address)
    }

    /// The address of a key as settings write it, without `vault:`.
    #[must_use]
    pub fn address_of(&self, key: &str) -> String {
        format!("http://{}/transit/keys/{key}", self.address)
    }

    fn at_desk<R>(&self, work: impl FnOnce(&mut Desk) -> R) -> R {
        work(&mut self.desk.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for FakeTransit {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the service's thread has already been printed.
            drop(thread.join());
        }
    }
}

async fn accept(listener: std::net::TcpListener, desk: Arc<Mutex<Desk>>) -> Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &desk));
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A client that goes away is part of what tests do.
            drop(serving.await);
        });
    }
}

type Answer = Result<Response<Full<Bytes>>, hyper::Error>;

async fn answer(request: Request<Incoming>, desk: &Mutex<Desk>) -> Answer {
    let token = request.headers().get("X-Vault-Token").cloned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = request.into_body().collect().await?.to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mood = desk.lock().unwrap_or_else(PoisonError::into_inner).mood;
    let (status, value) = match mood {
        Mood::Silent => std::future::pending().await,
        Mood::Sealed => refused(StatusCode::SERVICE_UNAVAILABLE, "Vault is sealed"),
        Mood::Babbling => (StatusCode::OK, json!("good morning")),
        Mood::Well if token.is_none_or(|token| token != TOKEN) => {
            refused(StatusCode::FORBIDDEN, "permission denied")
        }
        Mood::Well => {
            let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
            serve(&mut desk, &method, &path, &body)
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    Ok(response)
}

fn refused(status: StatusCode, why: &str) -> (StatusCode, Value) {
    (status, json!({ "errors": [why] }))
}

fn serve(desk: &mut Desk, method: &Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let parts: Vec<&str> = path.trim_start_matches("/v1/transit/").split('/').collect();
    let (verb, key) = match parts.as_slice() {
        ["keys", key, "config"] => ("config", *key),
        [verb, key] => (*verb, *key),
        _ => return refused(StatusCode::NOT_FOUND, "no handler for route"),
    };
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if (method.as_str(), verb) == ("POST", "keys") && !desk.keys.contains_key(key) {
        let kind = text("type");
        return match Pair::generate(&kind) {
            Ok(pair) => {
                desk.keys.insert(key.to_owned(), kind);
                desk.pairs.insert(key.to_owned(), pair);
                (StatusCode::OK, Value::Null)
            }
            Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
        };
    }
    let Some(kind) = desk.keys.get(key).cloned() else {
        return refused(StatusCode::NOT_FOUND, "");
    };
    match (method.as_str(), verb) {
        ("POST", "keys" | "config") => (StatusCode::OK, Value::Null),
        ("DELETE", "keys") => {
            desk.keys.remove(key);
            desk.pairs.remove(key);
            (StatusCode::NO_CONTENT, Value::Null)
        }
        ("GET", "keys") => {
            let public = desk.pairs.get(key).and_then(|pair| pair.public().ok());
            let about = json!({
                "type": kind, "derived": false, "exportable": false, "latest_version": 1,
                "keys": { "1": { "public_key": public } },
            });
            (StatusCode::OK, json!({ "data": about }))
        }
        ("POST", "sign") => match signature(desk, key, body) {
            Ok(signature) => (
                StatusCode::OK,
                json!({ "data": { "signature": signature } }),
            ),
            Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
        },
        ("POST", "encrypt") => {
            let ciphertext = format!("vault:v1:{:012}", desk.kept.len());
            let shown = (key.to_owned(), ciphertext.clone(), text("associated_data"));
            desk.kept.insert(shown, text("plaintext"));
            (
                StatusCode::OK,
                json!({ "data": { "ciphertext": ciphertext } }),
            )
        }
        ("POST", "decrypt") => {
            let shown = (key.to_owned(), text("ciphertext"), text("associated_data"));
            match desk.kept.get(&shown) {
                Some(plain) => (StatusCode::OK, json!({ "data": { "plaintext": plain } })),
                None => refused(
                    StatusCode::BAD_REQUEST,
                    "cipher: message authentication failed",
                ),
            }
        }
        _ => refused(StatusCode::METHOD_NOT_ALLOWED, "unsupported operation"),
    }
}

/// As Vault does: DER in base64 unless it is told `jws`, PSS with the longest salt unless it is told `pkcs1v15` or `hash`.
fn signature(desk: &Desk, key: &str, body: &Value) -> Result<String> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (jws, fault) = (text("marshaling_algorithm") == "jws", desk.fault);
    let pair = desk.pairs.get(key).context("it does not sign")?;
    let another;
    let pair = if fault == Some(Fault::AnotherKey) {
        let kind = desk.keys.get(key).context("it has a type")?;
        another = Pair::generate(kind)?;
        &another
    } else {
        pair
    };
    let how = match (fault, pair) {
        (Some(Fault::Der), _) => How::Asn1,
        (Some(Fault::LongSalt), Pair::Rsa(_)) => How::PssLong,
        (_, Pair::Rsa(_)) if text("signature_algorithm") == "pkcs1v15" => How::Pkcs1,
        (_, Pair::Rsa(_)) if text("salt_length") == "hash" => How::Pss,
        (_, Pair::Rsa(_)) => How::PssLong,
        _ if jws => How::Fixed,
        _ => How::Asn1,
    };
    let signature = pair.sign(&STANDARD.decode(text("input"))?, how)?;
    let written = if jws && fault != Some(Fault::Der) {
        URL_SAFE_NO_PAD.encode(signature)
    } else {
        STANDARD.encode(signature)
    };
    let version = if fault == Some(Fault::LaterVersion) {
        2
    } else {
        1
    };
    Ok(format!("vault:v{version}:{written}"))
}
