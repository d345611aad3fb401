//! The rules of the vocabulary, tried without any fixture but values.

#![cfg(test)]

mod algorithms;
mod decision;
mod families;
mod keks;
mod lifecycle;
mod outside;
mod policy;
mod revocations;
mod ring;
mod ring_actions;
mod ring_model;
mod tokens;
mod town;
