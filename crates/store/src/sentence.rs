//! The trail in words: one sentence per event. A test holds it against the catalogue, so that no event is without one.

/// Who did what to what, and why.
pub(crate) fn of(
    who: &str,
    action: &str,
    outcome: &str,
    label: &str,
    reason: Option<&str>,
) -> String {
    let done = verb(action).unwrap_or(action);
    let sentence = match outcome {
        "denied" => format!("{who} was not allowed to act on {label}"),
        _ => format!("{who} {}", done.replace("{}", label)),
    };
    match reason {
        Some(reason) => format!("{sentence}: {reason}"),
        None => sentence,
    }
}

/// What was done, with a place for what it was done to.
fn verb(action: &str) -> Option<&'static str> {
    Some(match action {
        "installation.set-up" => "set the installation up",
        "server.start" => "started the server",
        "session.start" => "signed in",
        "session.refuse" => "failed to sign in",
        "session.end" => "signed out",
        "team.form" => "formed the team {}",
        "operator.admit" => "admitted the operator {}",
        "operator.reassign" => "changed the role or teams of {}",
        "operator.disable" => "disabled the operator {}",
        "operator.enable" => "enabled the operator {}",
        "operator.change-password" => "changed the password of {}",
        "operator.issue-sign-in-link" => "issued a sign-in link for {}",
        "access-token.issue" => "issued the access token {}",
        "access-token.revoke" => "revoked the access token {}",
        "api.register" => "registered the API {}",
        "api.edit" => "edited the API {}",
        "api.choose-algorithm" => "chose what the tokens of {} are signed with",
        "api.choose-ruleset" => "chose the ruleset of {}",
        "version.draft" => "drafted {}",
        "version.redirect" => "changed the upstream of {}",
        "version.agree-staleness" => "changed what out-of-date gateways do with calls of {}",
        "contract.upload" => "uploaded a contract: {}",
        "version.adopt-contract" => "took a new contract into use for {}",
        "version.publish" => "published {}",
        "version.deprecate" => "deprecated {}",
        "version.retire" => "retired {}",
        "version.block" => "blocked {}",
        "version.unblock" => "unblocked {}",
        "version.discard" => "discarded {}",
        "plan.open" => "opened the {}",
        "plan.edit" => "changed the {}",
        "plan.close" => "closed the {}",
        "consumer.register" => "registered the consumer {}",
        "application.register" => "registered the application {}",
        "application.disable" => "disabled the application {}",
        "application.enable" => "enabled the application {}",
        "application.revoke-tokens" => "revoked all tokens of the application {}",
        "client.edit" => "changed what the client {} may ask for",
        "client-secret.issue" => "issued the client secret {}",
        "client-secret.overlap" => "gave the client secret {} an end",
        "client-secret.revoke" => "revoked the client secret {}",
        "initial-token.issue" => "issued the initial access token {}",
        "initial-token.use" => "registered an application with the initial access token {}",
        "initial-token.revoke" => "revoked the initial access token {}",
        "own-registration.begin" => "let the client {} hold its own registration",
        "own-registration.turn" => "was given another token for the registration of {}",
        "own-registration.rename" => "changed what the client {} calls itself",
        "own-registration.bound" => "bounded what the client {} may register for itself",
        "own-registration.end" => "ended the hold of the client {} on its registration",
        "subscription.open" => "subscribed an application to {}",
        "subscription.pause" => "paused a subscription to {}",
        "subscription.resume" => "resumed a subscription to {}",
        "subscription.close" => "closed a subscription to {}",
        "token.issue" => "issued the token {}",
        "token.issue-many" => "issued {}",
        "token.revoke" => "revoked the token {}",
        "token.replace" => "replaced the token {}",
        "token.end-soon" => "reminded that the token {} ends soon",
        "api-key.issue" => "issued the API key {}",
        "api-key.revoke" => "revoked the API key {}",
        "authorization.allow" => "allowed {} to act for them",
        "authorization.redeem" => "took up what a person allowed {}",
        "refresh-family.begin" => "began the refreshable grant {}",
        "refresh-family.turn" => "refreshed the grant {}",
        "refresh-family.repeat" => "was given the same refresh token of the grant {} again",
        "refresh-family.revoke" => "revoked the grant {} and every token of it",
        "key-ring.form" => "formed the key ring {}",
        "key-ring.retime" => "changed the times of the key ring {}",
        "key-ring.enable" => "let the key ring {} sign again",
        "key-ring.disable" => "let the key ring {} sign no more",
        "key-ring.rotate" => "rotated the key ring {}",
        "key-ring.hold" => "held the rotation of the key ring {} back",
        "signing-key.stage" => "generated the signing key {}",
        "session.revoke" => "revoked the session {}",
        "subscription.revoke-tokens" => "revoked all tokens of the subscription to {}",
        "version.revoke-tokens" => "revoked all tokens for {}",
        "consumer.revoke-tokens" => "revoked all tokens of the consumer {}",
        "issuer.revoke-tokens" => "revoked every token of {}",
        "installation.back-up" => "backed the installation up",
        "installation.reconcile" => "accounted for what was revoked before the restore",
        "installation.restore" => "restored the installation: {}",
        "installation.recover-revocations" => "took over revocations: {}",
        "signing-key.publish" => "published the signing key {}",
        "signing-key.activate" => "activated the signing key {}",
        "signing-key.discard" => "gave the staged signing key {} up",
        "signing-key.activate-in-emergency" => {
            "activated the signing key {} before its time, in an emergency"
        }
        "signing-key.suspend" => "suspended the signing key {}",
        "signing-key.resume" => "resumed the signing key {}",
        "signing-key.rehearse-compromise" => "rehearsed a compromise of the signing key {}",
        "signing-key.deactivate" => "deactivated the signing key {}",
        "signing-key.retire" => "retired the signing key {}",
        "signing-key.compromise" => "declared the signing key {} compromised",
        "kek.add" => "made the key-encryption key {} known",
        "kek.activate" => "let the key-encryption key {} seal",
        "kek.supersede" => "superseded the key-encryption key {}",
        "kek.retire" => "retired the key-encryption key {}",
        "issuer.trust" => "trusted the outside issuer {}",
        "issuer.edit-rules" => "changed the rules of the outside issuer {}",
        "issuer.suspend" => "suspended the outside issuer {}",
        "issuer.resume" => "resumed the outside issuer {}",
        "issuer.withdraw" => "withdrew the outside issuer {}",
        "issuer.take-keys" => "took new keys of the outside issuer {}",
        "gateway.enrol" => "enrolled the gateway {}",
        "gateway.remove" => "removed the gateway {}",
        "audit.verify" => "verified the audit trail",
        "access.deny" => "was not allowed to act on {}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::audit::Kind;

    #[test]
    fn every_event_of_the_catalogue_has_a_sentence() {
        let mute: Vec<&str> = Kind::NAMES
            .iter()
            .copied()
            .filter(|name| verb(name).is_none())
            .collect();
        assert_eq!(mute, Vec::<&str>::new());
    }

    #[test]
    fn a_sentence_says_who_what_and_why() {
        let sentence = of(
            "Ada",
            "version.block",
            "success",
            "orders/v1",
            Some("a leak"),
        );
        assert_eq!(sentence, "Ada blocked orders/v1: a leak");
    }
}
