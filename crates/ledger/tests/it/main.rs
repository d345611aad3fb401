//! The ledger, tried against vectors, other implementations, and people with write access to its tables.

#![cfg(test)]

mod book;
mod event;
mod forger;
mod log;
mod privacy;
mod second;
mod tamper;
mod tree;
