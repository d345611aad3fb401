//! The face of the control plane: pages for people, JSON for programs, endpoints for gateways.
//! Forbids SQL, business rules, and holding the writer: it asks the use-cases and shows what they answer.
//! Start with `page` (what every page is made of), then `pages` (one file for each part of the console).

pub mod assets;
pub mod page;
pub mod pages;
pub mod web;
pub mod console;
