//! What the ring may do next, and from when: for whoever looks at a button before pressing it.

use std::collections::BTreeMap;

use gatewright_domain::{
    key::{Kid, SigningKey},
    ring::Ring,
    time::Timestamp,
};
use gatewright_store::StoreError;

use crate::Keys;

/// What the ring may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// From when the standby may sign without haste; nothing when there is no standby.
    pub rotates_at: Option<Timestamp>,
    /// From when each deactivated key may be retired: when the last token it signed has been dead for the leeway.
    pub retires_at: BTreeMap<Kid, Timestamp>,
}

impl Keys {
    /// What the ring may do next, by the same rules that will judge it then.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn outlook(&self) -> Result<Outlook, StoreError> {
        let rings = self.read_rings().await?;
        let [access, ..] = self.own_rings();
        let retiring = |ring: &Ring| {
            let at = |key: &SigningKey| Some((key.kid().clone(), ring.retires_at(key)?));
            ring.keys().iter().filter_map(at).collect::<Vec<_>>()
        };
        let signs = rings.iter().find(|ring| ring.name() == access);
        Ok(Outlook {
            rotates_at: signs.and_then(Ring::ready_at),
            retires_at: rings.iter().flat_map(retiring).collect(),
        })
    }
}
