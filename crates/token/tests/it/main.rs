//! The token room from outside: what is minted verifies, what is not does not, and nothing leaks on the way.

#![cfg(test)]

mod corpus;
mod detached;
mod inspect;
mod jwk;
mod kinds;
mod mint;
mod mutations;
mod second_opinion;
mod stage;
mod times;
