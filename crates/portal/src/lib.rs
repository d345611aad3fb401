//! The face of the control plane: pages for people, JSON for programs, endpoints for gateways.
//! Forbids SQL, business rules, and holding the writer: it asks the use-cases and shows what they answer.
//! Start with `routes` (every address there is), then `web` (what all answers have in common), then `console`.

pub mod api;
pub mod assets;
pub mod console;
pub mod health;
pub mod internal;
pub mod metrics;
pub mod oauth;
pub mod page;
pub mod pages;
pub mod routes;
pub mod serve;
pub mod web;
