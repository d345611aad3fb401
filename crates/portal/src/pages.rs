//! The pages: one struct for each, beside the handler that fills it. Every value is ready to be read.

pub mod entry;
pub mod home;
pub mod problem;
