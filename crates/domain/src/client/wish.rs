//! What a client wishes to be registered as (RFC 7591 section 2), and what of it is granted.
//!
//! Invariant: what is granted stays below the ceiling. What can be left out without surprise is left out, and the answer says
//! so; a scope, a method or an address that cannot be granted refuses the whole, since the client would not work without it.

use std::collections::BTreeSet;

use super::{AuthMethod, Ceiling, CertificateName, ClientTerms, Grant, RedirectUri, Senders};
use crate::{key::Algorithm, operation::Scope, outside::KeySetAddress, text::Name};

/// More places than a program comes back at.
const MOST_REDIRECTS: usize = 20;

/// More scopes than a person reads before they allow them.
const MOST_SCOPES: usize = 100;

/// What a client sent of what is understood here, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientWish {
    /// What people are to call it.
    pub name: Option<Name>,
    /// Where browsers may carry answers to it.
    pub redirects: Vec<String>,
    /// How it will prove who it is; its secret in the header when it does not say.
    pub method: Option<String>,
    /// The grants it will use; an authorization code when it does not say.
    pub grants: Option<Vec<String>>,
    /// What it expects of the authorization endpoint.
    pub responses: Option<Vec<String>>,
    /// The scopes it will ask for; as many as it may when it does not say.
    pub scopes: Option<Vec<String>>,
    /// Its public keys, as a JSON Web Key Set; whoever registers it reads them.
    pub key_set: Option<String>,
    /// Where it publishes them.
    pub key_address: Option<String>,
    /// The name by which its certificate is known.
    pub certificate_name: Option<CertificateName>,
    /// What it will sign its assertions with.
    pub algorithm: Option<String>,
    /// Who may send its tokens.
    pub senders: Option<Senders>,
}

/// Why nothing is registered. The words are constant: nothing of what was sent is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WishRefused {
    /// A redirect URI is none, or one is missing.
    #[error("{0}")]
    Redirect(&'static str),
    /// Anything else.
    #[error("{0}")]
    Metadata(&'static str),
}

impl ClientWish {
    /// What is granted of it below a ceiling. What a client cannot wish for stays as it was.
    ///
    /// # Errors
    /// Every variant of `WishRefused`.
    pub fn within(
        self,
        ceiling: &Ceiling,
        before: ClientTerms,
    ) -> Result<ClientTerms, WishRefused> {
        let method = self.method(ceiling)?;
        self.signs_as_is_taken()?;
        let grants = self.grants(ceiling, method)?;
        self.expects_what_is_answered(&grants)?;
        let redirects = self.redirects(&grants)?;
        let scopes = self.scopes(ceiling)?;
        let key_address = self.keys(method)?;
        Ok(ClientTerms {
            grants,
            methods: BTreeSet::from([method]),
            scopes,
            senders: self.senders.unwrap_or(ceiling.senders).max(ceiling.senders),
            key_set: self.key_set,
            key_address,
            certificate_name: self.certificate_name,
            redirects,
            ..before
        })
    }

    fn method(&self, ceiling: &Ceiling) -> Result<AuthMethod, WishRefused> {
        let asked = self.method.as_deref();
        let method = asked.map_or(Ok(AuthMethod::SecretBasic), str::parse);
        let method = method.ok().filter(|one| ceiling.methods.contains(one));
        method.ok_or(WishRefused::Metadata(
            "token_endpoint_auth_method is none that this client may use",
        ))
    }

    fn signs_as_is_taken(&self) -> Result<(), WishRefused> {
        let asked = self.algorithm.as_deref().map(str::parse::<Algorithm>);
        match asked {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(_)) => Err(WishRefused::Metadata(
                "token_endpoint_auth_signing_alg is none that assertions are verified with",
            )),
        }
    }

    /// Who proves nothing has what a person allows and no more.
    fn grants(
        &self,
        ceiling: &Ceiling,
        method: AuthMethod,
    ) -> Result<BTreeSet<Grant>, WishRefused> {
        let suits = |grant: &Grant| match grant {
            Grant::AuthorizationCode | Grant::RefreshToken => true,
            Grant::ClientCredentials | Grant::TokenExchange => method != AuthMethod::Public,
        };
        let may_have = |grant: &Grant| ceiling.grants.contains(grant) && suits(grant);
        let granted: BTreeSet<Grant> = match &self.grants {
            None => [Grant::AuthorizationCode]
                .into_iter()
                .filter(may_have)
                .collect(),
            Some(words) => {
                let known = words.iter().filter_map(|word| word.parse().ok());
                known.filter(may_have).collect()
            }
        };
        if granted.is_empty() {
            let why = "grant_types holds none that this client may use";
            return Err(WishRefused::Metadata(why));
        }
        Ok(granted)
    }

    /// Whether it expects a code exactly where it asks for one (RFC 7591 section 2.1).
    fn expects_what_is_answered(&self, granted: &BTreeSet<Grant>) -> Result<(), WishRefused> {
        let Some(responses) = &self.responses else {
            return Ok(());
        };
        let code = Grant::AuthorizationCode.as_str();
        let asks = self
            .grants
            .as_ref()
            .is_none_or(|grants| grants.iter().any(|grant| grant == code));
        let expects = responses.iter().any(|response| response == "code");
        let gets = granted.contains(&Grant::AuthorizationCode);
        if (expects && !asks) || (gets && !expects) {
            let why =
                "response_types is code where grant_types has authorization_code, and only there";
            return Err(WishRefused::Metadata(why));
        }
        Ok(())
    }

    fn redirects(&self, granted: &BTreeSet<Grant>) -> Result<BTreeSet<RedirectUri>, WishRefused> {
        if MOST_REDIRECTS < self.redirects.len() {
            return Err(WishRefused::Redirect(
                "redirect_uris has at most 20 of them",
            ));
        }
        let read: Result<BTreeSet<RedirectUri>, _> =
            self.redirects.iter().map(|uri| uri.parse()).collect();
        let why = "Each of redirect_uris is https, http to 127.0.0.1 or [::1], or of a scheme with a dot; \
            without fragment, user or pattern";
        let redirects = read.map_err(|_| WishRefused::Redirect(why))?;
        if redirects.is_empty() && granted.contains(&Grant::AuthorizationCode) {
            let why = "authorization_code needs at least one of redirect_uris";
            return Err(WishRefused::Redirect(why));
        }
        Ok(redirects)
    }

    fn scopes(&self, ceiling: &Ceiling) -> Result<Option<BTreeSet<Scope>>, WishRefused> {
        let Some(words) = &self.scopes else {
            return Ok(ceiling.scopes.clone());
        };
        if MOST_SCOPES < words.len() {
            return Err(WishRefused::Metadata("scope has at most 100 of them"));
        }
        let read: Result<BTreeSet<Scope>, _> = words.iter().map(|word| word.parse()).collect();
        let scopes =
            read.map_err(|_| WishRefused::Metadata("scope holds what is no scope here"))?;
        let below = ceiling.scopes.as_ref();
        if below.is_none_or(|ceiling| scopes.is_subset(ceiling)) {
            return Ok(Some(scopes));
        }
        let why = "scope holds one that this client may not have";
        Err(WishRefused::Metadata(why))
    }

    /// Where it publishes its keys. Whoever proves itself with keys has them in one place, and only in one.
    fn keys(&self, method: AuthMethod) -> Result<Option<KeySetAddress>, WishRefused> {
        let (registered, published) = (self.key_set.is_some(), self.key_address.as_deref());
        if registered && published.is_some() {
            let why = "jwks and jwks_uri exclude each other";
            return Err(WishRefused::Metadata(why));
        }
        if method == AuthMethod::PrivateKeyJwt && !registered && published.is_none() {
            let why = "private_key_jwt needs jwks or jwks_uri";
            return Err(WishRefused::Metadata(why));
        }
        let address = published.map(str::parse::<KeySetAddress>).transpose();
        address.map_err(|_| WishRefused::Metadata("jwks_uri is no https address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> ClientWish {
        ClientWish {
            redirects: vec!["https://app.example/back".to_owned()],
            ..ClientWish::default()
        }
    }

    fn granted(wish: ClientWish, ceiling: &Ceiling) -> Result<ClientTerms, WishRefused> {
        wish.within(ceiling, ClientTerms::default())
    }

    fn words(words: &[&str]) -> Option<Vec<String>> {
        Some(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn what_is_not_said_is_as_the_standard_has_it() {
        let terms = granted(wish(), &Ceiling::default()).unwrap();
        assert_eq!(terms.grants, BTreeSet::from([Grant::AuthorizationCode]));
        assert_eq!(terms.methods, BTreeSet::from([AuthMethod::SecretBasic]));
        assert_eq!(terms.scopes, None);
        assert_eq!(terms.senders, Senders::Anybody);
    }

    #[test]
    fn grants_above_the_ceiling_are_left_out_and_with_none_left_it_is_refused() {
        let asked = |grants| ClientWish {
            grants: words(grants),
            ..wish()
        };
        let more = [
            "refresh_token",
            "implicit",
            "authorization_code",
            "password",
        ];
        let terms = granted(asked(&more), &Ceiling::default()).unwrap();
        let both = BTreeSet::from([Grant::AuthorizationCode, Grant::RefreshToken]);
        assert_eq!(terms.grants, both);
        let refused = granted(asked(&["implicit"]), &Ceiling::default());
        assert!(matches!(refused, Err(WishRefused::Metadata(_))));
    }

    #[test]
    fn who_proves_nothing_has_what_a_person_allows() {
        let public = |grants| ClientWish {
            method: Some("none".to_owned()),
            grants: words(grants),
            ..wish()
        };
        let asked = ["client_credentials", "authorization_code"];
        let terms = granted(public(&asked), &Ceiling::default()).unwrap();
        assert_eq!(terms.grants, BTreeSet::from([Grant::AuthorizationCode]));
        assert!(granted(public(&["client_credentials"]), &Ceiling::default()).is_err());
    }

    #[test]
    fn p39_a_scope_above_the_ceiling_refuses_the_whole() {
        let ceiling = Ceiling {
            scopes: Some(BTreeSet::from(["orders:v1:read".parse().unwrap()])),
            ..Ceiling::default()
        };
        let asked = |scopes| ClientWish {
            scopes: words(scopes),
            ..wish()
        };
        assert_eq!(granted(wish(), &ceiling).unwrap().scopes, ceiling.scopes);
        assert!(granted(asked(&["orders:v1:read"]), &ceiling).is_ok());
        let wide = granted(asked(&["orders:v1:read", "orders:v1:write"]), &ceiling);
        assert!(matches!(wide, Err(WishRefused::Metadata(_))));
        assert!(granted(asked(&["everything"]), &ceiling).is_err());
    }

    #[test]
    fn p39_keys_in_two_places_or_in_none_are_refused() {
        let asked = |set: Option<&str>, address: Option<&str>| ClientWish {
            method: Some("private_key_jwt".to_owned()),
            key_set: set.map(str::to_owned),
            key_address: address.map(str::to_owned),
            ..wish()
        };
        let ceiling = Ceiling::default();
        let place = Some("https://app.example/keys");
        assert!(granted(asked(Some("{}"), None), &ceiling).is_ok());
        assert!(granted(asked(None, place), &ceiling).is_ok());
        assert!(granted(asked(Some("{}"), place), &ceiling).is_err());
        assert!(granted(asked(None, None), &ceiling).is_err());
        assert!(granted(asked(None, Some("file:///keys")), &ceiling).is_err());
    }

    #[test]
    fn a_code_is_expected_exactly_where_it_is_asked_for() {
        let asked = |grants, responses| ClientWish {
            grants: words(grants),
            responses: words(responses),
            ..wish()
        };
        let ceiling = Ceiling::default();
        assert!(granted(asked(&["authorization_code"], &["code", "token"]), &ceiling).is_ok());
        assert!(granted(asked(&["authorization_code"], &["token"]), &ceiling).is_err());
        assert!(granted(asked(&["client_credentials"], &["code"]), &ceiling).is_err());
        assert!(granted(asked(&["client_credentials"], &[]), &ceiling).is_ok());
    }

    #[test]
    fn whoever_must_show_a_key_cannot_register_out_of_it() {
        let bound = Ceiling {
            senders: Senders::Holders,
            ..Ceiling::default()
        };
        let asked = ClientWish {
            senders: Some(Senders::Anybody),
            ..wish()
        };
        assert_eq!(granted(asked, &bound).unwrap().senders, Senders::Holders);
    }
}
