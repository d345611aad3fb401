//! What a violated uniqueness means to people. PostgreSQL names the constraint, SQLite the columns.

/// The constraint, the columns, the noun and its field.
const UNIQUE: [(&str, &str, &str); 25] = [
    ("teams_name", "teams.name_folded", "team name"),
    ("operators_name", "operators.name_folded", "operator name"),
    ("apis_name", "apis.name", "api name"),
    (
        "api_rulesets_number",
        "api_rulesets.api_id, api_rulesets.number",
        "ruleset number",
    ),
    (
        "versions_number",
        "versions.api_id, versions.number",
        "version number",
    ),
    (
        "contract_revisions_number",
        "contract_revisions.version_id, contract_revisions.number",
        "contract revision number",
    ),
    ("plans_name", "plans.api_id, plans.name_folded", "plan name"),
    ("consumers_name", "consumers.name_folded", "consumer name"),
    (
        "applications_name",
        "applications.consumer_id, applications.name_folded",
        "application name",
    ),
    (
        "subscriptions_place",
        "subscriptions.application_id, subscriptions.version_id",
        "subscription to the version",
    ),
    ("signing_keys_kid", "signing_keys.kid", "kid"),
    (
        "signing_keys_active",
        "signing_keys.purpose, signing_keys.algorithm",
        "place of the active key",
    ),
    ("rings_pkey", "rings.purpose, rings.algorithm", "key ring"),
    ("tokens_jti", "tokens.jti", "token jti"),
    (
        "client_secrets_pkey",
        "client_secrets.id",
        "client secret id",
    ),
    (
        "refresh_tokens_generation",
        "refresh_tokens.family_id, refresh_tokens.generation",
        "refresh token generation",
    ),
    (
        "refresh_tokens_head",
        "refresh_tokens.family_id",
        "unused refresh token",
    ),
    ("access_tokens_hash", "access_tokens.hash", "access token"),
    ("api_keys_fingerprint", "api_keys.fingerprint", "API key"),
    (
        "initial_tokens_fingerprint",
        "initial_tokens.fingerprint",
        "initial access token",
    ),
    (
        "own_registrations_newest",
        "own_registrations.newest",
        "registration access token",
    ),
    (
        "own_registrations_before",
        "own_registrations.before",
        "earlier registration access token",
    ),
    ("gateways_name", "gateways.name_folded", "gateway name"),
    (
        "outside_issuers_name",
        "outside_issuers.name_folded",
        "issuer name",
    ),
    ("outside_issuers_issuer", "outside_issuers.issuer", "issuer"),
];

/// The noun and field whose uniqueness the database's message is about.
pub(crate) fn what(message: &str) -> Option<&'static str> {
    let named = |name: &str| {
        let quoted = message
            .split('"')
            .nth(1)
            .is_some_and(|constraint| constraint == name);
        quoted || message.ends_with(&format!(": {name}"))
    };
    UNIQUE
        .iter()
        .find(|(constraint, columns, _)| named(constraint) || named(columns))
        .map(|(_, _, what)| *what)
}
