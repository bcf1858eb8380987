//! Students by their numbers.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Role;
use gradebook_domain::UserId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use unicode_normalization::UnicodeNormalization;

use crate::db::Read;
use crate::entity::user;
use crate::error::DbError;
use crate::repo::CHUNK;

/// A student as a list knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// 学号.
    pub number: String,
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
}

fn students() -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::Role.eq(Role::Student.as_str()))
}

async fn read(db: &impl Read, found: Select<user::Entity>) -> Result<Vec<Numbered>, DbError> {
    let rows: Vec<(Option<String>, i64, String)> = found
        .select_only()
        .columns([
            user::Column::StudentNumber,
            user::Column::Id,
            user::Column::Name,
        ])
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let found = rows.into_iter().filter_map(|(number, id, name)| {
        Some(Numbered {
            number: number?,
            id: UserId(id),
            name,
        })
    });
    Ok(found.collect())
}

/// The students with these numbers, for those that exist.
///
/// # Errors
/// Any database failure.
pub async fn numbered(db: &impl Read, numbers: &[String]) -> Result<Vec<Numbered>, DbError> {
    let mut found = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let these = students().filter(user::Column::StudentNumber.is_in(chunk));
        found.extend(read(db, these).await?);
    }
    Ok(found)
}

/// Students by number, for those of `numbers` that exist.
///
/// # Errors
/// Any database failure.
pub async fn students_by_number(
    db: &impl Read,
    numbers: &[String],
) -> Result<Vec<(String, UserId)>, DbError> {
    let found = numbered(db, numbers).await?.into_iter();
    Ok(found.map(|one| (one.number, one.id)).collect())
}

/// What is left of a number when zeros at its front, spaces, letter case and width count for nothing, nor
/// signs that cannot be seen: two numbers of which the same is left are hard to tell apart.
#[must_use]
pub fn alike(number: &str) -> String {
    let seen = number
        .nfkc()
        .filter(|sign| sign.is_alphanumeric() || sign.is_ascii_graphic())
        .flat_map(char::to_lowercase);
    seen.collect::<String>().trim_start_matches('0').to_owned()
}

/// For those of `numbers` that no student has, but one who is hard to tell apart ([`alike`]), that student:
/// a spreadsheet program drops zeros, and who types takes another width.
///
/// # Errors
/// Any database failure.
pub async fn nearly_numbered(
    db: &impl Read,
    numbers: &[String],
) -> Result<HashMap<String, Numbered>, DbError> {
    if numbers.is_empty() {
        return Ok(HashMap::new());
    }
    let all = read(db, students()).await?;
    let taken: HashSet<&str> = all.iter().map(|one| one.number.as_str()).collect();
    let known: HashMap<String, &Numbered> =
        all.iter().map(|one| (alike(&one.number), one)).collect();
    let near = numbers.iter().filter_map(|number| {
        let near = known.get(&alike(number))?;
        (!taken.contains(number.as_str())).then(|| (number.clone(), (*near).clone()))
    });
    Ok(near.collect())
}
