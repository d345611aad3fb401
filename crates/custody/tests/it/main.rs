//! Key-encryption keys of every source under one contract, and what is sealed under them.
#![cfg(test)]

mod contract;
mod sources;
mod transit;

mod hardware;
mod signers;
mod token;

mod key_files;
mod passphrases;
mod rewraps;
mod seals;
