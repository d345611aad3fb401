//! The handlers of the pages: each fills one page from one view, or does one thing and leads to the next page.

pub mod problem;
pub mod visit;
