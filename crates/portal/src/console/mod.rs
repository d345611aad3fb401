//! The handlers of the pages: each fills one page from one view, or does one thing and leads to the next page.

pub mod apis;
pub mod applications;
pub mod consumers;
pub mod entry;
pub mod home;
pub mod problem;
pub mod routes;
pub mod versions;
pub mod visit;
mod words;
