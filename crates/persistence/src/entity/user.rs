//! Rows of `users`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub username: String,
    pub username_key: String,
    pub name: String,
    pub role: String,
    pub student_number: Option<String>,
    pub password_hash: Option<String>,
    pub password_change_required: bool,
    pub enabled: bool,
    pub locale: String,
    pub ver: i64,
    pub totp_enabled: bool,
    pub locale_chosen: bool,
    pub created_at: i64,
    pub updated_at: i64,
    /// Username, name and number as they are searched; written by every write of these.
    #[sea_orm(column_type = "Text", nullable)]
    pub search_text: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
