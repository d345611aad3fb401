//! Everything that can be read.

use sea_orm::DatabaseConnection;

/// The reading side of a store. Cheap to clone; it cannot change anything.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(crate) database: DatabaseConnection,
}

impl Reader {
    pub(crate) fn new(database: DatabaseConnection) -> Self {
        Self { database }
    }
}
