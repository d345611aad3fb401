//! Configurations for other people's verifiers: the recipes, filled in for this installation or for a sandbox.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use gatewright_token::{jwk::PublicJwk, jwks};

use super::sandbox;
use crate::{
    config::Settings,
    failure::{Code, Failure},
    house::House,
    output::line,
    say,
};

pub(super) const AFTER_HELP: &str = "\
nginx      asks a gateway about every request (auth_request): everything is enforced, revocation included
haproxy    verifies by itself, with the public keys as PEM files beside it
apache     verifies by itself with mod_oauth2, which fetches the key set; only the lifetime it cannot bound
spring     Spring Security, a resource server of Java
node       jose, for Node.js
python     joserfc, for Python

Each says what it cannot do. Try the outcome: gatewright verifier sandbox trial, then print the configuration with
--sandbox trial, then gatewright verifier check URL --sandbox trial.";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What verifies
    kind: Kind,
    /// The version that is guarded, as API/VERSION
    #[arg(long, value_name = "API/VERSION", required_unless_present = "sandbox")]
    api: Option<String>,
    /// Fill it in for a sandbox instead of this installation
    #[arg(long, value_name = "DIR", conflicts_with = "api")]
    sandbox: Option<PathBuf>,
    /// Where the verifier fetches the key set
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// Where requests go once they are verified
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9000")]
    upstream: String,
    /// Where the proxy listens
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// The directory of the public keys as PEM, for haproxy
    #[arg(long, value_name = "DIR", default_value = "/etc/haproxy/gatewright")]
    keys_dir: PathBuf,
    /// Write the public keys there
    #[arg(long)]
    write_keys: bool,
}

/// What verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Nginx,
    Haproxy,
    Apache,
    Spring,
    Node,
    Python,
}

impl Kind {
    const fn recipe(self) -> &'static str {
        match self {
            Self::Nginx => include_str!("recipes/nginx.conf"),
            Self::Haproxy => include_str!("recipes/haproxy.cfg"),
            Self::Apache => include_str!("recipes/apache.conf"),
            Self::Spring => include_str!("recipes/spring.java"),
            Self::Node => include_str!("recipes/node.mjs"),
            Self::Python => include_str!("recipes/python.py"),
        }
    }
}

/// What a verifier must know.
struct Terms {
    issuer: String,
    audience: String,
    jwks_uri: String,
    portal: String,
    gateway: String,
    leeway_s: u64,
    max_lifetime_s: u32,
    keys: Vec<PublicJwk>,
}

/// Prints a configuration.
pub(super) async fn print(arguments: Arguments, settings: &Settings) -> Result<ExitCode> {
    let terms = match &arguments.sandbox {
        Some(dir) => of_sandbox(dir, settings)?,
        None => of_installation(arguments.api.as_deref().unwrap_or_default(), settings).await?,
    };
    if arguments.write_keys {
        write_keys(&arguments.keys_dir, &terms.keys)?;
    }
    let filled = fill(&arguments, &terms)?;
    line(filled.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// A sandbox's key set is served by `serve-keys`, wherever that listens unless told otherwise.
fn of_sandbox(dir: &Path, settings: &Settings) -> Result<Terms> {
    let sandbox = sandbox::read(dir)?;
    Ok(Terms {
        issuer: sandbox.issuer.clone(),
        audience: sandbox.audience.clone(),
        jwks_uri: "http://127.0.0.1:8699/jwks".to_owned(),
        portal: sandbox.issuer.clone(),
        gateway: settings.gateway_listen.to_string(),
        leeway_s: 30,
        max_lifetime_s: 3600,
        keys: jwks::read(sandbox.jwks().as_bytes())?,
    })
}

async fn of_installation(api: &str, settings: &Settings) -> Result<Terms> {
    let is_version = |(name, number): (&str, &str)| {
        name.parse::<gatewright_domain::text::ApiName>().is_ok()
            && number
                .parse::<gatewright_domain::text::VersionNumber>()
                .is_ok()
    };
    if !api.split_once('/').is_some_and(is_version) {
        let message = format!("`{api}` names no version");
        let next = "write it as --api orders/v1";
        return Err(Failure::new(Code::Usage, message).next(next).into());
    }
    let house = House::for_command(settings).await?;
    let place = &house.place;
    let set = house.keys.jwks().await?;
    let keys = jwks::read(set.body.as_bytes())?;
    if keys.is_empty() {
        let next = "start the server once, which makes the first key";
        return Err(Failure::new(Code::NotFound, "there is no key yet")
            .next(next)
            .into());
    }
    let host = place.gateway.split_once("://");
    Ok(Terms {
        issuer: place.issuer.clone(),
        audience: format!("{}/{api}", place.gateway),
        jwks_uri: format!("{}/oauth2/jwks", place.portal),
        portal: place.portal.clone(),
        gateway: host
            .map_or(place.gateway.as_str(), |(_, host)| host)
            .to_owned(),
        leeway_s: settings.timing.leeway.as_secs(),
        max_lifetime_s: settings.timing.max_lifetime.seconds(),
        keys,
    })
}

fn fill(arguments: &Arguments, terms: &Terms) -> Result<String> {
    let given = [&terms.issuer, &terms.audience, &terms.jwks_uri];
    let given = given.into_iter().chain(&arguments.jwks_uri);
    for value in given.chain([&arguments.upstream]) {
        fits(value)?;
    }
    let jwks_uri = arguments.jwks_uri.as_ref().unwrap_or(&terms.jwks_uri);
    let upstream = arguments.upstream.trim_end_matches('/');
    let host = upstream
        .split_once("://")
        .map_or(upstream, |(_, host)| host);
    let realm = terms.audience.rsplit('/').take(2).collect::<Vec<_>>();
    let realm = realm.into_iter().rev().collect::<Vec<_>>().join("-");
    let algorithms: Vec<&str> = algorithms(&terms.keys);
    let quoted = |list: &[&str]| {
        let each: Vec<String> = list.iter().map(|name| format!("\"{name}\"")).collect();
        each.join(", ")
    };
    let java: Vec<String> = algorithms
        .iter()
        .map(|name| format!("SignatureAlgorithm.{name}"))
        .collect();
    let filling = [
        ("issuer", terms.issuer.clone()),
        ("audience", terms.audience.clone()),
        ("audience_pattern", escaped(&terms.audience)),
        ("jwks_uri", jwks_uri.clone()),
        ("ssl_verify", jwks_uri.starts_with("https:").to_string()),
        ("portal", terms.portal.clone()),
        ("gateway", terms.gateway.clone()),
        ("realm", realm),
        ("upstream", upstream.to_owned()),
        ("upstream_address", host.to_owned()),
        ("listen", arguments.listen.to_string()),
        ("listen_port", arguments.listen.port().to_string()),
        ("leeway", terms.leeway_s.to_string()),
        ("max_lifetime", terms.max_lifetime_s.to_string()),
        ("algorithms", quoted(&algorithms)),
        ("algorithm_pattern", algorithms.join("|")),
        ("algorithms_java", java.join(", ")),
        ("verify", haproxy_keys(&arguments.keys_dir, &terms.keys)),
    ];
    let mut text = arguments.kind.recipe().to_owned();
    for (name, value) in filling {
        text = text.replace(&format!("{{{{{name}}}}}"), &value);
    }
    Ok(text)
}

/// Refuses what would end a text of a configuration and begin something else.
fn fits(value: &str) -> Result<()> {
    let odd = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(
                character,
                '"' | '\'' | '\\' | '$' | '{' | '}' | ';' | '#' | '`' | '%'
            )
    };
    if value.chars().any(odd) {
        let message = format!("{value:?} cannot stand in a configuration");
        let next = "use an address without blanks, quotes, braces, `$`, `#`, `%` and `;`";
        return Err(Failure::new(Code::Usage, message).next(next).into());
    }
    Ok(())
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        if ".+*?()[]|^$".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

fn algorithms(keys: &[PublicJwk]) -> Vec<&'static str> {
    let mut names: Vec<&str> = keys.iter().map(|key| key.algorithm().name()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// One line for each key: the algorithm is written here, and the token may only agree.
fn haproxy_keys(dir: &Path, keys: &[PublicJwk]) -> String {
    let each = keys.iter().map(|key| {
        let (kid, algorithm) = (key.kid(), key.algorithm());
        let file = dir.join(format!("{kid}.pem"));
        format!(
            "    http-request set-var(txn.signed) var(txn.token),jwt_verify(\"{algorithm}\",\"{}\") if \
             {{ var(txn.kid) -m str -- {kid} }} {{ var(txn.alg) -m str {algorithm} }}",
            file.display()
        )
    });
    each.collect::<Vec<_>>().join("\n")
}

fn write_keys(dir: &Path, keys: &[PublicJwk]) -> Result<()> {
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    for key in keys {
        let path = dir.join(format!("{}.pem", key.kid()));
        fs::write(&path, key.to_pem())
            .with_context(|| format!("could not write {}", path.display()))?;
        say!("Wrote {}", path.display());
    }
    Ok(())
}
