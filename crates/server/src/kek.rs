//! Where the key-encryption key comes from, and the one case in which it is made.

use std::path::Path;

use anyhow::Result;
use gatewright_custody::{Kek, SourceError};
use gatewright_domain::entropy::Entropy;
use gatewright_store::Store;
use tracing::{info, warn};

use crate::{
    config::{KekSource, Settings},
    failure::{Code, Failure},
};

/// Reads the key-encryption key. At its default place it is made when it is missing and nothing is sealed yet: that is a
/// first start on a laptop. Anywhere else a missing key is a mistake, and a new one would hide it.
///
/// # Errors
/// A failure that says how to mend it.
pub(crate) async fn obtain(
    settings: &Settings,
    store: &Store,
    entropy: &dyn Entropy,
) -> Result<Kek> {
    let path = match &settings.kek {
        KekSource::Text(text) => {
            warn!(
                "The key-encryption key comes from the environment, where others may read it; a file is safer"
            );
            return Ok(Kek::from_text(text)?);
        }
        KekSource::File(path) => path,
    };
    if path.exists() {
        return Kek::read_file(path).map_err(|error| mend(error, path));
    }
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

fn mend(error: SourceError, path: &Path) -> anyhow::Error {
    match &error {
        SourceError::NotAKey | SourceError::Trivial => {
            let message = format!("{}: {error}", path.display());
            let next = "put back the file as gatewright made it; on a new installation, remove it";
            Failure::new(Code::Failed, message).next(next).into()
        }
        SourceError::Exposed { path, .. } => {
            let next = format!("chmod 600 {}", path.display());
            Failure::of(Code::Failed, error).next(next).into()
        }
        _ => error.into(),
    }
}
