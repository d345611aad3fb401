//! Clients at the OAuth endpoints, as RFC 6749 and its neighbours have them. Cases are named by their numbers.

mod algorithms;
mod assertions;
mod certificates;
mod codes;
mod corpus;
mod exchange;
mod grants;
mod introspection;
mod metadata;
mod registration;
mod senders;
mod shop;
mod status_lists;
mod token_errors;
mod tokens;
