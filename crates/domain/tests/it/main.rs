//! The rules of the vocabulary, tried without any fixture but values.

#![cfg(test)]

mod decision;
mod keks;
mod lifecycle;
mod policy;
mod ring;
mod tokens;
mod town;
