//! Fills the search text of the accounts that are there. Neither database can fold letters by
//! itself as the program does.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use unicode_normalization::UnicodeNormalization;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Rows of one statement.
const CHUNK: usize = 500;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let select = Query::select()
            .columns(["id", "username", "name", "student_number"])
            .from("users")
            .and_where(Expr::col("search_text").is_null())
            .to_owned();
        let mut texts: Vec<(i64, String)> = Vec::new();
        for row in connection.query_all(&select).await? {
            let number: Option<String> = row.try_get("", "student_number")?;
            let parts: [String; 3] = [
                row.try_get("", "username")?,
                row.try_get("", "name")?,
                number.unwrap_or_default(),
            ];
            let text = parts.map(|part| folded(&part)).join("\n");
            texts.push((row.try_get("", "id")?, text));
        }
        for chunk in texts.chunks(CHUNK) {
            let text = chunk
                .iter()
                .fold(CaseStatement::new(), |case, (id, text)| {
                    case.case(Expr::col("id").eq(*id), Expr::value(text.as_str()))
                })
                .finally(Expr::col("search_text"));
            let update = Query::update()
                .table("users")
                .value("search_text", text)
                .and_where(Expr::col("id").is_in(chunk.iter().map(|(id, _)| *id)))
                .to_owned();
            connection.execute(&update).await?;
        }
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        // The column's own migration removes the texts with it.
        Ok(())
    }
}

/// As accounts were folded when this migration was written: it stays so, whatever they are now.
fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower
        .nfkc()
        .collect::<String>()
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
