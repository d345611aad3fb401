//! Where the key-encryption keys come from, and the one case in which one is made.

use std::path::Path;

use anyhow::Result;
use gatewright_custody::{Derivation, Kek, KekSource, Keks, SourceError};
use gatewright_domain::{entropy::Entropy, time::Clock};
use gatewright_store::{Store, quiet::kek_checks::KekDerivation};
use tracing::{info, warn};

use crate::{
    config::Settings,
    failure::{Code, Failure},
};

/// Reads the key-encryption keys. At its default place one is made when it is missing and nothing is sealed yet: that is a
/// first start on a laptop. Anywhere else a missing key is a mistake, and a new one would hide it.
///
/// # Errors
/// A failure that says how to mend it.
pub(crate) async fn obtain(
    settings: &Settings,
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Keks> {
    let derivation = derivation(settings, store, clock, entropy).await?;
    let first = match &settings.kek {
        KekSource::File(path) if !path.exists() => make(settings, path, store, entropy).await?,
        source => opened("kek", source, settings, &derivation).await?,
    };
    let mut others = Vec::with_capacity(settings.kek_others.len());
    for source in &settings.kek_others {
        others.push(opened("kek_others", source, settings, &derivation).await?);
    }
    Ok(Keks::new(first, others))
}

/// Opens one source that is not among the settings: one that is to be made known.
pub(crate) async fn open(
    source: &KekSource,
    settings: &Settings,
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Kek> {
    let derivation = kept_derivation(store, clock, entropy).await?;
    opened("kek_others", source, settings, &derivation).await
}

async fn opened(
    key: &'static str,
    source: &KekSource,
    settings: &Settings,
    derivation: &Derivation,
) -> Result<Kek> {
    if matches!(source, KekSource::Text(_)) {
        warn!(
            "The key-encryption key of `{key}` comes from the environment, where others may read it; a file is safer"
        );
    }
    let opened = source.open(&settings.unlocking, derivation).await;
    opened.map_err(|error| mend(key, source, error))
}

/// How keys follow from passphrases here. Asked for only where one does: a database that is to stay as it is does.
async fn derivation(
    settings: &Settings,
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Derivation> {
    let mut sources = settings.kek_others.iter().chain([&settings.kek]);
    if sources.any(KekSource::is_derived) {
        return kept_derivation(store, clock, entropy).await;
    }
    Ok(Derivation::draw(entropy))
}

async fn kept_derivation(
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Derivation> {
    let Derivation {
        salt,
        memory_kib,
        passes,
        lanes,
    } = Derivation::draw(entropy);
    let fresh = KekDerivation {
        salt,
        memory_kib,
        passes,
        lanes,
    };
    let KekDerivation {
        salt,
        memory_kib,
        passes,
        lanes,
    } = store.kek_derivation(fresh, clock.now()).await?;
    Ok(Derivation {
        salt,
        memory_kib,
        passes,
        lanes,
    })
}

/// Makes the file at its default place when nothing is sealed yet, and refuses otherwise.
async fn make(
    settings: &Settings,
    path: &Path,
    store: &Store,
    entropy: &dyn Entropy,
) -> Result<Kek> {
    let sealed: u64 = store.sealed_under().await?.values().sum();
    let at_default = *path == settings.data_dir.join("kek");
    if sealed > 0 || !at_default {
        let place = path.display();
        let missing =
            format!("there is no key-encryption key at {place}; {sealed} secrets are sealed");
        let next = if sealed > 0 {
            "put back the file that the secrets were sealed with; no new key is made in its place"
        } else {
            "gatewright init makes one, or remove the setting `kek` to use the default place"
        };
        return Err(Failure::new(Code::Failed, missing).next(next).into());
    }
    let kek = Kek::generate_file(path, entropy)?;
    info!(kek.id = kek.id(), path = %path.display(), "Made a key-encryption key; back it up apart from the database");
    Ok(kek)
}

fn mend(key: &'static str, source: &KekSource, error: SourceError) -> anyhow::Error {
    match &error {
        SourceError::NotAKey | SourceError::Trivial => {
            let message = format!("{source}: {error}");
            let next = match source {
                KekSource::Text(_) => "make one with: openssl rand -base64 32",
                _ => "put back the file as gatewright made it; on a new installation, remove it",
            };
            Failure::new(Code::Failed, message).next(next).into()
        }
        SourceError::Exposed { path, .. } => {
            let next = format!("chmod 600 {}", path.display());
            Failure::of(Code::Failed, error).next(next).into()
        }
        _ if key == "kek_others" => {
            let next = "mend that source; or, when nothing rests under it any more, take it out of `kek_others`";
            Failure::of(Code::Failed, error).next(next).into()
        }
        _ => {
            let next =
                "mend that and start again; nothing was changed, and no key is made in its place";
            Failure::of(Code::Failed, error).next(next).into()
        }
    }
}
