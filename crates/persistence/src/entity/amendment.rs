//! Rows of `amendments`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendments")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub course_id: i64,
    pub assessment_id: i64,
    pub student_id: i64,
    pub kind: String,
    pub state: String,
    pub waiting: Option<i64>,
    pub made_by: Option<i64>,
    pub made_at: i64,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub before_status: String,
    pub before_value: Option<i64>,
    pub before_version: i64,
    pub proposed_status: Option<String>,
    pub proposed_value: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub proposed_comment: Option<String>,
    pub answer: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub answer_note: Option<String>,
    pub answered_by: Option<i64>,
    pub answered_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub decided_at: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
