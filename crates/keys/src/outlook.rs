//! What the rings may do next, and from when: for whoever looks at a button before pressing it.

use std::collections::BTreeMap;

use gatewright_domain::{
    key::{Kid, SigningKey},
    ring::Ring,
    time::Timestamp,
};
use gatewright_store::StoreError;

use crate::Keys;

/// What the rings may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// From when the standby of the ring that a rotation by hand moves may sign without haste; nothing when it has none.
    pub rotates_at: Option<Timestamp>,
    /// From when each published key may sign in its own ring.
    pub signs_from: BTreeMap<Kid, Timestamp>,
    /// From when each deactivated key may be retired: when the last token it signed has been dead for the leeway.
    pub retires_at: BTreeMap<Kid, Timestamp>,
}

impl Keys {
    /// What the rings may do next, by the same rules that will judge it then.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn outlook(&self) -> Result<Outlook, StoreError> {
        let rings = self.read_rings().await?;
        let [access, ..] = self.own_rings();
        let each = |when: fn(&Ring, &SigningKey) -> Option<Timestamp>| {
            let of = |ring: &Ring| {
                let at = |key: &SigningKey| Some((key.kid().clone(), when(ring, key)?));
                ring.keys().iter().filter_map(at).collect::<Vec<_>>()
            };
            rings.iter().flat_map(of).collect()
        };
        let signs = rings.iter().find(|ring| ring.name() == access);
        Ok(Outlook {
            rotates_at: signs.and_then(Ring::ready_at),
            signs_from: each(Ring::may_sign_from),
            retires_at: each(Ring::retires_at),
        })
    }
}
