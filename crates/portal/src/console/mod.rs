//! The handlers of the pages: each fills one page from one view, or does one thing and leads to the next page.

pub mod api_forms;
pub mod apis;
pub mod applications;
pub mod consumers;
pub mod contracts;
pub mod entry;
pub mod home;
pub mod moves;
pub mod problem;
pub mod routes;
pub mod subscribe;
pub mod versions;
pub mod visit;
mod words;
