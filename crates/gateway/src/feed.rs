//! How a gateway that runs apart learns what is in force: it asks, the control plane answers when there is something newer,
//! and every question says what is in force here. The protocol is `docs/book/src/gateway-protocol.md`.
//!
//! Invariant: a failure changes nothing but how soon the next question is asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use gatewright_domain::{entropy::Entropy, snapshot::Snapshot, time::Timestamp};
use gatewright_token::detached::PinnedKey;
use http::{HeaderName, Method, StatusCode};
use http_body_util::Full;
use tracing::{info, warn};

use crate::{
    chain::chain,
    control::{CallError, ControlPlane},
    currency::Moment,
    last_good::{Known, LastGood},
    sealed::{LARGEST, SealError, Sealed},
    watch::{Applied, OfferError, Watch},
};

/// The signature over the exact bytes of a snapshot, in base64.
pub const SIGNATURE: HeaderName = HeaderName::from_static("gatewright-signature");

/// What is in force at the gateway that asks: `epoch.revision`.
pub const APPLIED: HeaderName = HeaderName::from_static("gatewright-applied");

/// How long the control plane may keep a question open, in seconds; less when a version wants the gateway to know sooner
/// whether it is up to date.
const LONG: u64 = 25;

/// How many questions at least are answered while the shortest patience of a version lasts.
const ANSWERS: u64 = 3;

/// How often it is noted on disk that what is in force is the newest.
const NOTE: Duration = Duration::from_secs(5);

/// What an answer may take beyond that.
const SLACK: Duration = Duration::from_secs(5);

/// The longest time between a failure and the next question, which then is not kept open: revocations must arrive within
/// a second whatever stands in the way of long questions.
const POLL: Duration = Duration::from_millis(900);

/// The source of snapshots.
pub struct Feed {
    control: ControlPlane,
    watch: Arc<Watch>,
    key: PinnedKey,
    last_good: LastGood,
    /// What was noted last.
    noted: Mutex<Option<Known>>,
    entropy: Arc<dyn Entropy>,
}

#[derive(Debug, thiserror::Error)]
enum FeedError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the snapshot came without a signature")]
    Unsigned,
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Offer(#[from] OfferError),
}

impl Feed {
    /// A feed from the control plane into `watch`, kept in `last_good`.
    #[must_use]
    pub fn new(
        control: ControlPlane,
        watch: Arc<Watch>,
        key: PinnedKey,
        last_good: LastGood,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            control,
            watch,
            key,
            last_good,
            noted: Mutex::new(None),
            entropy,
        }
    }

    /// Puts the newest snapshot that was kept in force, if there is one; those of earlier epochs before it.
    pub fn recall(&self) {
        let epochs = self.last_good.load_epochs();
        if epochs.is_empty() {
            info!("There is no snapshot from before; waiting for the control plane");
        }
        for snapshot in epochs {
            let at = snapshot.at;
            match self.watch.offer(snapshot) {
                Ok(applied) => {
                    self.watch.recall(self.known(applied).into_iter().chain(at));
                    let age_s = self.watch.age().as_secs();
                    info!(
                        applied.epoch,
                        applied.revision, age_s, "Went on with the last good snapshot"
                    );
                }
                Err(error) => warn!(%error, "Could not go on with the last good snapshot"),
            }
        }
    }

    /// When a snapshot was last known to be the newest, as far as that was noted of it or of an older one. What was noted of a
    /// newer one, which is lost, says that this one is not.
    fn known(&self, applied: Applied) -> Option<Timestamp> {
        let known = self.last_good.known()?;
        let is_newer = (known.epoch, known.revision) > (applied.epoch, applied.revision);
        (!is_newer).then_some(known.at)
    }

    /// Asks, for ever.
    pub async fn run(self) {
        let feed = Arc::new(self);
        let mut reachable = true;
        loop {
            let wait = if reachable { feed.patience() } else { 0 };
            match Arc::clone(&feed).ask(wait).await {
                Ok(()) => {
                    if !reachable {
                        info!(
                            control_plane = feed.control.address(),
                            "The control plane answers again"
                        );
                    }
                    reachable = true;
                }
                Err(error) => {
                    if reachable {
                        let error = chain(&error);
                        warn!(
                            control_plane = feed.control.address(),
                            error, "Going on with what is in force"
                        );
                    }
                    reachable = false;
                    tokio::time::sleep(feed.pause()).await;
                }
            }
        }
    }

    /// One question.
    async fn ask(self: Arc<Self>, wait: u64) -> Result<(), FeedError> {
        let applied = self.watch.applied();
        let (epoch, revision) = applied.map_or((0, 0), |applied| (applied.epoch, applied.revision));
        let path = format!("/internal/v1/snapshot?epoch={epoch}&after={revision}&wait={wait}");
        let request = self.control.request(Method::GET, &path);
        let request = match applied {
            Some(_) => request.header(APPLIED, format!("{epoch}.{revision}")),
            None => request,
        };
        let patience = Duration::from_secs(wait) + SLACK;
        let answer = self
            .control
            .call(request.body(Full::new(Bytes::new())), patience)
            .await?;
        let heard = self.watch.moment();
        if answer.status() == StatusCode::NO_CONTENT {
            self.watch.confirm(heard);
            // As below, of a panic.
            let _ = tokio::task::spawn_blocking(move || self.note(heard)).await;
            return Ok(());
        }
        let signature = answer
            .headers()
            .get(SIGNATURE)
            .and_then(|value| value.to_str().ok());
        let signature = signature.ok_or(FeedError::Unsigned)?.to_owned();
        let bytes = ControlPlane::body(answer, LARGEST).await?;
        let sealed = Sealed { bytes, signature };
        let taken = tokio::task::spawn_blocking(move || self.take(&sealed, heard)).await;
        // A panic while compiling is logged by the runtime's hook, and what was in force still is.
        taken.unwrap_or(Ok(()))
    }

    /// Puts a snapshot in force, then keeps it: in that order, because a full disk must not delay a revocation.
    fn take(&self, sealed: &Sealed, heard: Moment) -> Result<(), FeedError> {
        let snapshot: Snapshot = sealed.open(&self.key)?;
        let applied = self.watch.offer(snapshot.clone())?;
        self.watch.confirm(heard);
        info!(applied.epoch, applied.revision, "Put a snapshot in force");
        if let Err(error) = self.last_good.save(sealed, &snapshot) {
            warn!(%error, "Could not keep the snapshot; a restart would go on with an older one");
        }
        self.note(heard);
        Ok(())
    }

    /// Notes, now and then, that what is in force was the newest at this moment: a restart has no other way to know.
    fn note(&self, heard: Moment) {
        let Some(Applied {
            epoch, revision, ..
        }) = self.watch.applied()
        else {
            return;
        };
        let known = Known {
            epoch,
            revision,
            at: heard.wall,
        };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.is_some_and(|noted| known.at.since(noted.at) < NOTE && noted.at <= known.at) {
            return;
        }
        match self.last_good.note(known) {
            Ok(()) => *noted = Some(known),
            Err(error) => {
                warn!(%error, "Could not note that the snapshot is the newest; a restart would count as out of touch");
            }
        }
    }

    /// How long the next question may be kept open, in seconds.
    fn patience(&self) -> u64 {
        let bounded = self.watch.patience();
        bounded.map_or(LONG, |span| (span.as_secs() / ANSWERS).clamp(1, LONG))
    }

    /// Half of `POLL` to all of it, so that many gateways do not ask in step.
    fn pause(&self) -> Duration {
        let mut dice = [0];
        self.entropy.fill(&mut dice);
        let [dice] = dice;
        POLL / 2 + POLL * u32::from(dice) / 512
    }
}
