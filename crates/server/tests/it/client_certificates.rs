//! Clients behind the HAProxy of the distribution, under the configuration of the book: what it tells of their certificates is
//! taken, what they say themselves is not; and a token that is bound to a certificate opens nothing without it.

use std::{fs, net::SocketAddr, path::PathBuf, process::Command};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    checkout::TOP,
    http::Ask,
    instance::{Instance, Layout},
    program::{Place, Ran, ran},
    shop,
    verifier::{Proxy, free},
};

/// What makes an authority, a certificate of it, and one that signs itself, each for one day.
const CERTIFICATES: &str = r#"
set -e
new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" "${@:2}"; }
new ca -x509 -days 1 -subj '/CN=Clients of Example' -out clients.pem
new server -x509 -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost -out server.crt
cat server.crt server.key > portal.pem
new shop -subj '/C=DE/O=Example/CN=shop' -out shop.csr
openssl x509 -req -in shop.csr -CA clients.pem -CAkey ca.key -days 1 -out shop.pem
new own -x509 -days 1 -subj '/C=DE/O=Example/CN=shop' -out own.pem
"#;

/// An installation, HAProxy in front of its portal, and certificates.
struct Behind {
    instance: Instance,
    place: Place,
    client: String,
    listen: SocketAddr,
    _upstream: EchoUpstream,
    _haproxy: Proxy,
}

impl Behind {
    fn haproxy(engine: Engine, layout: Layout, certificates: &str, bind: &str) -> Self {
        let also = vec![
            ("GATEWRIGHT_TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            ("GATEWRIGHT_CLIENT_CERTIFICATES", certificates.to_owned()),
        ];
        let instance = Instance::founded_with(engine, layout, also);
        let upstream = EchoUpstream::start().unwrap();
        shop::open(&instance, &upstream.url());
        let client = instance.get("/applications/Shop/client")["client_id"].clone();
        let (place, listen) = (Place::new(), free());
        let made = ran(Command::new("bash")
            .current_dir(place.path())
            .args(["-c", CERTIFICATES]));
        assert_eq!(made.code, Some(0), "{made:?}");
        let config = place.path().join("haproxy.cfg");
        let portal = instance.portal.strip_prefix("http://").unwrap();
        let written = of_the_book()
            .replace("127.0.0.1:8600", portal)
            .replace(":443", &listen.to_string())
            .replace("verify optional", &format!("verify optional {bind}"))
            .replace("/etc/haproxy", &place.path().display().to_string());
        let times = "defaults\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n";
        fs::write(&config, format!("{times}{written}")).unwrap();
        let mut command = Command::new("/usr/sbin/haproxy");
        Self {
            _haproxy: Proxy::start(command.arg("-f").arg(&config), listen),
            client: client.as_str().unwrap().to_owned(),
            instance,
            place,
            listen,
            _upstream: upstream,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn edit(&self, terms: &Value) {
        let path = "/applications/Shop/client";
        let seen = self.instance.api("GET", path).send();
        let tag = seen.header("etag").to_owned();
        let edit = self.instance.api("PATCH", path).with("if-match", &tag);
        edit.json(terms).send().good(200);
    }

    /// Asks the token endpoint through HAProxy, with a certificate and whatever headers.
    fn ask(&self, certificate: Option<&str>, headers: &[&str]) -> Ran {
        let mut curl = Command::new("curl");
        curl.args([
            "-sS",
            "--max-time",
            "10",
            "-w",
            "\n%{http_code}",
            "--cacert",
        ])
        .arg(self.file("server.crt"))
        .args(["-d", "grant_type=client_credentials", "-d"])
        .arg(format!("client_id={}", self.client));
        if let Some(name) = certificate {
            curl.arg("--cert").arg(self.file(&format!("{name}.pem")));
            curl.arg("--key").arg(self.file(&format!("{name}.key")));
        }
        for header in headers {
            curl.args(["-H", header]);
        }
        let port = self.listen.port();
        ran(curl.arg(format!("https://localhost:{port}/oauth2/token")))
    }

    fn refused(&self, certificate: Option<&str>, headers: &[&str]) {
        let answer = self.ask(certificate, headers);
        assert!(answer.out.ends_with("\n401"), "{answer:?}");
        assert!(answer.out.contains("invalid_client"), "{answer:?}");
    }

    fn token(&self, certificate: &str) -> String {
        let answer = self.ask(Some(certificate), &["Client-Cert: :YWJj:"]);
        let body = answer.out.strip_suffix("\n200");
        let body: Value =
            serde_json::from_str(body.unwrap_or_else(|| panic!("{answer:?}"))).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A certificate as `Client-Cert` tells it.
    fn told(&self, certificate: &str) -> String {
        let pem = fs::read_to_string(self.file(&format!("{certificate}.pem"))).unwrap();
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        format!(":{}:", lines.collect::<String>())
    }
}

/// The configuration of HAProxy in the book.
fn of_the_book() -> String {
    let page = fs::read_to_string(format!("{TOP}/docs/book/src/configuration.md")).unwrap();
    let (_, rest) = page.split_once("```text\nfrontend").unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    format!("frontend{block}")
}

#[test]
fn p38_haproxy_under_the_configuration_of_the_book_tells_of_verified_certificates() {
    let behind = Behind::haproxy(Engine::Sqlite, Layout::Embedded, "verified", "");
    behind.edit(&json!({
        "auth_methods": ["tls_client_auth"],
        "tls_client_auth_subject_dn": "CN=shop,O=Example,C=DE",
        "tls_client_certificate_bound_access_tokens": true,
    }));
    let token = behind.token("shop");
    let claimed = format!("Client-Cert: {}", behind.told("shop"));
    behind.refused(None, &[]);
    behind.refused(None, &[&claimed]);
    behind.refused(None, &[&claimed, &claimed]);
    let unknown = behind.ask(Some("own"), &[]);
    assert_eq!(unknown.code, Some(56), "the handshake ends: {unknown:?}");

    let orders = format!("{}/orders/v1/orders", behind.instance.gateway);
    let call = |certificate: &str| {
        let ask = Ask::get(&orders).bearer(&token);
        ask.with("client-cert", certificate).send().status
    };
    assert_eq!(call(&behind.told("shop")), 200);
    assert_eq!(call(&behind.told("own")), 401);
    assert_eq!(
        behind
            .instance
            .call("GET", "/orders/v1/orders", &token)
            .status,
        401
    );
}

#[test]
fn p38_where_any_certificate_comes_through_only_registered_ones_prove_a_client() {
    let loose = "crt-ignore-err all ca-ignore-err all";
    let behind = Behind::haproxy(Engine::Postgres, Layout::Embedded, "any", loose);
    behind.edit(&json!({
        "auth_methods": ["tls_client_auth"],
        "tls_client_auth_subject_dn": "CN=shop,O=Example,C=DE",
    }));
    behind.refused(Some("own"), &[]);
    let own = behind.told("own");
    let own = own.trim_matches(':');
    behind.edit(&json!({
        "auth_methods": ["tls_client_auth", "self_signed_tls_client_auth"],
        "key_set": { "keys": [{ "kty": "EC", "x5c": [own] }] },
    }));
    behind.token("own");
    behind.refused(Some("shop"), &[]);
    behind.refused(None, &[&format!("Client-Cert: :{own}:")]);
}
