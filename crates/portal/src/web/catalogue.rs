//! Every kind of problem there is: its name in `type`, its status, and what its help page says.

use actix_web::http::StatusCode;

/// A kind of problem. Two are the same when their names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(&'static str);

/// What is known of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The last part of `type`, and the name of the help page.
    pub slug: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// What it is called.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub what: &'static str,
    /// Why it happens.
    pub why: &'static [&'static str],
    /// What to do.
    pub mend: &'static [&'static str],
}

macro_rules! kinds {
    ($($name:ident = $slug:literal $status:literal $title:literal: $what:literal
        because $($why:literal),+; mend $($mend:literal),+;)*) => {
        impl Kind {
            $(#[doc = $title] pub const $name: Self = Self($slug);)*
        }

        /// Every kind, in the order of the help index.
        pub const ALL: &[Entry] = &[$(Entry {
            slug: $slug,
            status: $status,
            title: $title,
            what: $what,
            why: &[$($why),+],
            mend: &[$($mend),+],
        }),*];
    };
}

impl Kind {
    /// What is known of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        let found = ALL.iter().find(|entry| entry.slug == self.0);
        found.or_else(|| ALL.last()).unwrap_or(&UNKNOWN)
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(slug: &str) -> Option<&'static Entry> {
        ALL.iter().find(|entry| entry.slug == slug)
    }

    /// The kind that says no more than a status does.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::REQUEST_INVALID,
            401 => Self::ACCESS_TOKEN_MISSING,
            403 => Self::DENIED,
            404 => Self::NOT_FOUND,
            405 => Self::METHOD,
            413 => Self::BODY_TOO_LARGE,
            415 => Self::MEDIA_TYPE,
            429 => Self::TOO_MANY,
            503 => Self::BUSY,
            _ => Self::UNEXPECTED,
        }
    }
}

const UNKNOWN: Entry = Entry {
    slug: "unexpected",
    status: 500,
    title: "Something went wrong here",
    what: "The request could not be served, and it is not your fault.",
    why: &[],
    mend: &[],
};

kinds! {
    REQUEST_INVALID = "request-invalid" 400 "The request cannot be read": "A part of the address or query is not what it has to be."
        because "An id, name, number or time in the path or query is malformed.";
        mend "Compare the address with the API document at /api/v1/openapi.json.";
    BODY_MALFORMED = "body-malformed" 400 "The body is not JSON": "The body could not be read as JSON."
        because "It is cut off, has a comma too many, or is not JSON at all.";
        mend "Send one JSON value with Content-Type: application/json.";
    BODY_INVALID = "body-invalid" 422 "The body is not what it has to be": "A member of the body is missing, unknown, or has a value that is not taken."
        because "Each entry of `errors` points at one place and says what would be right there.";
        mend "Correct the named places and send it again; nothing was stored.";
    FORM_INVALID = "form-invalid" 422 "The form cannot be taken": "A field of the form is missing or has a value that is not taken."
        because "A field was left out or holds something it cannot hold.";
        mend "Go back, correct it, and send it again; nothing was stored.";
    BODY_TOO_LARGE = "body-too-large" 413 "The body is too large": "The body is larger than is taken here."
        because "JSON bodies have at most 1 MiB, contracts at most 16 MiB.";
        mend "Send less.";
    MEDIA_TYPE = "media-type" 415 "The body is of a type that is not taken": "The Content-Type of the body is not one that is taken here."
        because "The API takes application/json; contracts may be YAML as well.";
        mend "Set Content-Type to what the body is.";
    ACCESS_TOKEN_MISSING = "access-token-missing" 401 "An access token is needed": "The request carries no access token."
        because "Everything under /api/v1 needs a personal access token.";
        mend "Issue one under your account in the portal, and send it as Authorization: Bearer.";
    ACCESS_TOKEN_INVALID = "access-token-invalid" 401 "The access token is not valid": "The access token is unknown, expired or revoked."
        because "It was not copied whole, has ended, was revoked, or its owner was disabled.";
        mend "Issue a new one under your account in the portal.";
    SIGN_IN_NEEDED = "sign-in-needed" 401 "Sign in": "This page is for people who are signed in."
        because "There is no session, or it has ended: after two hours without use, and after twelve in all.";
        mend "Sign in, and you come back here.";
    SIGN_IN_REFUSED = "sign-in-refused" 401 "Name or password is wrong": "Name or password is wrong."
        because "The two do not belong together, or the operator is disabled.";
        mend "Try again, or ask an administrator to reset the password.";
    CROSS_SITE = "cross-site" 403 "The form came from somewhere else": "The form was not sent by a page of this portal."
        because "The browser says that another site sent it, or does not say who did.";
        mend "Open the page here and send the form from there.";
    DENIED = "denied" 403 "Your role does not allow this": "Your role does not allow this."
        because "Every action needs a role, and those on an API its owning team.";
        mend "Ask an administrator to do it or to change your role. The attempt stands in the audit trail.";
    NOT_FOUND = "not-found" 404 "There is no such thing": "There is no such thing, or it is not yours to see."
        because "The id or name is wrong, it never was, or another team owns it.";
        mend "Look it up in its list.";
    METHOD = "method-not-allowed" 405 "Not with this method": "This address does not take that method."
        because "The address is right and the method is not.";
        mend "Compare with the API document at /api/v1/openapi.json, or with the contract of the version.";
    VERIFIER_UNFIT = "verifier-unfit" 422 "The configuration cannot be filled in": "An address holds a character that would break the configuration."
        because "The issuer, the gateway's address or the upstream has a blank, a quote, a brace, `$`, `#`, `%` or `;` in it.";
        mend "Correct the address in the settings or of the version, or write the configuration by hand.";
    TAKEN = "taken" 409 "The name is taken": "There is one of that name already."
        because "Names are unique, without regard to case.";
        mend "Choose another, or use the one there is.";
    AMBIGUOUS = "ambiguous" 409 "The name means several": "Several things have that name."
        because "Two consumers may each have an application of one name.";
        mend "Use the id instead of the name.";
    STATE = "state-forbids" 409 "Its state forbids this": "What was asked for cannot be done from the state it is in."
        because "Versions, plans, subscriptions, tokens and keys move along fixed paths.";
        mend "The detail names the state and what is possible.";
    ROTATION_HELD = "rotation-held" 409 "The rotation is held": "Somebody who verifies tokens does not know the standby key yet."
        because "A gateway has not acknowledged it, or the key set with it was never fetched.";
        mend "Bring the gateways that are named back, or remove them; or force the rotation and say why.";
    KEY_NOT_READY = "key-not-ready" 409 "The standby key may not sign yet": "The standby key has not been published long enough."
        because "Verifiers keep the key set for a while. A key that signs before they can know it fails requests.";
        mend "Wait until the time that is named, or rotate with force and a reason.";
    NOT_ACCEPTABLE = "not-acceptable" 406 "Not in such a form": "What is here is not told in any form that was asked for."
        because "The Accept header names other media types only.";
        mend "Send an Accept header that names the media type of the document, or none.";
    STALE = "stale" 412 "It has changed meanwhile": "It has been changed since you read it."
        because "Somebody else was faster. Nothing was overwritten.";
        mend "Read it again and repeat the change if it still makes sense.";
    IF_MATCH_NEEDED = "if-match-needed" 428 "Say what you have read": "An edit needs If-Match with the ETag of what you read."
        because "Without it, one edit could silently undo another.";
        mend "Read it, and send its ETag as If-Match.";
    IDEMPOTENCY_RUNNING = "idempotency-running" 409 "The same request is still running": "A request with this Idempotency-Key has not been answered yet."
        because "It was sent twice at once.";
        mend "Wait a moment and repeat it.";
    IDEMPOTENCY_MISMATCH = "idempotency-mismatch" 422 "The Idempotency-Key was used for something else": "A different request was sent with this Idempotency-Key within 24 hours."
        because "A key stands for one request with one body.";
        mend "Use a new key for a new request.";
    SHOWN_ONCE = "shown-once" 409 "It was shown once": "The request was carried out before, and its secret was shown then."
        because "Secrets are never kept, so a repeated answer cannot hold it again.";
        mend "If the secret was lost, revoke it and issue another.";
    CONTRACT_INVALID = "contract-invalid" 422 "The contract has errors": "The contract has errors; nothing was stored."
        because "It is not OpenAPI 2.0 or 3, breaks a rule of it, or is over a budget.";
        mend "Each finding names the place and what would be right there.";
    CONTRACT_BREAKS = "contract-breaks" 409 "The contract breaks callers": "The version is live, and the contract breaks applications that call it; nothing was stored."
        because "Something that callers rely on is gone or has become stricter; `changes` says what, and where.";
        mend "Begin a new version for it. To take it all the same, send it again with a reason (`?reason=`), which stays in the trail.";
    LINT_ERRORS = "lint-errors" 409 "The contract breaks rules of the API": "The contract has errors of the ruleset that the API chose; nothing was changed."
        because "The team that owns the API chose a ruleset, and nothing that it finds errors in reaches callers; `rules` says what, and where.";
        mend "Mend the errors and upload the contract again. To go on all the same, send it again with a reason (`?reason=`), which stays in the trail.";
    RULESET_INVALID = "ruleset-invalid" 422 "This is no ruleset": "The text is no ruleset in Spectral's format; nothing was stored."
        because "It cannot be read as JSON or YAML, or is not what a ruleset is.";
        mend "The detail says what is wrong, and `findings` where. Rules that only cannot be run here are no reason to refuse it.";
    UPSTREAM_REFUSED = "upstream-refused" 422 "The upstream is not allowed": "The upstream resolves to an address that is not public."
        because "An address of this machine or a private network could reach what is not meant to be reached.";
        mend "Use a public address, or let the host be allowed with upstream_allow in the configuration.";
    RULE_REFUSES = "rule-refuses" 422 "A rule refuses this": "What was asked for breaks a rule."
        because "A plan's ceiling, a version's sunset or a missing subscription stands against it.";
        mend "The detail names the rule and what would be right.";
    TOO_MANY = "too-many" 429 "Too many at once": "Too many attempts in a short time."
        because "Failed sign-ins are slowed down, and so are floods.";
        mend "Wait as long as Retry-After says.";
    BUSY = "busy" 503 "Not now": "The server cannot get to it now; nothing was stored."
        because "The database is busy or away.",
            "As many contracts are being read and compared as the machine can at once.",
            "Who holds the signing keys, a hardware module or a key service, does not sign.";
        mend "Try again in a moment.";
    FULL = "full" 503 "No room left": "The database has no room left; nothing was stored."
        because "Its disk is full, or a limit on its size is reached.";
        mend "Make room, or move the database. What is in force goes on meanwhile, and verification needs no room.";
    OUTCOME_UNKNOWN = "outcome-unknown" 503 "Perhaps it was stored": "The database went away before it said whether it stored the change."
        because "The connection was lost, or the server ended, at the very moment of the commit.";
        mend "Read it again before you repeat it; what was done stands in the trail.";
    REQUEST_MALFORMED = "request-malformed" 400 "The request is ambiguous": "The gateway refuses requests that can be read in two ways."
        because "Dot segments, encoded slashes, doubled headers and the like reach other places than they seem to.";
        mend "Send a plain, normalised request.";
    CREDENTIAL_MALFORMED = "credential-malformed" 400 "The Authorization header is malformed": "There must be exactly one Authorization header of scheme Bearer."
        because "There are several, or it holds something else.";
        mend "Send Authorization: Bearer and one token.";
    TOKEN_MISSING = "token-missing" 401 "A token is needed": "The call carries no token."
        because "Every operation needs a token, even one that needs no scope.";
        mend "Issue one for your application and send it as Authorization: Bearer.";
    TOKEN_INVALID = "token-invalid" 401 "The token is not valid": "The gateway does not accept the token. It never says why to callers."
        because "It has expired, was revoked, is for another version, or was changed.";
        mend "Issue a new one. Operators see the reason on the decision page and in the inspector.";
    PROOF_INVALID = "proof-invalid" 401 "The DPoP proof is not valid": "The token is bound to a key, and the request does not prove that its sender holds it."
        because "The proof is missing, doubled, too old, for another method, address or token, by another key, or was sent before.";
        mend "Make a new proof for each request. Its htu is the public address of the version and the path, without the query; operators see on the decision page what was wrong.";
    INSUFFICIENT_SCOPE = "insufficient-scope" 403 "The token lacks a scope": "The operation requires a scope that the token does not carry."
        because "The contract names the scopes of each operation.";
        mend "Issue a token that carries the scope; subscribe with it first if needed.";
    SUBSCRIPTION_MISSING = "subscription-missing" 403 "No subscription": "The application has no subscription to this version."
        because "A token alone opens nothing: the application must be subscribed.";
        mend "Subscribe the application to the version.";
    SUBSCRIPTION_PAUSED = "subscription-paused" 403 "The subscription is paused": "The application's subscription is paused."
        because "An operator has stopped it for a while.";
        mend "Ask for it to be resumed.";
    NO_SUCH_VERSION = "no-such-version" 404 "No version answers here": "No published version answers at this address."
        because "The API or version is misspelt, or not published.";
        mend "Call /{api}/{version}/ of a published version.";
    NO_SUCH_OPERATION = "no-such-operation" 404 "No such operation": "The contract of the version has no such path."
        because "Only what the contract describes is let through.";
        mend "Compare with the version's operations.";
    VERSION_RETIRED = "version-retired" 410 "The version has ended": "The version has ended for good."
        because "It was deprecated, announced its sunset, and was retired.";
        mend "Move to its successor, which the answer names.";
    REQUEST_TOO_LARGE = "request-too-large" 413 "The request is too large": "The request is larger than the gateway takes."
        because "Its head or body is over the limit.";
        mend "Send less.";
    RATE_EXCEEDED = "rate-exceeded" 429 "Too fast": "The plan's rate is exceeded."
        because "More requests came at once than the plan's burst allows.";
        mend "Wait as long as Retry-After says.";
    QUOTA_EXCEEDED = "quota-exceeded" 429 "The day's quota is used up": "The plan's daily quota is used up."
        because "Quotas are counted by UTC day.";
        mend "Wait for 00:00 UTC, or move to a larger plan.";
    UPSTREAM_UNREACHABLE = "upstream-unreachable" 502 "The service cannot be reached": "The service behind the API cannot be reached."
        because "It is down, or its address is wrong.";
        mend "Start it, or correct the version's upstream.";
    VERSION_BLOCKED = "version-blocked" 503 "The version is stopped": "The version is stopped for now."
        because "An operator has stopped it, and the answer says why.";
        mend "Wait as long as Retry-After says.";
    GATEWAY_NOT_READY = "gateway-not-ready" 503 "The gateway has no configuration yet": "The gateway has not been told anything yet."
        because "It has just started and cannot reach its control plane.";
        mend "Try again in a moment.";
    GATEWAY_STALE = "gateway-stale" 503 "The gateway is out of date": "The gateway has been out of touch with its control plane for longer than the version allows for such a call."
        because "What was revoked meanwhile may not have reached it. Every version says how long its gateways may go on without news, for reads and for writes.";
        mend "Try again in a few seconds; another gateway may be in touch.", "Bring the gateway back in touch with its control plane.", "Let the version be served for longer: Staleness, on its page.";
    UPSTREAM_TIMEOUT = "upstream-timeout" 504 "The service did not answer in time": "The service behind the API did not answer in time."
        because "It is slow or stuck.";
        mend "Try again; if it stays, look at the service.";
    UNEXPECTED = "unexpected" 500 "Something went wrong here": "The request could not be served, and it is not your fault."
        because "Something failed that should not. The log has the details under the request's id.";
        mend "Try again. If it stays, give the request's id to whoever runs this instance.";
}
