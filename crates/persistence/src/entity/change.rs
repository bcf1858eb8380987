//! Rows of `change_log`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub actor_id: Option<i64>,
    pub kind: String,
    pub course_id: Option<i64>,
    pub assessment_id: Option<i64>,
    pub student_id: Option<i64>,
    pub user_id: Option<i64>,
    pub session_id: Option<i64>,
    pub before_status: Option<String>,
    pub before_value: Option<i64>,
    pub after_status: Option<String>,
    pub after_value: Option<i64>,
    pub version: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub source: String,
    pub batch_id: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub comment_before: Option<String>,
    pub way: Option<String>,
    pub undoes: Option<i64>,
    pub amendment_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
