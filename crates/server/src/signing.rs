//! Who holds signing keys outside this program, as the settings say.

use anyhow::Result;
use gatewright_custody::{KeyHolder, SigningSource};

use crate::{
    config::Settings,
    failure::{Code, Failure},
};

/// Whoever makes new keys, and the others that hold some. Nobody is asked yet: one that is away must not keep the rest from
/// being served.
///
/// # Errors
/// A failure that says how to mend it.
pub(crate) fn holders(settings: &Settings) -> Result<(Option<KeyHolder>, Vec<KeyHolder>)> {
    let open = |source: &SigningSource| {
        let opened = source.open(&settings.signing_unlocking);
        opened.map_err(|error| {
            let next =
                "mend that and start again; or say `signing = \"software\"` to make new keys here";
            Failure::of(Code::Failed, error).next(next)
        })
    };
    let birth = open(&settings.signing)?;
    let mut others = Vec::with_capacity(settings.signing_others.len());
    for source in &settings.signing_others {
        others.extend(open(source)?);
    }
    Ok((birth, others))
}
