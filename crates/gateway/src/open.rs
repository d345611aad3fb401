//! A thread's open connections: how many, and how many of one address.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    rc::Rc,
    sync::Arc,
};

use tokio::sync::Notify;

use crate::meter::Meter;

/// The open connections of one thread.
#[derive(Default)]
pub(crate) struct Open {
    addresses: RefCell<Addresses>,
    closed: Notify,
}

#[derive(Default)]
struct Addresses {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// One open connection, for as long as it lives.
pub(crate) struct Counted {
    open: Rc<Open>,
    address: IpAddr,
    meter: Arc<Meter>,
}

impl Open {
    /// Counts one more, unless the address has as many as it may.
    pub(crate) fn one_more(
        this: &Rc<Self>,
        address: IpAddr,
        most: usize,
        meter: &Arc<Meter>,
    ) -> Option<Counted> {
        let mut addresses = this.addresses.borrow_mut();
        let of_address = addresses.each.entry(address).or_default();
        if *of_address >= most {
            return None;
        }
        *of_address += 1;
        addresses.all += 1;
        meter.connected();
        Some(Counted {
            open: Rc::clone(this),
            address,
            meter: Arc::clone(meter),
        })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.addresses.borrow().all
    }

    /// Waits until one has closed.
    pub(crate) async fn closed(&self) {
        self.closed.notified().await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut addresses = self.open.addresses.borrow_mut();
        addresses.all -= 1;
        if let Entry::Occupied(mut of_address) = addresses.each.entry(self.address) {
            *of_address.get_mut() -= 1;
            if *of_address.get() == 0 {
                of_address.remove();
            }
        }
        self.meter.disconnected();
        self.open.closed.notify_one();
    }
}
