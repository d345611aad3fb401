//! Conversations with the whole control plane, on both engines.
#![cfg(test)]

mod analyses;
mod contracts;
mod findings;
mod forms;
mod gateways;
mod house;
mod keks;
mod manners;
mod oauth;
mod openapi;
mod public;
mod references;
mod refusals;
mod rings;
mod rulesets;
mod sign_in_links;
mod token_uses;
mod whole_path;
