//! What the database says of itself, for somebody who looks whether it is set up well.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use super::{Db, Dialect};
use crate::error::DbError;

/// What was found. Nothing is changed by looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Name and version of the program behind the connection.
    pub version: String,
    /// The database's clock in Unix milliseconds; to the second on SQLite.
    pub now_ms: i64,
    /// The cipher of the connection to a server; empty when it is not encrypted.
    pub cipher: Option<String>,
    /// What is not as the migrations make it: table and property, for people.
    pub deviations: Vec<String>,
}

impl Db {
    /// Asks the database about itself.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn inspect(&self) -> Result<Inspection, DbError> {
        match self.dialect {
            Dialect::Sqlite => self.inspect_file().await,
            Dialect::MySql => self.inspect_server().await,
        }
    }

    /// When the newest change on record was made, in Unix milliseconds; `None` without any.
    ///
    /// # Errors
    /// When the database cannot be read, or has no such record yet.
    pub async fn newest_change_at(&self) -> Result<Option<i64>, DbError> {
        let sql = "SELECT at FROM change_log ORDER BY id DESC LIMIT 1";
        let row = self.readers.query_one_raw(self.plain(sql)).await?;
        Ok(row.map(|row| row.try_get("", "at")).transpose()?)
    }

    async fn inspect_file(&self) -> Result<Inspection, DbError> {
        let version = text(
            &self
                .one("SELECT 'SQLite ' || sqlite_version() AS a")
                .await?,
        )?;
        let now: i64 = self
            .one("SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000 AS a")
            .await?
            .try_get("", "a")?;
        let mut deviations = Vec::new();
        // The first complaint is enough: the rest is for whoever repairs the file.
        let whole = text(
            &self
                .one("SELECT quick_check AS a FROM pragma_quick_check LIMIT 1")
                .await?,
        )?;
        if whole != "ok" {
            deviations.push(format!("the file is damaged ({whole})"));
        }
        Ok(Inspection {
            version,
            now_ms: now,
            cipher: None,
            deviations,
        })
    }

    async fn inspect_server(&self) -> Result<Inspection, DbError> {
        let row = self
            .one(
                "SELECT CAST(VERSION() AS CHAR) AS a, \
                 CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now_ms, \
                 CAST(@@character_set_connection AS CHAR) AS charset",
            )
            .await?;
        let said = text(&row)?;
        let version = if said.contains("MariaDB") {
            said
        } else {
            format!("MySQL {said}")
        };
        let charset: String = row.try_get("", "charset")?;
        let mut deviations = Vec::new();
        if charset != "utf8mb4" {
            deviations.push(format!("the connection speaks {charset}, not utf8mb4"));
        }
        let tables = self
            .readers
            .query_all_raw(self.plain(
                "SELECT CAST(table_name AS CHAR) AS name, CAST(table_collation AS CHAR) AS coll, \
                 CAST(engine AS CHAR) AS eng FROM information_schema.tables \
                 WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' \
                 AND table_name <> 'seaql_migrations' ORDER BY table_name",
            ))
            .await?;
        for table in tables {
            let name: String = table.try_get("", "name")?;
            let collation: Option<String> = table.try_get("", "coll")?;
            let engine: Option<String> = table.try_get("", "eng")?;
            let (collation, engine) = (collation.unwrap_or_default(), engine.unwrap_or_default());
            if collation != "utf8mb4_bin" {
                deviations.push(format!(
                    "table {name} compares as {collation}, not utf8mb4_bin"
                ));
            }
            if engine != "InnoDB" {
                deviations.push(format!("table {name} is kept by {engine}, not InnoDB"));
            }
        }
        Ok(Inspection {
            version,
            now_ms: row.try_get("", "now_ms")?,
            cipher: Some(self.cipher().await?),
            deviations,
        })
    }

    /// The cipher of this very connection; the name of the statement's columns differs by version.
    async fn cipher(&self) -> Result<String, DbError> {
        let row = self.one("SHOW SESSION STATUS LIKE 'Ssl_cipher'").await?;
        Ok(row.try_get_by_index(1)?)
    }

    async fn one(&self, sql: &str) -> Result<QueryResult, DbError> {
        let row = self.readers.query_one_raw(self.plain(sql)).await?;
        row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()).into())
    }

    fn plain(&self, sql: &str) -> Statement {
        Statement::from_string(self.readers.get_database_backend(), sql)
    }
}

fn text(row: &QueryResult) -> Result<String, DbError> {
    Ok(row.try_get("", "a")?)
}
