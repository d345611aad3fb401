//! The use-cases on keys and tokens, on both engines, with time that stands still and loaded dice.
#![cfg(test)]

mod town;
mod trail;

mod api_keys;
mod checks;
mod inspections;
mod issuing;
mod keks;
mod key_sets;
mod recognising;
mod restores;
mod revoking;
mod revoking_widely;
mod rings;
mod snapshots;
