//! Ids for every request, from entropy that is drawn by the page.

use std::{cell::RefCell, sync::Arc};

use gatewright_domain::{
    entropy::Entropy,
    id::{DecisionId, RequestId},
    time::Timestamp,
};

const PAGE: usize = 4096;

/// Bytes an id is drawn from: the random part of a version 7 UUID.
const DRAW: usize = 10;

/// A thread's supply of drawn bytes. Each byte is used once.
pub(crate) struct Dice {
    source: Arc<dyn Entropy>,
    page: RefCell<Page>,
}

struct Page {
    bytes: Box<[u8]>,
    used: usize,
}

impl Dice {
    /// A supply that is filled from `source` when it runs out.
    pub(crate) fn new(source: Arc<dyn Entropy>) -> Self {
        let page = Page {
            bytes: vec![0; PAGE].into_boxed_slice(),
            used: PAGE,
        };
        let page = RefCell::new(page);
        Self { source, page }
    }

    /// A new request's id.
    pub(crate) fn request(&self, now: Timestamp) -> RequestId {
        RequestId::draw(now, &self.draw())
    }

    /// A new decision's id.
    pub(crate) fn decision(&self, now: Timestamp) -> DecisionId {
        DecisionId::draw(now, &self.draw())
    }

    fn draw(&self) -> Drawn {
        let mut page = self.page.borrow_mut();
        if page.used + DRAW > PAGE {
            self.source.fill(&mut page.bytes);
            page.used = 0;
        }
        let mut drawn = [0; DRAW];
        if let Some(bytes) = page.bytes.get(page.used..page.used + DRAW) {
            drawn.copy_from_slice(bytes);
        }
        page.used += DRAW;
        Drawn(drawn)
    }
}

/// Bytes already drawn, in the form that ids are drawn from.
struct Drawn([u8; DRAW]);

impl Entropy for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, drawn) in bytes.iter_mut().zip(self.0) {
            *byte = drawn;
        }
    }
}
