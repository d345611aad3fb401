//! The test kit itself: databases are fresh and leave nothing behind, and the upstream says what it saw.

mod databases;
mod upstream;
