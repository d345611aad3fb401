//! Signing keys. A CHECK keeps the sealed private key out of every state that cannot sign.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::KeyId, revision::Revision, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: KeyId,
    #[sea_orm(column_type = "Text")]
    pub(crate) kid: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) algorithm: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) public_jwk: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    pub(crate) generated_at: Timestamp,
    pub(crate) published_at: Timestamp,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) deactivated_at: Option<Timestamp>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) compromised_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) sealed_kek: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) sealed_record: Option<Vec<u8>>,
    pub(crate) last_expiry: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
