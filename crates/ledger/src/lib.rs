//! The audit tree: the exact bytes of an event, the Merkle root after it, and who finds out when either was touched.
//! Forbids I/O, SQL, HTTP, async and clocks: bytes come in, hashes and verdicts go out. Checkpoints, proofs and bundles will join here.
//! Start with `event` (what is recorded), then `tree` (how it is sealed), then `verify` (how it is checked).

mod canonical;
pub mod event;
mod integer;
mod moment;
pub mod privacy;

pub mod tree;

pub mod verdict;
pub mod verify;
