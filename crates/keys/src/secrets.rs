//! Where the secrets of the server itself rest, each by its name: the one list of them.

use gatewright_custody::Place;

/// The key that signs snapshots.
pub(crate) const SNAPSHOT_KEY: &str = "snapshot-key";

/// The place of the secret of this name. A rewrap finds every secret by it, so what seals one asks here too.
pub(crate) fn place<'a>(installation: &'a str, name: &'a str) -> Place<'a> {
    let (purpose, algorithm) = match name {
        SNAPSHOT_KEY => ("snapshot", "Ed25519"),
        // What is kept under a name of its own is for what it says, and no key of an algorithm.
        other => (other, ""),
    };
    Place {
        installation,
        table: "sealed_secrets",
        row: name,
        purpose,
        kid: "",
        algorithm,
        version: 1,
    }
}
