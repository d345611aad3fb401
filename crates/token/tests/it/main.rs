//! The token room from outside: what is minted verifies, what is not does not, and nothing leaks on the way.

#![cfg(test)]

mod assertion;
mod corpus;
mod detached;
mod find;
mod foreign;
mod hostile;
mod inspect;
mod jwk;
mod kinds;
mod mint;
mod mutations;
mod outside;
mod pem;
mod proof;
mod second_opinion;
mod signer;
mod stage;
mod status;
mod times;
