//! The rules of the vocabulary, tried without any fixture but values.

mod decision;
mod lifecycle;
mod policy;
mod ring;
mod tokens;
mod town;
