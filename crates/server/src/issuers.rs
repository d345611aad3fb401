//! Following the keys of outside issuers: when it is time, and when a gateway meets a token of a key that is not known.

use std::time::Duration;

use gatewright_domain::access::Caller;
use gatewright_keys::{IssuerError, Keys, Refreshed};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often is looked whether it is time.
const LOOK: Duration = Duration::from_secs(5);

/// Follows them until told to stop.
pub(crate) async fn follow(keys: Keys, stop: CancellationToken) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let caller = Caller::job("follow-issuers");
    loop {
        let surprises = tokio::select! {
            () = stop.cancelled() => return,
            surprises = keys.surprises() => surprises,
            _ = looks.tick() => Default::default(),
        };
        for issuer in surprises {
            told(
                &issuer.to_string(),
                keys.surprised_by(&caller, issuer).await,
            );
        }
        match keys.refresh_due_issuers(&caller).await {
            Ok(done) => {
                for (issuer, refreshed) in done {
                    told(issuer.terms().name.as_str(), Ok(refreshed));
                }
            }
            Err(error) => told("outside issuers", Err(error)),
        }
    }
}

fn told(issuer: &str, refreshed: Result<Refreshed, IssuerError>) {
    match refreshed {
        Ok(Refreshed::Changed) => info!(issuer, "Took new keys of {issuer}"),
        Ok(Refreshed::Unchanged | Refreshed::TooSoon) => {}
        Ok(Refreshed::Failed(why)) => {
            warn!(
                issuer,
                why, "Could not fetch the keys of {issuer}; those that are known are kept"
            );
        }
        // One that was withdrawn meanwhile, or that a gateway made up.
        Err(IssuerError::NotFound | IssuerError::Refused(_)) => {}
        Err(error) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            warn!(
                issuer,
                error, "Could not follow the keys of {issuer}; it is tried again"
            );
        }
    }
}
