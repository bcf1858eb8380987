//! Rows of `assessments`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub course_id: i64,
    pub category_id: i64,
    pub exam_id: Option<i64>,
    pub title: String,
    pub max_score: i64,
    pub weight: i64,
    pub extra_credit_limit: i64,
    pub held_on: String,
    pub state: String,
    pub position: i64,
    pub locked_by_term: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
