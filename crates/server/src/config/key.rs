//! Every setting: its name, how it is written, and what it is for. The one list of them.

/// How a setting is written in an environment variable or a flag, where everything is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text as it stands.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Texts, separated by commas.
    List,
}

/// Whether a setting may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It may.
    Plainly,
    /// It is or holds a secret: it is masked, and it can be given as a file with `…_FILE`.
    Masked,
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name in `gatewright.toml`; `GATEWRIGHT_` and its capitals in the environment.
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) shown: Shown,
    /// Its default as written in `gatewright.toml`, or in words where it depends on other settings.
    pub(crate) default: Fallback,
    /// What it is for, for `gatewright init` and `gatewright doctor`.
    pub(crate) purpose: &'static str,
}

/// What holds when nothing is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fallback {
    /// This value, as `gatewright.toml` writes it.
    Is(&'static str),
    /// What follows from other settings or from the machine, in words.
    Follows(&'static str),
}

const fn plain(name: &'static str, shape: Shape, default: Fallback, purpose: &'static str) -> Key {
    let shown = Shown::Plainly;
    Key {
        name,
        shape,
        shown,
        default,
        purpose,
    }
}

const fn secret(name: &'static str, default: Fallback, purpose: &'static str) -> Key {
    Key {
        name,
        shape: Shape::Text,
        shown: Shown::Masked,
        default,
        purpose,
    }
}

use Fallback::{Follows, Is};
use Shape::{List, Number, Switch, Text};

/// Every setting, in the order in which they are shown.
pub(crate) const KEYS: [Key; 34] = [
    plain(
        "data_dir",
        Text,
        Is("\"gatewright-data\""),
        "The directory of the SQLite database and of the key-encryption key.",
    ),
    secret(
        "database_url",
        Follows("sqlite://{data_dir}/gatewright.db"),
        "The database: sqlite://PATH or postgres://USER@HOST/NAME. DATABASE_URL is read too.",
    ),
    plain(
        "listen",
        Text,
        Is("\"127.0.0.1:8600\""),
        "Where the portal and the JSON API listen.",
    ),
    plain(
        "public_url",
        Text,
        Follows("http://{listen}"),
        "How people and programs reach the portal, without a slash at the end.",
    ),
    plain(
        "gateway",
        Switch,
        Is("true"),
        "Whether a gateway runs inside this process.",
    ),
    plain(
        "gateway_listen",
        Text,
        Is("\"127.0.0.1:8601\""),
        "Where that gateway listens for callers.",
    ),
    plain(
        "gateway_url",
        Text,
        Follows("http://{gateway_listen}"),
        "How callers reach the gateways. Audiences of tokens begin with it, so choose it once.",
    ),
    plain(
        "gateway_workers",
        Number,
        Follows("one per core"),
        "How many threads serve callers.",
    ),
    plain(
        "trusted_proxies",
        List,
        Follows("none"),
        "The proxies in front, as addresses and networks: what they tell of their clients is believed, Client-Cert (RFC 9440) above all.",
    ),
    plain(
        "client_certificates",
        Text,
        Is("\"verified\""),
        "Which certificates of clients those proxies let through: verified (of an authority that they checked), or any; then only registered ones prove a client.",
    ),
    plain(
        "issuer",
        Text,
        Follows("{public_url}"),
        "The issuer of tokens, byte for byte. Tokens of another issuer are refused, so choose it once.",
    ),
    secret(
        "kek",
        Follows("file:{data_dir}/kek"),
        "The key-encryption key that seals private keys: file:PATH, passphrase-file:PATH, passphrase, pkcs11:URI, vault:URL, or 32 bytes as base64 or hexadecimal.",
    ),
    Key {
        shape: List,
        ..secret(
            "kek_others",
            Follows("none"),
            "Further key-encryption keys, written as kek: the next one before a rotation, the last one until it is retired.",
        )
    },
    secret(
        "kek_passphrase",
        Follows("none"),
        "The passphrase that the key-encryption key `passphrase` follows from, at least 20 characters.",
    ),
    secret(
        "kek_pin",
        Follows("none"),
        "The PIN of hardware modules, for addresses without pin-source=file:PATH.",
    ),
    secret(
        "kek_token",
        Follows("none"),
        "The token of key services, for addresses without token-file=PATH.",
    ),
    plain(
        "signing",
        Text,
        Is("\"software\""),
        "Where new signing keys are made, and stay: software (here, sealed in the database), pkcs11:token=LABEL?module-path=PATH, or vault:https://HOST:PORT/transit.",
    ),
    plain(
        "signing_others",
        List,
        Follows("none"),
        "Further places that hold signing keys, written as signing: the last one, until its keys have rotated.",
    ),
    secret(
        "signing_pin",
        Follows("none"),
        "The PIN of hardware modules that hold signing keys, for addresses without pin-source=file:PATH.",
    ),
    secret(
        "signing_token",
        Follows("none"),
        "The token of key services that hold signing keys, for addresses without token-file=PATH.",
    ),
    plain(
        "token_algorithm",
        Text,
        Is("\"ES256\""),
        "What access tokens are signed with, unless another was chosen for their API: ES256, ES384, EdDSA, RS256 or PS256.",
    ),
    plain(
        "rotation_period_s",
        Number,
        Is("7776000"),
        "How long a key signs before the next one does, where its ring does not say; at least the lead and an hour.",
    ),
    plain(
        "publication_lead_s",
        Number,
        Is("86400"),
        "How long a signing key is published before it may sign.",
    ),
    plain(
        "leeway_s",
        Number,
        Is("30"),
        "The clock skew that is forgiven, at most 120.",
    ),
    plain(
        "max_token_lifetime_s",
        Number,
        Is("31536000"),
        "The longest lifetime of any token, at most one year.",
    ),
    plain(
        "jwks_max_age_s",
        Number,
        Is("300"),
        "How long others may keep the public key set.",
    ),
    plain(
        "verifier_cache_s",
        Number,
        Is("3600"),
        "How long the most patient verifier keeps the key set whatever it is told; the lead of a ring is no shorter.",
    ),
    plain(
        "upstream_allow",
        List,
        Follows("127.0.0.1, localhost and ::1 when the gateway listens on this machine only"),
        "Private hosts that versions may forward to; public ones always may.",
    ),
    plain(
        "issuer_allow",
        List,
        Follows("none; this machine itself when `issuer` is of this machine"),
        "Private hosts that keys of outside issuers and of clients may be fetched from; public ones always may.",
    ),
    plain(
        "client_registration",
        Switch,
        Is("false"),
        "Whether programs that hold an initial access token may register themselves as clients (RFC 7591, RFC 7592).",
    ),
    plain(
        "log",
        Text,
        Follows("text on a terminal, json elsewhere"),
        "How log lines are written to standard error: text or json.",
    ),
    plain(
        "log_level",
        Text,
        Is("\"info\""),
        "What is logged: error, warn, info, debug, trace, or a filter such as info,gatewright_store=debug.",
    ),
    secret(
        "metrics_token",
        Follows("none"),
        "What /metrics of the portal and /-/metrics of the gateway take as a bearer token. Without it the portal takes access tokens only, and the gateway has no such page.",
    ),
    plain(
        "grace_s",
        Number,
        Is("30"),
        "How long requests in flight may take to finish after SIGTERM or SIGINT.",
    ),
];

impl Key {
    /// The setting of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// What it is for and what holds without it: the next step for whoever has set it wrong.
    pub(crate) fn advice(&self) -> String {
        let default = match self.default {
            Fallback::Is(value) => value.trim_matches('"'),
            Fallback::Follows(words) => words,
        };
        format!("{} By default: {default}", self.purpose)
    }

    /// Its environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("GATEWRIGHT_{}", self.name.to_uppercase())
    }
}

/// The name of a setting closest to one that is none, if one is close enough to be meant.
pub(crate) fn nearest(unknown: &str) -> Option<&'static str> {
    let meant = KEYS.iter().filter_map(|key| {
        let (name, distance) = (key.name, distance(unknown, key.name));
        let contained = name.contains(unknown) || unknown.contains(name);
        let misspelt = distance <= 3 && distance * 2 < name.len();
        (contained || misspelt).then_some((distance, name))
    });
    meant.min().map(|(_, name)| name)
}

/// How many single characters must be put in, left out or exchanged (Levenshtein 1966).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, wanted) in from.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(line + 1);
        for (given, above) in to.iter().zip(row.windows(2)) {
            let (corner, up) = match above {
                [corner, up] => (*corner, *up),
                _ => (0, 0),
            };
            let left = next.last().copied().unwrap_or(0);
            let exchanged = corner + usize::from(*given != wanted);
            next.push(exchanged.min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_met_by_its_nearest() {
        assert_eq!(nearest("listne"), Some("listen"));
        assert_eq!(nearest("databaseurl"), Some("database_url"));
        assert_eq!(nearest("url"), Some("public_url"));
        assert_eq!(nearest("colour_of_the_bikeshed"), None);
    }

    #[test]
    fn the_book_lists_every_setting() {
        let page = crate::cli::reference::Page::of("configuration.md");
        let mut table = String::from("| setting | default | what for |\n| --- | --- | --- |\n");
        for key in &KEYS {
            let default = match key.default {
                Is(value) => format!("`{value}`"),
                Follows(words) => words.replace(['{', '}'], "`"),
            };
            let secret = if key.shown == Shown::Masked {
                " A secret."
            } else {
                ""
            };
            let (name, purpose) = (key.name, key.purpose);
            table.push_str(&format!("| `{name}` | {default} | {purpose}{secret} |\n"));
        }
        page.ends_with("## Every setting", &table);
    }

    #[test]
    fn a_distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "kek"), 3);
    }
}
