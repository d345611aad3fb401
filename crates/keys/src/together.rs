//! Group commit: whoever waits for a row gets it in one transaction with everybody else who waits, under one event.
//!
//! Invariant: an order is answered with a token only after the transaction that holds its row has been committed.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use gatewright_domain::{
    access::Action,
    audit::Change,
    id::{ApplicationId, TokenId},
    key::SigningKey,
    time::Timestamp,
    token::{GrantWish, Issuance, Jti, Token},
};
use gatewright_store::{ClientRecord, Joint, StoreError};
use tokio::sync::oneshot;

use crate::{
    Keys,
    access_signer::{Signers, grantee},
    clients::Authenticated,
    grant::{GrantError, NotNow},
};

/// As many tokens are committed at once: their event still names every one within the size that events keep.
const AT_ONCE: usize = 64;

/// What somebody waits for.
#[derive(Debug)]
pub(crate) struct Order {
    /// Who.
    pub(crate) client: Authenticated,
    /// What.
    pub(crate) wish: GrantWish,
}

type Answer = Result<(Token, SigningKey), GrantError>;

struct Waiting {
    order: Order,
    answer: oneshot::Sender<Answer>,
}

/// The orders that wait, and whether somebody sees to them.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Line>);

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    is_served: bool,
}

impl Queue {
    fn with<R>(&self, ask: impl FnOnce(&mut Line) -> R) -> R {
        // A queue is whole whatever happened to the thread that held it.
        let mut line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&mut line)
    }

    /// The next orders; with none, nobody serves any more.
    fn next(&self) -> Vec<Waiting> {
        self.with(|line| {
            let count = line.waiting.len().min(AT_ONCE);
            line.is_served = count > 0;
            line.waiting.drain(..count).collect()
        })
    }
}

/// Whoever serves; when they are stopped in the middle, the next order finds somebody else.
struct Server(Keys);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.queue.with(|line| line.is_served = false);
    }
}

impl Keys {
    /// Has a row made for an order, together with those of others.
    pub(crate) async fn issue_together(&self, order: Order) -> Answer {
        let (answer, answered) = oneshot::channel();
        let starts = self.queue.with(|line| {
            line.waiting.push_back(Waiting { order, answer });
            !std::mem::replace(&mut line.is_served, true)
        });
        if starts {
            // In a task of its own: whoever came first may hang up, and the others still wait.
            tokio::spawn(Server(self.clone()).serve());
        }
        answered.await.map_err(|_| NotNow::Stopping)?
    }

    /// Commits the rows of these orders, and answers each.
    async fn commit_together(&self, batch: Vec<Waiting>) {
        self.pass_watermark().await;
        let now = self.clock.now();
        let (orders, answers): (Vec<Order>, Vec<_>) = batch
            .into_iter()
            .map(|waiting| (waiting.order, waiting.answer))
            .unzip();
        let signers = self.signers_of(&orders, now).await;
        let work = async |joint: &mut Joint| self.write_all(joint, &orders, (&signers, now)).await;
        let outcome = self.store.write_jointly(now, work).await;
        let outcomes =
            outcome.unwrap_or_else(|error| orders.iter().map(|_| Err(error.clone())).collect());
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Who hung up meanwhile has a row of a token that was never signed; it ends by itself.
            let _ = answer.send(outcome);
        }
    }

    /// Waits until the second of a watermark has passed: a token of that second would be born dead.
    async fn pass_watermark(&self) {
        let now = self.clock.now();
        if let Ok(Some(ahead)) = self.store.reader().watermark_after(now).await {
            tokio::time::sleep(ahead.since(now)).await;
        }
    }

    /// One decision and one permit for each order; what is refused leaves the others alone.
    async fn write_all(
        &self,
        joint: &mut Joint,
        orders: &[Order],
        (signers, now): (&Signers, Timestamp),
    ) -> Result<Vec<Answer>, GrantError> {
        let changed = changed(joint, orders).await?;
        let mut outcomes = Vec::with_capacity(orders.len());
        for order in orders {
            let newer = changed
                .iter()
                .find(|one| one.application.id == order.client.application());
            let record = newer.unwrap_or(&order.client.client);
            let outcome = self.decide(record, order, signers, now);
            let outcome = outcome.and_then(|(change, key)| {
                let on = change.event().subject().clone();
                let permit = order.client.caller.may(Action::IssueToken, on);
                let permit = permit.map_err(GrantError::Denied)?;
                let token = change.after().clone();
                joint.write(permit, change)?;
                Ok((token, key))
            });
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn decide(
        &self,
        record: &ClientRecord,
        order: &Order,
        signers: &Signers,
        now: Timestamp,
    ) -> Result<(Change<Token>, SigningKey), GrantError> {
        let grantee = grantee(record);
        let versions = order.wish.versions.as_ref();
        let algorithm = grantee.algorithm(versions, self.config.token_algorithm, now)?;
        let (key, ceiling) = signers.of(algorithm)?;
        let issuance = Issuance {
            id: TokenId::draw(now, &*self.entropy),
            jti: Jti::draw(&*self.entropy),
            kid: key.kid().clone(),
        };
        let change = Token::grant(grantee, order.wish.clone(), ceiling, issuance, now)?;
        Ok((change, key))
    }
}

impl Server {
    async fn serve(self) {
        loop {
            let batch = self.0.queue.next();
            if batch.is_empty() {
                return;
            }
            self.0.commit_together(batch).await;
        }
    }
}

/// The clients of these orders as they are now, when anything but a token has changed since they were read.
async fn changed(joint: &mut Joint, orders: &[Order]) -> Result<Vec<ClientRecord>, StoreError> {
    let earliest = orders.iter().map(|order| order.client.as_of).min();
    let Some(earliest) = earliest else {
        return Ok(Vec::new());
    };
    if joint.since(earliest).await?.changes == 0 {
        return Ok(Vec::new());
    }
    let mut ids: Vec<ApplicationId> = orders
        .iter()
        .map(|order| order.client.application())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        records.push(joint.client(id).await?);
    }
    Ok(records)
}
