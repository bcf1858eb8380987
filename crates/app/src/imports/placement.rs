//! The classes of pupils whose file names none: those of their enrolments.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use gradebook_domain::{ClassId, UserId};
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::people;
use gradebook_persistence::{DbError, Read};

use super::order::ImportScores;
use super::sheet::{ClassKey, Sheet};

/// The sheet with the class of each pupil, and who was in several during the term.
pub(super) async fn place<'a>(
    db: &impl Read,
    sheet: &'a Sheet,
    order: &ImportScores,
) -> Result<(Cow<'a, Sheet>, HashSet<UserId>), DbError> {
    if !sheet.is_without_classes() {
        return Ok((Cow::Borrowed(sheet), HashSet::new()));
    }
    let term = structure::term(db, &order.school_year, &order.term).await?;
    let Some(term) = term else {
        return Ok((Cow::Borrowed(sheet), HashSet::new()));
    };
    let classes = structure::classes(db, &order.school_year).await?;
    let ids: HashSet<ClassId> = classes.iter().map(|class| class.id).collect();
    let mut of_student: HashMap<UserId, Vec<ClassId>> = HashMap::new();
    for (class, student) in structure::members(db, &ids, &term).await? {
        of_student.entry(student).or_default().push(class);
    }
    let numbers: Vec<String> = sheet.rows.iter().map(|row| row.number.clone()).collect();
    let students: HashMap<String, UserId> = people::students_by_number(db, &numbers)
        .await?
        .into_iter()
        .collect();
    let mut placed = sheet.clone();
    let mut in_several = HashSet::new();
    let mut places: HashMap<ClassId, usize> = HashMap::new();
    for row in &mut placed.rows {
        let Some(student) = students.get(&row.number) else {
            continue;
        };
        let class = match of_student.get(student).map(Vec::as_slice) {
            Some([class]) => *class,
            Some(_) => {
                in_several.insert(*student);
                continue;
            }
            None => continue,
        };
        let Some(class) = classes.iter().find(|one| one.id == class) else {
            continue;
        };
        let known = &mut placed.classes;
        row.class = Some(*places.entry(class.id).or_insert_with(|| {
            let key = ClassKey {
                grade_level: class.grade_level.clone(),
                name: class.name.clone(),
            };
            known.push((key, row.lines.first().copied().unwrap_or(0)));
            known.len() - 1
        }));
    }
    Ok((Cow::Owned(placed), in_several))
}
