//! How a gateway that runs apart hands on its records: a batch a second, or sooner when it is full, kept until the control
//! plane has taken it.

use std::{sync::Arc, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use gatewright_domain::{entropy::Entropy, id::RequestId, record::Batch, time::Clock};
use http::{HeaderName, Method, header::CONTENT_TYPE};
use http_body_util::Full;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use tracing::{info, warn};

use crate::{
    chain::chain,
    control::{CallError, ControlPlane},
};

/// Names a batch, so that one sent twice counts once.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

const EVERY: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10);

/// The most records sent at one time.
const LARGEST: usize = 16_384;

/// The way of records to the control plane.
pub struct Reporter {
    control: ControlPlane,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Reporter {
    /// A reporter to this control plane.
    #[must_use]
    pub fn new(control: ControlPlane, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            control,
            clock,
            entropy,
        }
    }

    /// Reports until the gateway has told everything. While the control plane is away, the batch at hand waits and the
    /// gateway's queue fills; what does not fit there is counted, and the count is told.
    pub async fn run(self, mut records: mpsc::Receiver<Batch>) {
        let mut text = BytesMut::new();
        while let Some(mut batch) = records.recv().await {
            let by = Instant::now() + EVERY;
            while batch.records.len() < LARGEST {
                let Ok(Some(more)) = timeout_at(by, records.recv()).await else {
                    break;
                };
                batch.records.extend(more.records);
                batch.decisions.extend(more.decisions);
                batch.dropped += more.dropped;
            }
            // A batch of plain data always has a form in JSON. Once it is delivered, its memory is that of the next.
            let _ = serde_json::to_writer((&mut text).writer(), &batch);
            self.deliver(&batch, text.split().freeze(), &records).await;
        }
    }

    async fn deliver(&self, batch: &Batch, bytes: Bytes, records: &mpsc::Receiver<Batch>) {
        let key = RequestId::draw(self.clock.now(), self.entropy.as_ref()).to_string();
        let mut failed = false;
        while let Err(error) = self.post(&key, &bytes).await {
            if !failed {
                let error = chain(&error);
                warn!(
                    error,
                    records = batch.records.len(),
                    "Could not hand on access records; trying again"
                );
            }
            failed = true;
            if records.is_closed() {
                return;
            }
            tokio::time::sleep(EVERY).await;
        }
        if failed {
            info!("Handed on access records again");
        }
    }

    async fn post(&self, key: &str, bytes: &Bytes) -> Result<(), CallError> {
        let request = self
            .control
            .request(Method::POST, "/internal/v1/records")
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_KEY, key)
            .body(Full::new(bytes.clone()));
        self.control.call(request, PATIENCE).await.map(drop)
    }
}
