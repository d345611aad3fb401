//! The use-cases on keys and tokens, on both engines, with time that stands still and loaded dice.
#![cfg(test)]

mod somebody;
mod town;
mod trail;

mod algorithms;
mod api_keys;
mod checks;
mod clocks;
mod families;
mod fetching;
mod granting;
mod inspections;
mod issuers;
mod issuing;
mod keks;
mod key_addresses;
mod key_sets;
mod recognising;
mod replacing;
mod restores;
mod revoking;
mod revoking_widely;
#[path = "../../../domain/tests/it/ring_actions.rs"]
mod ring_actions;
mod ring_moves;
mod rings;
mod signers;
mod snapshots;
mod status_lists;
