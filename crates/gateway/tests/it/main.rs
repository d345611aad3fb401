//! The gateway as its callers meet it: over real connections, with a clock that stands still.
#![cfg(test)]

mod town;
mod wire;

mod admission;
mod api_keys;
mod authz;
mod bound;
mod control;
mod corpus;
mod feed;
mod floods;
mod forwarding;
mod identity;
mod last_good;
mod limits;
mod outsiders;
mod paths;
mod probes;
mod program;
mod records;
mod refusals;
mod revocations;
mod smuggling;
mod staleness;
mod streams;
mod tls;
