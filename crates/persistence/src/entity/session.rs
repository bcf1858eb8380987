//! Rows of `sessions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: i64,
    pub family: String,
    pub user_ver: i64,
    pub refresh_hash: String,
    pub generation: i64,
    pub created_at: i64,
    pub rotated_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
    pub device: String,
    pub address: String,
    pub second_factor: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
