//! Timed jobs: what is due is done, what is over is swept out. Nothing waits for them.

use std::time::Duration;

use anyhow::Result;
use gatewright_domain::{access::Caller, id::RequestId, time::Timestamp};
use gatewright_keys::{Keys, RingUseError, Turn};
use gatewright_store::Store;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::house::House;

const MINUTE: Duration = Duration::from_secs(60);

/// How often clocks are compared.
const COMPARED: Duration = Duration::from_secs(5);

/// How many minutes lie between two sweeps.
const SWEEP: u32 = 60;

/// How long a refusal can explain itself.
const DECISIONS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long the answer to an `Idempotency-Key` is kept.
const ATTEMPTS_KEPT: Duration = Duration::from_secs(24 * 3600);

/// How long failed sign-ins are remembered.
const FAILURES_KEPT: Duration = Duration::from_secs(24 * 3600);

/// Runs the jobs until told to stop.
pub(crate) async fn run(house: &House, stop: CancellationToken) {
    let mut minutes = interval(MINUTE);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut passed = 0;
    // A name of this run, so that of several servers one at a time holds what only one shall do.
    let server = RequestId::draw(house.clock.now(), &*house.entropy).to_string();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = minutes.tick() => {}
        }
        let now = house.clock.now();
        told(
            "look after who holds signing keys",
            holders(&house.keys).await,
        );
        told("mend key rings", mend(&house.keys).await);
        told("rotate keys", rotate(&house.keys, &server).await);
        told("retire keys", retire(&house.keys).await);
        told("look after key-encryption keys", keks(&house.keys).await);
        told("end overlaps", overlaps(&house.keys).await);
        told(
            "settle refusals",
            house.store.settle_denials(now).await.map_err(Into::into),
        );
        if passed % SWEEP == 0 {
            told("sweep", sweep(&house.store, &house.keys, now).await);
        }
        passed += 1;
    }
}

/// Asks those who hold signing keys elsewhere whether they sign, and has them destroy the keys that are over.
async fn holders(keys: &Keys) -> Result<()> {
    keys.ask_holders().await?;
    for holder in keys.holders().await? {
        if let Some(why) = &holder.failure {
            warn!(
                holder = holder.holder,
                error = why,
                "No key can be used in {}; no token is signed by one",
                holder.holder
            );
        }
    }
    for kid in keys.destroy_leftovers().await? {
        info!(key.kid = %kid, "Destroyed the private part of {kid} where it was held");
    }
    Ok(())
}

/// Makes the rings whole where a key could not be made when one was needed.
async fn mend(keys: &Keys) -> Result<()> {
    match keys.ensure_ring(&Caller::job("ensure-ring")).await {
        // Another server was faster.
        Err(RingUseError::Stale) => Ok(()),
        mended => Ok(mended?),
    }
}

/// Keeps comparing this server's clock with the database's until told to stop, and says when they part and meet again.
pub(crate) async fn compare_clocks(keys: &Keys, stop: CancellationToken) {
    let mut often = interval(COMPARED);
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let may_differ = keys.config().timing.leeway / 2;
    let mut agreed = true;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = often.tick() => {}
        }
        // A database that does not answer is told of by those who need it.
        let Ok(Some(ahead)) = keys.compare_clocks().await else {
            continue;
        };
        let agrees = Duration::from_millis(ahead.unsigned_abs()) <= may_differ;
        if agreed && !agrees {
            error!(
                ahead_ms = ahead,
                "This server signs nothing: its clock differs from the database's"
            );
        }
        if agrees && !agreed {
            info!(ahead_ms = ahead, "The clocks agree again");
        }
        agreed = agrees;
    }
}

/// Rotates the rings whose time is over, as far as everybody who verifies knows the next key.
async fn rotate(keys: &Keys, server: &str) -> Result<()> {
    let turns = match keys.rotate_due(&Caller::job("rotate-keys"), server).await {
        // Another server was faster.
        Err(RingUseError::Stale) => return Ok(()),
        turns => turns?,
    };
    for turn in turns {
        match turn {
            Turn::Rotated(ring) => info!(%ring, "Rotated the key ring {ring}"),
            Turn::Held(ring, why) => {
                warn!(%ring, %why, "Held the rotation of the key ring {ring} back")
            }
        }
    }
    Ok(())
}

/// Retires the keys whose last token has died.
async fn retire(keys: &Keys) -> Result<()> {
    for key in keys.retire_due(&Caller::job("retire-keys")).await? {
        info!(key.kid = %key.kid(), "Retired the signing key {}", key.kid());
    }
    Ok(())
}

/// Follows the key-encryption key that seals, asks how each feels, and moves under it what still rests under another.
async fn keks(keys: &Keys) -> Result<()> {
    keys.ask_keks().await;
    for kid in keys.suspend_shut(&Caller::job("suspend-shut-keys")).await? {
        warn!(key.kid = %kid, "Suspended the signing key {kid}: its private part does not open in its row");
    }
    let done = keys.rewrap(|_| {}).await?;
    if done.moved > 0 {
        info!(kek.id = %done.active, secrets = done.moved, "Moved {} secrets under {}", done.moved, done.active);
    }
    for (row, why) in &done.stuck {
        warn!(row, error = %why, "A sealed secret does not open, and stays as it is");
    }
    Ok(())
}

/// Revokes the tokens that were replaced and whose overlap is over, and says which end soon.
async fn overlaps(keys: &Keys) -> Result<()> {
    for token in keys.end_overlaps(&Caller::job("end-overlaps")).await? {
        info!(token.id = %token.id(), "Revoked the token {}, which was replaced", token.name());
    }
    for (token, days) in keys.remind(&Caller::job("remind")).await? {
        info!(token.id = %token.id(), days, "The token {} ends within {days} days", token.name());
    }
    Ok(())
}

async fn sweep(store: &Store, keys: &Keys, now: Timestamp) -> Result<()> {
    store.prune_decisions(now.minus(DECISIONS_KEPT)).await?;
    store.prune_attempts(now.minus(ATTEMPTS_KEPT)).await?;
    store
        .prune_sign_in_failures(now.minus(FAILURES_KEPT))
        .await?;
    store.prune_sessions(now).await?;
    keys.prune().await?;
    Ok(())
}

fn told(job: &str, outcome: Result<()>) {
    if let Err(error) = outcome {
        warn!(
            job,
            error = format!("{error:#}"),
            "The job to {job} failed; it is tried again"
        );
    }
}
