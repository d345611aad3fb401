//! Settings: defaults, then `gatewright.toml`, then the environment, then flags; every value remembers its source.
//!
//! Invariant: a setting that does not exist is an error, wherever it is said.

pub(crate) mod key;
mod masked;
pub(crate) mod said;
mod values;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use figment::Figment;
use gatewright_custody::{KekSource, Libraries, SigningSource, Unlocking};
use gatewright_domain::{
    client::Vouched,
    key::Algorithm,
    network::{HostPattern, Network},
    plan::Lifetime,
    ring::Timing,
    secret::Secret,
};
use serde::Deserialize;

use crate::{
    config::{
        key::{Fallback, KEYS, Key, Shown},
        masked::{each_masked, plainly},
        said::Said,
        values::{base_url, kek_source, networks, patterns, source_of, sources_of, sqlite_in},
    },
    failure::{Code, Failure},
};

/// The file that is read when no other is named, if it is there.
pub(crate) const FILE: &str = "gatewright.toml";

/// The settings of this run.
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: Secret<String>,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) gateway: bool,
    pub(crate) gateway_listen: SocketAddr,
    pub(crate) gateway_url: Option<String>,
    pub(crate) gateway_workers: Option<NonZeroUsize>,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) client_certificates: Vouched,
    pub(crate) issuer: Option<String>,
    pub(crate) kek: KekSource,
    pub(crate) kek_others: Vec<KekSource>,
    pub(crate) unlocking: Unlocking,
    pub(crate) signing: SigningSource,
    pub(crate) signing_others: Vec<SigningSource>,
    pub(crate) signing_unlocking: Unlocking,
    pub(crate) timing: Timing,
    pub(crate) jwks_max_age: Duration,
    pub(crate) verifier_cache: Duration,
    pub(crate) token_algorithm: Algorithm,
    pub(crate) upstream_allow: Option<Vec<HostPattern>>,
    pub(crate) issuer_allow: Option<Vec<HostPattern>>,
    pub(crate) client_registration: bool,
    pub(crate) log: Option<LogFormat>,
    pub(crate) log_level: String,
    pub(crate) metrics_token: Option<Secret<String>>,
    pub(crate) grace: Duration,
    /// Every setting as it may be shown, in the order of `KEYS`.
    pub(crate) sources: Vec<Sourced>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The source of a setting that nobody said.
pub(crate) const DEFAULT: &str = "default";

/// A setting as it may be shown.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Sourced {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    pub(crate) source: String,
}

/// The settings as they are written.
#[derive(Deserialize)]
struct Written {
    data_dir: PathBuf,
    database_url: Option<String>,
    listen: SocketAddr,
    public_url: Option<String>,
    gateway: bool,
    gateway_listen: SocketAddr,
    gateway_url: Option<String>,
    gateway_workers: Option<NonZeroUsize>,
    trusted_proxies: Option<Vec<String>>,
    client_certificates: String,
    issuer: Option<String>,
    kek: Option<String>,
    kek_others: Option<Vec<String>>,
    kek_passphrase: Option<String>,
    kek_pin: Option<String>,
    kek_token: Option<String>,
    signing: String,
    signing_others: Option<Vec<String>>,
    signing_pin: Option<String>,
    signing_token: Option<String>,
    rotation_period_s: u64,
    publication_lead_s: u64,
    leeway_s: u64,
    max_token_lifetime_s: u64,
    jwks_max_age_s: u64,
    verifier_cache_s: u64,
    token_algorithm: String,
    upstream_allow: Option<Vec<String>>,
    issuer_allow: Option<Vec<String>>,
    client_registration: bool,
    log: Option<LogFormat>,
    log_level: String,
    metrics_token: Option<String>,
    grace_s: u64,
}

/// Where settings are said, beside the defaults.
pub(crate) struct Sources<'a> {
    /// The file.
    pub(crate) file: File<'a>,
    /// The environment.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// The flags.
    pub(crate) flags: Vec<Said>,
}

/// Which file says settings.
#[derive(Clone, Copy, Debug)]
pub(crate) enum File<'a> {
    /// The one named by `--config`, which must be there.
    Named(&'a Path),
    /// `gatewright.toml`, if it is there.
    IfThere,
    /// None.
    None,
}

/// Gathers the settings.
///
/// # Errors
/// A failure of usage that names the setting, its source, and for an unknown one the nearest that is known.
pub(crate) fn gather(sources: Sources<'_>) -> Result<Settings> {
    let mut said = Vec::new();
    match sources.file {
        File::Named(file) => said.extend(said::by_file(file)?),
        File::IfThere if Path::new(FILE).exists() => {
            said.extend(said::by_file(Path::new(FILE))?);
        }
        File::IfThere | File::None => {}
    }
    said.extend(said::by_environment(sources.environment)?);
    said.extend(sources.flags);
    let figment = said.into_iter().fold(defaults()?, Figment::merge);
    let written: Written = figment.extract().map_err(|error| wrong(&error))?;
    let sources = KEYS.iter().map(|key| sourced(key, &figment)).collect();
    settings(written, sources)
}

fn defaults() -> Result<Figment> {
    let fixed = KEYS.iter().filter_map(|key| match key.default {
        Fallback::Is(value) => Some(format!("{} = {value}\n", key.name)),
        Fallback::Follows(_) => None,
    });
    let text: String = fixed.collect();
    let provider = <figment::providers::Toml as figment::providers::Format>::string(&text);
    Ok(Figment::from(provider))
}

/// What figment says of a value that does not fit, with the place where it was said.
fn wrong(error: &figment::Error) -> Failure {
    let source = error.metadata.as_ref().map_or("", |found| &found.name);
    let key = error.path.join(".");
    refuse(&key, format!("{source}: `{key}`: {}", error.kind))
}

/// A setting that cannot be so, with what it is for.
pub(crate) fn refuse(key: &str, message: String) -> Failure {
    let failure = Failure::new(Code::Usage, message);
    match Key::named(key) {
        Some(key) => failure.next(key.advice()),
        None => failure,
    }
}

fn settings(written: Written, sources: Vec<Sourced>) -> Result<Settings> {
    let max_lifetime = Lifetime::try_from(written.max_token_lifetime_s).map_err(|error| {
        refuse(
            "max_token_lifetime_s",
            format!("`max_token_lifetime_s`: {error}"),
        )
    })?;
    if written.leeway_s > 120 {
        return Err(refuse("leeway_s", "`leeway_s` is at most 120".to_owned()).into());
    }
    let token_algorithm = written.token_algorithm.parse();
    let token_algorithm = token_algorithm
        .map_err(|error| refuse("token_algorithm", format!("`token_algorithm`: {error}")))?;
    let vouched = written.client_certificates.parse();
    let vouched = vouched.map_err(|error| {
        refuse(
            "client_certificates",
            format!("`client_certificates`: {error}"),
        )
    })?;
    // A hardware module has one state for the whole process, whoever uses it.
    let libraries = Libraries::default();
    let data_dir = written.data_dir;
    let database_url = written.database_url.unwrap_or_else(|| sqlite_in(&data_dir));
    Ok(Settings {
        database_url: Secret::new(database_url),
        listen: written.listen,
        public_url: base_url("public_url", written.public_url)?,
        gateway: written.gateway,
        gateway_listen: written.gateway_listen,
        gateway_url: base_url("gateway_url", written.gateway_url)?,
        gateway_workers: written.gateway_workers,
        trusted_proxies: networks(written.trusted_proxies)?,
        client_certificates: vouched,
        issuer: base_url("issuer", written.issuer)?,
        kek: kek_source(written.kek, &data_dir)?,
        kek_others: sources_of("kek_others", written.kek_others)?,
        unlocking: Unlocking {
            passphrase: written.kek_passphrase.map(Secret::new),
            pin: written.kek_pin.map(Secret::new),
            token: written.kek_token.map(Secret::new),
            libraries: libraries.clone(),
        },
        signing: source_of("signing", &written.signing)?,
        signing_others: sources_of("signing_others", written.signing_others)?,
        signing_unlocking: Unlocking {
            pin: written.signing_pin.map(Secret::new),
            token: written.signing_token.map(Secret::new),
            libraries,
            ..Unlocking::default()
        },
        timing: Timing {
            rotation_period: Duration::from_secs(written.rotation_period_s),
            publication_lead: Duration::from_secs(written.publication_lead_s),
            leeway: Duration::from_secs(written.leeway_s),
            max_lifetime,
        },
        jwks_max_age: Duration::from_secs(written.jwks_max_age_s),
        verifier_cache: Duration::from_secs(written.verifier_cache_s),
        token_algorithm,
        upstream_allow: patterns("upstream_allow", written.upstream_allow)?,
        issuer_allow: patterns("issuer_allow", written.issuer_allow)?,
        client_registration: written.client_registration,
        log: written.log,
        log_level: written.log_level,
        metrics_token: written.metrics_token.map(Secret::new),
        grace: Duration::from_secs(written.grace_s),
        sources,
        data_dir,
    })
}

fn sourced(key: &'static Key, figment: &Figment) -> Sourced {
    let found = figment.find_value(key.name).ok();
    let default = match key.default {
        Fallback::Is(value) => value.trim_matches('"'),
        Fallback::Follows(words) => words,
    };
    let source = figment
        .find_metadata(key.name)
        .filter(|metadata| metadata.name != "TOML source string")
        .map_or_else(|| DEFAULT.to_owned(), |metadata| metadata.name.to_string());
    let value = match (found, key.shown) {
        (None, _) => default.to_owned(),
        (Some(value), Shown::Plainly) => plainly(&value),
        (Some(value), Shown::Masked) => each_masked(&value),
    };
    Sourced {
        key: key.name,
        value,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_the_default_and_a_flag_over_both() {
        let environment = BTreeMap::from([
            ("GATEWRIGHT_LISTEN".to_owned(), "127.0.0.1:1".to_owned()),
            ("GATEWRIGHT_LEEWAY_S".to_owned(), "5".to_owned()),
        ]);
        let flags = vec![said::by_flag("listen", "127.0.0.1:2").unwrap()];
        let settings = gather(Sources {
            file: File::None,
            environment: &environment,
            flags,
        })
        .unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.timing.leeway, Duration::from_secs(5));
        let source = |key: &str| {
            let mut sources = settings.sources.iter();
            sources
                .find(|found| found.key == key)
                .unwrap()
                .source
                .clone()
        };
        assert_eq!(source("listen"), "--listen");
        assert_eq!(source("leeway_s"), "GATEWRIGHT_LEEWAY_S");
        assert_eq!(source("data_dir"), "default");
    }

    #[test]
    fn an_empty_variable_says_nothing() {
        let empty = |name: &str| (name.to_owned(), String::new());
        let variables = ["DATABASE_URL", "GATEWRIGHT_LISTEN", "GATEWRIGHT_KEK_FILE"];
        let environment = BTreeMap::from(variables.map(empty));
        assert_eq!(said::by_environment(&environment).unwrap().len(), 0);
    }

    #[test]
    fn an_unknown_variable_is_refused_and_one_of_kubernetes_is_not() {
        let with = |name: &str| {
            let environment = BTreeMap::from([(name.to_owned(), "x".to_owned())]);
            said::by_environment(&environment).map(|_| ())
        };
        assert!(with("GATEWRIGHT_LISTNE").is_err());
        assert!(with("GATEWRIGHT_SERVICE_HOST").is_ok());
        assert!(with("GATEWRIGHT_PORT_8600_TCP").is_ok());
        assert!(with("HOME").is_ok());
    }
}
