//! The test kit itself: databases are fresh and leave nothing behind, and the upstream says what it saw.

#![cfg(test)]

mod databases;
mod upstream;
