//! The three subjects that every new school starts with.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Code, Chinese name, English name.
const FIRST_SUBJECTS: [(&str, &str, &str); 3] = [
    ("chinese", "语文", "Chinese"),
    ("mathematics", "数学", "Mathematics"),
    ("english", "英语", "English"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut insert = Query::insert();
        insert.into_table("subjects").columns([
            "code",
            "name_zh",
            "name_en",
            "default_max_score",
            "position",
        ]);
        for (position, (code, name_zh, name_en)) in (1_i64..).zip(FIRST_SUBJECTS) {
            insert
                .values([
                    code.into(),
                    name_zh.into(),
                    name_en.into(),
                    1_000_000_i64.into(),
                    position.into(),
                ])
                .map_err(|error| DbErr::Custom(error.to_string()))?;
        }
        // A repeated `up` after `down` finds the subjects still there when courses refer to them.
        insert.on_conflict(OnConflict::column("code").update_column("code").to_owned());
        manager.execute(insert).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        // Courses may refer to these rows by now; the table's own migration removes them with it.
        Ok(())
    }
}
