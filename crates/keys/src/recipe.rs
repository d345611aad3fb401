//! Recipes: configurations with which other people's verifiers verify our tokens safely, filled in.
//!
//! Invariant: what is filled in cannot end a text of a configuration and begin something else.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use gatewright_domain::version::VersionRef;
use gatewright_token::{
    jwk::PublicJwk,
    jwks::{self, NotAKeySet},
};

use crate::{JwksError, Keys};

/// What verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "`Recipe::what` says what each is")]
pub enum Recipe {
    Nginx,
    Haproxy,
    Apache,
    Spring,
    Node,
    Python,
}

/// A word that names no recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a verifier we know: expected nginx, haproxy, apache, spring, node or python")]
pub struct NotARecipe;

/// What every verifier must know.
#[derive(Clone, Debug)]
pub struct VerifierTerms {
    /// The issuer, byte for byte.
    pub issuer: String,
    /// The audience of the version that is guarded.
    pub audience: String,
    /// Where the key set is fetched.
    pub jwks_uri: String,
    /// The address of the portal, for introspection.
    pub portal: String,
    /// Where a gateway listens, as `host:port`, for those who ask one.
    pub gateway: String,
    /// The clock skew forgiven, in seconds.
    pub leeway_s: u64,
    /// The longest lifetime of a token, in seconds.
    pub max_lifetime_s: u32,
    /// The public keys.
    pub keys: Vec<PublicJwk>,
}

/// Where the verifier stands.
#[derive(Clone, Debug)]
pub struct VerifierPlace {
    /// Where requests go once they are verified.
    pub upstream: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The directory of the public keys as PEM, `{kid}.pem` each.
    pub keys_dir: PathBuf,
}

/// A value that cannot stand in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot stand in a configuration; use an address without blanks, quotes, braces, `$`, `#`, `%` and `;`"
)]
pub struct Unfit(String);

/// Why there are no terms.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    /// The key set cannot be read.
    #[error(transparent)]
    Jwks(#[from] JwksError),
    /// The key set is none.
    #[error("the key set cannot be used")]
    Keys(#[from] NotAKeySet),
}

impl Recipe {
    /// Every recipe, the safest first.
    pub const ALL: [Self; 6] = [
        Self::Nginx,
        Self::Haproxy,
        Self::Apache,
        Self::Spring,
        Self::Node,
        Self::Python,
    ];

    /// Its name on the wire and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
            Self::Apache => "apache",
            Self::Spring => "spring",
            Self::Node => "node",
            Self::Python => "python",
        }
    }

    /// What it is, and how it verifies.
    #[must_use]
    pub const fn what(self) -> &'static str {
        match self {
            Self::Nginx => {
                "nginx asks a gateway about every request: everything is enforced, revocation included"
            }
            Self::Haproxy => {
                "HAProxy verifies by itself, with the public keys as PEM files beside it"
            }
            Self::Apache => {
                "Apache verifies by itself with mod_oauth2, which fetches the key set; only the lifetime it cannot bound"
            }
            Self::Spring => "Spring Security, a resource server of Java",
            Self::Node => "jose, for Node.js",
            Self::Python => "joserfc, for Python",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Nginx => include_str!("recipes/nginx.conf"),
            Self::Haproxy => include_str!("recipes/haproxy.cfg"),
            Self::Apache => include_str!("recipes/apache.conf"),
            Self::Spring => include_str!("recipes/spring.java"),
            Self::Node => include_str!("recipes/node.mjs"),
            Self::Python => include_str!("recipes/python.py"),
        }
    }

    /// The configuration of a verifier that stands there, for these terms.
    ///
    /// # Errors
    /// `Unfit` for a value that would break out of the text it stands in.
    pub fn fill(self, terms: &VerifierTerms, place: &VerifierPlace) -> Result<String, Unfit> {
        let keys_dir = place.keys_dir.display().to_string();
        for value in [
            &terms.issuer,
            &terms.audience,
            &terms.jwks_uri,
            &terms.portal,
            &terms.gateway,
            &place.upstream,
            &keys_dir,
        ] {
            fits(value)?;
        }
        let upstream = place.upstream.trim_end_matches('/');
        let address = upstream.split_once("://");
        let mut algorithms: Vec<&str> = terms
            .keys
            .iter()
            .map(|key| key.algorithm().name())
            .collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        let each = |before: &str, after: &str| {
            let one = |name: &&str| format!("{before}{name}{after}");
            algorithms.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let filling = [
            ("issuer", terms.issuer.clone()),
            ("audience", terms.audience.clone()),
            ("audience_pattern", escaped(&terms.audience)),
            ("jwks_uri", terms.jwks_uri.clone()),
            (
                "ssl_verify",
                terms.jwks_uri.starts_with("https:").to_string(),
            ),
            ("portal", terms.portal.clone()),
            ("gateway", terms.gateway.clone()),
            ("realm", realm(&terms.audience)),
            ("upstream", upstream.to_owned()),
            (
                "upstream_address",
                address.map_or(upstream, |(_, host)| host).to_owned(),
            ),
            ("listen", place.listen.to_string()),
            ("listen_port", place.listen.port().to_string()),
            ("leeway", terms.leeway_s.to_string()),
            ("max_lifetime", terms.max_lifetime_s.to_string()),
            ("algorithms", each("\"", "\"")),
            ("algorithms_java", each("SignatureAlgorithm.", "")),
            ("algorithm_pattern", algorithms.join("|")),
            ("verify", haproxy_keys(&place.keys_dir, &terms.keys)),
        ];
        let mut text = self.text().to_owned();
        for (name, value) in filling {
            text = text.replace(&format!("{{{{{name}}}}}"), &value);
        }
        Ok(text)
    }
}

impl FromStr for Recipe {
    type Err = NotARecipe;

    fn from_str(word: &str) -> Result<Self, NotARecipe> {
        let mut all = Self::ALL.into_iter();
        all.find(|recipe| recipe.as_str() == word).ok_or(NotARecipe)
    }
}

impl Keys {
    /// What a verifier of this version's tokens must know. The portal's address is the caller's to say.
    ///
    /// # Errors
    /// Every variant of `TermsError`.
    pub async fn verifier_terms(
        &self,
        version: &VersionRef,
        portal: &str,
    ) -> Result<VerifierTerms, TermsError> {
        let config = self.config();
        let set = match self.key_set_to_be(version.api.name.as_str()).await? {
            Some(set) => set,
            None => self.jwks().await?,
        };
        let gateway = config.audience_base.split_once("://");
        let gateway = gateway.map_or(config.audience_base.as_str(), |(_, host)| host);
        Ok(VerifierTerms {
            issuer: config.issuer.clone(),
            audience: config.terms().audience(&version.api.name, version.number),
            jwks_uri: format!("{portal}/oauth2/jwks/{}", version.api.name),
            portal: portal.to_owned(),
            gateway: gateway.to_owned(),
            leeway_s: config.timing.leeway.as_secs(),
            max_lifetime_s: config.timing.max_lifetime.seconds(),
            keys: jwks::read(set.body.as_bytes())?,
        })
    }
}

/// `api-version`, as the last two parts of an audience say it.
fn realm(audience: &str) -> String {
    let mut parts = audience.rsplit('/');
    let (version, api) = (parts.next(), parts.next());
    format!(
        "{}-{}",
        api.unwrap_or_default(),
        version.unwrap_or_default()
    )
}

fn fits(value: &str) -> Result<(), Unfit> {
    let odd = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(
                character,
                '"' | '\'' | '\\' | '$' | '{' | '}' | ';' | '#' | '`' | '%'
            )
    };
    if value.chars().any(odd) {
        return Err(Unfit(value.to_owned()));
    }
    Ok(())
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        if ".+*?()[]|^".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_out_of_a_text_is_not_filled_in() {
        for bad in [
            "http://a/\";evil",
            "a b",
            "a\nb",
            "a'b",
            "${x}",
            "a#b",
            "a\\",
        ] {
            assert_eq!(fits(bad), Err(Unfit(bad.to_owned())), "{bad}");
        }
        assert_eq!(fits("https://api.example:8443/orders/v1?x=1&y=[2]"), Ok(()));
    }

    #[test]
    fn an_audience_as_a_pattern_matches_itself_alone() {
        assert_eq!(escaped("https://a.b/c+d"), "https://a\\.b/c\\+d");
    }

    #[test]
    fn every_recipe_is_found_by_its_name() {
        for recipe in Recipe::ALL {
            assert_eq!(recipe.as_str().parse(), Ok(recipe));
        }
        assert_eq!("iis".parse::<Recipe>(), Err(NotARecipe));
    }
}
