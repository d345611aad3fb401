//! What was chosen as the ruleset of an API, choice by choice; the last one counts.

use gatewright_domain::{
    audit::Aggregate,
    id::{ApiId, RulesetId},
    revision::Revision,
    ruleset::{ApiRuleset, RulesetChoice, RulesetName, RulesetText},
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QueryOrder, entity::prelude::*};

use super::{Place, Stored, api, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_rulesets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RulesetId,
    pub(crate) api_id: ApiId,
    pub(crate) number: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) ruleset: String,
    /// The text of one's own.
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) body: Option<String>,
    pub(crate) chosen_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::api::Entity",
        from = "Column::ApiId",
        to = "super::api::Column::Id"
    )]
    Api,
}

impl Related<super::api::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Api.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// What was chosen last for an API, if anything was.
pub(crate) async fn of_api<C: ConnectionTrait>(
    db: &C,
    api: ApiId,
) -> Result<Option<ApiRuleset>, StoreError> {
    let of_api = Entity::find().filter(Column::ApiId.eq(api));
    let last = of_api.order_by_desc(Column::Number).one(db).await?;
    let Some(model) = last else { return Ok(None) };
    let Model {
        id,
        api_id,
        number,
        ruleset,
        body,
        chosen_at,
        revision,
    } = model;
    let at = Place::of("api_rulesets", id);
    Ok(Some(ApiRuleset {
        id,
        api: api::load(db, api_id).await?.reference(),
        number: at.number("number", number)?,
        choice: choice(&at, &ruleset, body)?,
        chosen: chosen_at,
        revision,
    }))
}

fn choice(at: &Place, ruleset: &str, body: Option<String>) -> Result<RulesetChoice, StoreError> {
    let name: RulesetName = at.parse("ruleset", ruleset)?;
    let text = body.map(RulesetText::try_from).transpose();
    let text = text.map_err(|_| at.corrupt("body"))?;
    name.with(text).map_err(|_| at.corrupt("body"))
}

impl Stored for ApiRuleset {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let ruleset = self.at(was.next());
        let active = ActiveModel {
            id: Set(ruleset.id),
            api_id: Set(ruleset.api.id),
            number: Set(i64::from(ruleset.number)),
            ruleset: Set(ruleset.choice.name().to_string()),
            body: Set(ruleset.choice.text().cloned().map(String::from)),
            chosen_at: Set(ruleset.chosen),
            revision: Set(ruleset.revision),
        };
        let this = Column::Id.eq(ruleset.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(ruleset)
    }
}
