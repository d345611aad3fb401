//! The store on real databases: every test runs on SQLite and on PostgreSQL.

#![cfg(test)]

mod append_only;
mod atomicity;
mod backups;
mod cancellation;
mod denials;
mod permits;
mod quiet;
mod rewraps;
mod round_trips;
mod sequence;
mod stale;
mod tampering;
mod world;
