//! Configurations for other people's verifiers: the recipes, filled in for this installation or for a sandbox.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Args;
use gatewright_domain::{access::Caller, handle::ApiHandle, text::VersionNumber};
use gatewright_keys::{Recipe, VerifierPlace, VerifierTerms};
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
    /// What verifies: nginx, haproxy, apache, spring, node or python
    kind: Recipe,
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

/// Prints a configuration.
pub(super) async fn print(arguments: Arguments, settings: &Settings) -> Result<ExitCode> {
    let mut terms = match &arguments.sandbox {
        Some(dir) => of_sandbox(dir, settings)?,
        None => of_installation(arguments.api.as_deref().unwrap_or_default(), settings).await?,
    };
    if let Some(elsewhere) = arguments.jwks_uri {
        terms.jwks_uri = elsewhere;
    }
    let place = VerifierPlace {
        upstream: arguments.upstream,
        listen: arguments.listen,
        keys_dir: arguments.keys_dir,
    };
    let filled = arguments.kind.fill(&terms, &place);
    let filled = filled.map_err(|unfit| Failure::of(Code::Usage, unfit))?;
    if arguments.write_keys {
        write_keys(&place.keys_dir, &terms.keys)?;
    }
    line(filled.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// A sandbox's key set is served by `serve-keys`, wherever that listens unless told otherwise.
fn of_sandbox(dir: &Path, settings: &Settings) -> Result<VerifierTerms> {
    let sandbox = sandbox::read(dir)?;
    Ok(VerifierTerms {
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

async fn of_installation(version: &str, settings: &Settings) -> Result<VerifierTerms> {
    let named = version.split_once('/').and_then(|(api, number)| {
        let (api, number): (ApiHandle, VersionNumber) = (api.parse().ok()?, number.parse().ok()?);
        Some((api, number))
    });
    let (api, number) = named.ok_or_else(|| {
        let message = format!("`{version}` names no version");
        Failure::new(Code::Usage, message).next("write it as --api orders/v1")
    })?;
    let house = House::for_command(settings).await?;
    let sight = house.store.reader().as_seen_by(&Caller::command_line());
    let version = sight.find_version(&api, number).await?;
    let portal = &house.place.portal;
    let terms = house.keys.verifier_terms(version.place(), portal).await?;
    if terms.keys.is_empty() {
        let failure = Failure::new(Code::NotFound, "there is no key yet");
        let next = "start the server once, which makes the first key";
        return Err(failure.next(next).into());
    }
    Ok(terms)
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
