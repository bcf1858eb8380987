//! Rows of `imports`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub kind: String,
    pub course_id: Option<i64>,
    pub file_name: String,
    #[sea_orm(column_type = "Text")]
    pub options: String,
    pub file: Option<Vec<u8>>,
    pub state: String,
    pub claim: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub summary: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub left_out: Option<String>,
    pub batch_id: Option<i64>,
    pub created_at: i64,
    pub created_by: Option<i64>,
    pub changed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
