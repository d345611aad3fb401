//! The values of settings, read from how they are written.

use std::{path::Path, str::FromStr};

use anyhow::Result;
use gatewright_custody::{KekSource, SourceError};
use gatewright_domain::network::{HostPattern, Network};

use super::refuse;

/// The address of the SQLite database of a data directory; characters that mean something in an address are escaped.
pub(super) fn sqlite_in(data_dir: &Path) -> String {
    let path = data_dir.join("gatewright.db").display().to_string();
    let path = path.replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{path}")
}

pub(super) fn kek_source(written: Option<String>, data_dir: &Path) -> Result<KekSource> {
    match written {
        None => Ok(KekSource::File(data_dir.join("kek"))),
        Some(text) => source_of("kek", &text),
    }
}

pub(super) fn sources_of<T: FromStr<Err = SourceError>>(
    key: &str,
    written: Option<Vec<String>>,
) -> Result<Vec<T>> {
    let written = written.unwrap_or_default();
    written.iter().map(|text| source_of(key, text)).collect()
}

pub(super) fn source_of<T: FromStr<Err = SourceError>>(key: &str, text: &str) -> Result<T> {
    let source = text.parse::<T>();
    Ok(source.map_err(|error| refuse(key, format!("`{key}`: {error}")))?)
}

/// The proxies that are believed.
pub(super) fn networks(written: Option<Vec<String>>) -> Result<Vec<Network>> {
    let network = |text: String| {
        let told = |error| {
            refuse(
                "trusted_proxies",
                format!("`trusted_proxies`: `{text}` is {error}"),
            )
        };
        Ok(text.parse::<Network>().map_err(told)?)
    };
    written
        .unwrap_or_default()
        .into_iter()
        .map(network)
        .collect()
}

/// The private hosts that a setting allows.
pub(super) fn patterns(
    setting: &'static str,
    written: Option<Vec<String>>,
) -> Result<Option<Vec<HostPattern>>> {
    let pattern = |text: String| {
        let pattern = text.parse::<HostPattern>();
        let told = |error| refuse(setting, format!("`{setting}`: `{text}` is {error}"));
        Ok(pattern.map_err(told)?)
    };
    let read = |written: Vec<String>| written.into_iter().map(pattern).collect();
    written.map(read).transpose()
}

/// An http or https address without a slash, a query or anything hidden at its end.
pub(super) fn base_url(key: &str, written: Option<String>) -> Result<Option<String>> {
    let Some(url) = written else { return Ok(None) };
    let fits = url.parse::<gatewright_domain::text::Upstream>().is_ok() && !url.ends_with('/');
    if !fits {
        let expected = "must be http:// or https:// and a host, without a slash at the end";
        return Err(refuse(key, format!("`{key}` {expected}: {url}")).into());
    }
    Ok(Some(url))
}
