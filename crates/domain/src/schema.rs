//! How ids, names and times describe themselves in the OpenAPI document: as the texts they are on the wire.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

macro_rules! texts {
    ($($name:path),+ $(,)?) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::String).build().into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

texts! {
    crate::id::TeamId, crate::id::OperatorId, crate::id::AccessTokenId, crate::id::ApiId, crate::id::VersionId,
    crate::id::RevisionId, crate::ruleset::RulesetName, crate::ruleset::RulesetText, crate::id::PlanId, crate::id::ConsumerId, crate::id::ApplicationId,
    crate::id::SubscriptionId, crate::id::TokenId, crate::id::ApiKeyId, crate::id::InitialTokenId, crate::id::KeyId, crate::id::GatewayId, crate::id::DecisionId,
    crate::id::RequestId, crate::text::ApiName, crate::text::Name, crate::text::Title, crate::text::Reason,
    crate::id::OutsideIssuerId, crate::outside::IssuerName, crate::outside::IssuerAudience, crate::outside::ClaimPath,
    crate::text::ScopeName, crate::text::Upstream, crate::text::VersionNumber, crate::operation::Scope,
    crate::consumer::ClientId, crate::key::Kid, crate::token::Jti, crate::handle::TeamHandle,
    crate::handle::ApiHandle, crate::handle::PlanHandle, crate::handle::ConsumerHandle,
    crate::handle::ApplicationHandle,
}

impl PartialSchema for crate::time::Timestamp {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(format))
            .build()
            .into()
    }
}

impl ToSchema for crate::time::Timestamp {}

impl PartialSchema for crate::revision::Revision {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .build()
            .into()
    }
}

impl ToSchema for crate::revision::Revision {}
