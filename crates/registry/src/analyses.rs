//! Analyses: contracts are read, linted and compared on threads of their own, so many at once and no more.
//!
//! Each has a budget of its own, but a hundred of them would still take the machine from everybody else, and hold a hundred
//! pairs of documents in memory. So a place is taken before the documents are fetched, and kept until the work is done, even when
//! whoever asked has gone.
//!
//! Invariant: whoever has a place waits for no other place and for no writer, so that places always come free.

use std::{num::NonZero, pin::Pin, sync::Arc, thread, time::Duration};

use tokio::{
    select,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};

/// How long a request waits for a place. The largest public contract is read and compared with another within two seconds;
/// whoever waits longer than this is better told to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// As many contracts are being read as there are places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("as many contracts are being read as this machine can at once; try again in a moment")]
pub struct Busy;

/// The places for analyses.
pub(crate) struct Analyses {
    places: Arc<Semaphore>,
    patience: Duration,
}

/// A request that waits for a place: from when it was made on, and not for ever.
pub(crate) struct Turn {
    places: Arc<Semaphore>,
    patience: Pin<Box<Sleep>>,
}

/// A place for one analysis.
pub(crate) struct Place(OwnedSemaphorePermit);

impl Default for Analyses {
    /// A place for each processor.
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self::of(processors, PATIENCE)
    }
}

impl Analyses {
    fn of(places: usize, patience: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            patience,
        }
    }

    /// Begins to wait.
    pub(crate) fn turn(&self) -> Turn {
        Turn {
            places: self.places.clone(),
            patience: Box::pin(sleep(self.patience)),
        }
    }

    /// A place, as soon as there is one.
    ///
    /// # Errors
    /// When there is none for too long.
    pub(crate) async fn place(&self) -> Result<Place, Busy> {
        self.turn().place().await
    }
}

impl Turn {
    /// A place, as soon as there is one.
    ///
    /// # Errors
    /// When there is none, and this turn has lasted for too long.
    pub(crate) async fn place(self) -> Result<Place, Busy> {
        select! {
            biased;
            place = self.places.acquire_owned() => place.map(Place).map_err(|_| Busy),
            () = self.patience => Err(Busy),
        }
    }
}

impl Place {
    /// Does work off the request threads, and gives the place back. `None` when the work broke off.
    pub(crate) async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let Self(place) = self;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        working.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_run_at_once_than_there_are_places_and_every_one_has_its_turn() {
        let analyses = Arc::new(Analyses::of(3, LONG));
        let (running, most) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let tasks: Vec<_> = (0..60)
            .map(|number| {
                let (analyses, running, most) = (analyses.clone(), running.clone(), most.clone());
                tokio::spawn(async move {
                    let place = analyses.place().await.unwrap();
                    let work = move || {
                        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                        most.fetch_max(now, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(2));
                        running.fetch_sub(1, Ordering::SeqCst);
                        number
                    };
                    place.work(work).await
                })
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), Some(number));
        }
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_told_so_and_a_later_one_is_served() {
        let analyses = Analyses::of(1, SOON);
        let taken = analyses.place().await.unwrap();
        assert_eq!(analyses.place().await.err(), Some(Busy));
        assert_eq!(taken.work(|| 7).await, Some(7));
        assert!(analyses.place().await.is_ok());
    }

    #[tokio::test]
    async fn a_turn_that_was_long_takes_a_place_that_is_free_and_waits_for_none() {
        let analyses = Analyses::of(1, SOON);
        let [first, second] = [analyses.turn(), analyses.turn()];
        tokio::time::sleep(2 * SOON).await;
        let place = first.place().await.unwrap();
        assert_eq!(second.place().await.err(), Some(Busy));
        drop(place);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_place_is_kept_until_the_work_is_done_though_nobody_waits_for_it() {
        let analyses = Analyses::of(1, SOON);
        let (finish, finished) = mpsc::channel::<()>();
        let place = analyses.place().await.unwrap();
        let work = tokio::spawn(place.work(move || finished.recv().is_ok()));
        tokio::time::sleep(SOON).await;
        work.abort();
        assert!(work.await.unwrap_err().is_cancelled());
        assert_eq!(analyses.place().await.err(), Some(Busy));
        finish.send(()).unwrap();
        let patient = Analyses {
            places: analyses.places,
            patience: LONG,
        };
        assert!(patient.place().await.is_ok());
    }

    #[tokio::test]
    async fn work_that_breaks_off_gives_its_place_back() {
        let analyses = Analyses::of(1, LONG);
        let place = analyses.place().await.unwrap();
        assert_eq!(place.work(|| panic!("on purpose")).await, None::<()>);
        assert!(analyses.place().await.is_ok());
    }
}
