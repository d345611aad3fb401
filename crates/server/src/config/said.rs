//! What was said about settings, and where: one value of one setting at a time, so that each remembers its source.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use figment::{
    Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use crate::{
    config::key::{KEYS, Key, Shape, Shown, nearest},
    failure::{Code, Failure},
};

/// Where to look for how a file of settings is written.
const EXAMPLE: &str =
    "correct that line; gatewright init, in an empty directory, writes a file to compare with";

/// One value of one setting.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    key: &'static Key,
    value: Value,
    source: String,
}

impl Provider for Said {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let one = Dict::from([(self.key.name.to_owned(), self.value.clone())]);
        Ok(Map::from([(Profile::Default, one)]))
    }
}

/// What a flag says.
pub(crate) fn by_flag(name: &str, text: &str) -> Result<Said> {
    let source = format!("--{}", name.replace('_', "-"));
    let key = Key::named(name).ok_or_else(|| unknown(name, &source))?;
    of_text(key, text, source)
}

/// What a file says. It must be there if it was asked for by name.
pub(crate) fn by_file(path: &Path) -> Result<Vec<Said>> {
    let source = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read {source}"))
        .map_err(|error| {
            Failure::of(Code::Usage, error).next("is the path right, and may this user read it?")
        })?;
    let mut said = Vec::new();
    let data = Toml::string(&text).data().map_err(|error| {
        let message = format!("{source}: {}", error.to_string().trim_end());
        Failure::new(Code::Usage, message).next(EXAMPLE)
    })?;
    for (name, value) in data.into_values().flatten() {
        let key = Key::named(&name).ok_or_else(|| unknown(&name, &source))?;
        let source = source.clone();
        said.push(Said { key, value, source });
    }
    Ok(said)
}

/// What the environment says: `DATABASE_URL` first, because `GATEWRIGHT_DATABASE_URL` is the more exact name.
pub(crate) fn by_environment(variables: &BTreeMap<String, String>) -> Result<Vec<Said>> {
    let mut said = Vec::new();
    if let Some(key) = Key::named("database_url") {
        said.extend(of_variable(key, "DATABASE_URL", variables)?);
    }
    for key in &KEYS {
        said.extend(of_variable(key, &key.variable(), variables)?);
    }
    for name in variables.keys() {
        refuse_unknown(name)?;
    }
    Ok(said)
}

/// A variable, or the file that its `…_FILE` names. A key-encryption key stays a file, whose permissions are checked.
fn of_variable(
    key: &'static Key,
    variable: &str,
    variables: &BTreeMap<String, String>,
) -> Result<Option<Said>> {
    let of_file = format!("{variable}_FILE");
    // An empty variable says nothing: that is how a compose file passes on what was not set.
    let said = |name: &str| variables.get(name).filter(|text| !text.is_empty());
    match (said(variable), said(&of_file)) {
        (Some(_), Some(_)) => {
            let twice = format!("{variable} and {of_file} are both set; keep one");
            Err(Failure::new(Code::Usage, twice).into())
        }
        (Some(text), None) => of_text(key, text, variable.to_owned()).map(Some),
        (None, Some(path)) if key.name == "kek" => {
            of_text(key, &format!("file:{path}"), of_file).map(Some)
        }
        (None, Some(path)) if key.shown == Shown::Masked => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("could not read {path}, which {of_file} names"))
                .map_err(|error| Failure::of(Code::Usage, error).next(key.advice()))?;
            of_text(key, text.trim(), of_file).map(Some)
        }
        (None, Some(_) | None) => Ok(None),
    }
}

fn of_text(key: &'static Key, text: &str, source: String) -> Result<Said> {
    let wrong = |expected: &str| {
        let message = format!("{source}: `{}` is {expected}", key.name);
        Failure::new(Code::Usage, message).next(key.advice())
    };
    let value = match key.shape {
        Shape::Text => Value::from(text),
        Shape::Number => Value::from(
            text.trim()
                .parse::<u64>()
                .map_err(|_| wrong("a whole number"))?,
        ),
        Shape::Switch => Value::from(
            text.trim()
                .parse::<bool>()
                .map_err(|_| wrong("true or false"))?,
        ),
        Shape::List => {
            let texts = text.split(',').map(str::trim);
            Value::from(texts.filter(|text| !text.is_empty()).collect::<Vec<_>>())
        }
    };
    Ok(Said { key, value, source })
}

/// Our prefix on a name that is no setting is a mistake; unless an orchestrator puts it there, as Kubernetes does for a
/// service called `gatewright`.
fn refuse_unknown(variable: &str) -> Result<()> {
    const OTHERS: [&str; 4] = ["config", "color", "access_token", "output"];
    let Some(name) = variable.strip_prefix("GATEWRIGHT_") else {
        return Ok(());
    };
    let name = name.to_lowercase();
    let of_kubernetes = name == "port"
        || name.starts_with("port_")
        || name.contains("service_host")
        || name.contains("service_port");
    let plain = name.strip_suffix("_file");
    let of_file = plain
        .and_then(Key::named)
        .is_some_and(|key| key.shown == Shown::Masked);
    let known = Key::named(&name).is_some() || of_file || OTHERS.contains(&name.as_str());
    if known || of_kubernetes {
        return Ok(());
    }
    Err(unknown(&name, variable).into())
}

fn unknown(name: &str, source: &str) -> Failure {
    let message = format!("{source}: there is no setting `{name}`");
    let next = nearest(name).map_or_else(
        || "gatewright doctor lists every setting".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Failure::new(Code::Usage, message).next(next)
}
