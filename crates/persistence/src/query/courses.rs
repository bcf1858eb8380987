//! Courses with the names of what they are made of.

use std::collections::{HashMap, HashSet};

use gradebook_auth::{Actor, Role};
use gradebook_domain::{
    AbsentPolicy, ClassId, ClassPlace, CourseId, LetterScale, RankShown, SubjectId, TermId, UserId,
    Weight,
};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

pub use super::membership::overlap;
use crate::db::Read;
use crate::entity::{class, course, course_teacher, enrolment, subject, term, user};
use crate::error::DbError;
use crate::repo::MANY_IDS;

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Id.
    pub id: ClassId,
    /// School year.
    pub school_year: String,
    /// Grade level.
    pub grade_level: String,
    /// Name.
    pub name: String,
}

impl Class {
    /// Where it stands in a list of classes.
    #[must_use]
    pub fn place(&self) -> ClassPlace {
        ClassPlace::new(&self.school_year, &self.grade_level, &self.name, self.id)
    }
}

/// A subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Id.
    pub id: SubjectId,
    /// Short unique code.
    pub code: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Place among the subjects.
    pub position: i64,
}

/// A term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Id.
    pub id: TermId,
    /// School year.
    pub school_year: String,
    /// Name.
    pub name: String,
    /// First day, ISO 8601.
    pub starts_on: String,
    /// Last day, ISO 8601.
    pub ends_on: String,
    /// Whether scores can still be entered.
    pub open: bool,
    /// Percent of the year.
    pub weight: Weight,
    /// What students are told of their rank.
    pub rank_shown: RankShown,
}

/// A person's id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: UserId,
    /// Name.
    pub name: String,
}

/// A course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Id.
    pub id: CourseId,
    /// Class.
    pub class: Class,
    /// Subject.
    pub subject: Subject,
    /// Term.
    pub term: Term,
    /// Teachers, in order of id.
    pub teachers: Vec<Person>,
    /// What an absence counts.
    pub absent: AbsentPolicy,
    /// Its letters, if it gives any.
    pub letters: Option<LetterScale>,
    /// Whether its students see the class's mean and distribution.
    pub show_class_statistics: bool,
}

/// Which courses to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The ones the actor may see: all, taught or attended ones, by role; of a term, if one is named.
    VisibleTo(Actor, Option<TermId>),
    /// These.
    Ids(Vec<CourseId>),
    /// All of a term, a class, a subject, as far as each is named.
    Of {
        /// The term.
        term: Option<TermId>,
        /// The class.
        class: Option<ClassId>,
        /// The subject.
        subject: Option<SubjectId>,
    },
}

/// Courses after `after`, in order of id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn list(
    db: &impl Read,
    which: &Which,
    after: CourseId,
    limit: u64,
) -> Result<Vec<Course>, DbError> {
    let mut select = course::Entity::find()
        .filter(course::Column::Id.gt(after.0))
        .order_by_asc(course::Column::Id)
        .limit(limit);
    match which {
        Which::Ids(ids) => {
            select = select.filter(course::Column::Id.is_in(ids.iter().map(|id| id.0)));
        }
        Which::Of {
            term,
            class,
            subject,
        } => {
            let of = Condition::all()
                .add_option(term.map(|term| course::Column::TermId.eq(term.0)))
                .add_option(class.map(|class| course::Column::ClassId.eq(class.0)))
                .add_option(subject.map(|subject| course::Column::SubjectId.eq(subject.0)));
            select = select.filter(of);
        }
        Which::VisibleTo(actor, term) => {
            let of_term = term.map(|term| course::Column::TermId.eq(term.0));
            select = select.filter(visible_to(actor).add_option(of_term));
        }
    }
    let rows = select.all(&db.on().0).await?;
    with_names(db, rows).await
}

/// What holds for the courses that the actor may see: all, taught or attended ones, by role.
pub(super) fn visible_to(actor: &Actor) -> Condition {
    let user = actor.user_id().map_or(0, |user| user.0);
    let of_own = match actor.role {
        Role::Admin => None,
        Role::Teacher => Some(course::Column::Id.in_subquery(taught_by(UserId(user)))),
        Role::Student => {
            let attended = enrolment::Entity::find()
                .select_only()
                .column(enrolment::Column::ClassId)
                .filter(enrolment::Column::StudentId.eq(user));
            Some(course::Column::ClassId.in_subquery(attended.into_query()))
        }
    };
    Condition::all().add_option(of_own)
}

/// The ids of the courses that somebody teaches.
pub(super) fn taught_by(user: UserId) -> SelectStatement {
    course_teacher::Entity::find()
        .select_only()
        .column(course_teacher::Column::CourseId)
        .filter(course_teacher::Column::TeacherId.eq(user.0))
        .into_query()
}

/// One course.
///
/// # Errors
/// Any database failure.
pub async fn one(db: &impl Read, id: CourseId) -> Result<Option<Course>, DbError> {
    Ok(list(db, &Which::Ids(vec![id]), CourseId(0), 1).await?.pop())
}

pub(super) async fn with_names(
    db: &impl Read,
    rows: Vec<course::Model>,
) -> Result<Vec<Course>, DbError> {
    let executor = &db.on().0;
    let distinct = |of: fn(&course::Model) -> i64| rows.iter().map(of).collect::<HashSet<i64>>();
    let classes: HashMap<i64, Class> = class::Entity::find()
        .filter(class::Column::Id.is_in(distinct(|row| row.class_id)))
        .all(executor)
        .await?
        .into_iter()
        .map(|row| (row.id, read_class(row)))
        .collect();
    let subjects: HashMap<i64, Subject> = subject::Entity::find()
        .filter(subject::Column::Id.is_in(distinct(|row| row.subject_id)))
        .all(executor)
        .await?
        .into_iter()
        .map(|row| (row.id, read_subject(row)))
        .collect();
    let terms: HashMap<i64, Term> = term::Entity::find()
        .filter(term::Column::Id.is_in(distinct(|row| row.term_id)))
        .all(executor)
        .await?
        .into_iter()
        .map(|row| (row.id, read_term(row)))
        .collect();
    let mut teachers = teachers_of(db, &distinct(|row| row.id)).await?;
    rows.into_iter()
        .map(|row| {
            let missing = |column, value: i64| DbError::Corrupt {
                table: "courses",
                column,
                value: value.to_string(),
            };
            Ok(Course {
                id: CourseId(row.id),
                class: classes
                    .get(&row.class_id)
                    .cloned()
                    .ok_or_else(|| missing("class_id", row.class_id))?,
                subject: subjects
                    .get(&row.subject_id)
                    .cloned()
                    .ok_or_else(|| missing("subject_id", row.subject_id))?,
                term: terms
                    .get(&row.term_id)
                    .cloned()
                    .ok_or_else(|| missing("term_id", row.term_id))?,
                teachers: teachers.remove(&row.id).unwrap_or_default(),
                absent: row.absent_policy.parse().map_err(|_| DbError::Corrupt {
                    table: "courses",
                    column: "absent_policy",
                    value: row.absent_policy.clone(),
                })?,
                letters: row
                    .letters
                    .as_deref()
                    .map(str::parse)
                    .transpose()
                    .map_err(|_| DbError::Corrupt {
                        table: "courses",
                        column: "letters",
                        value: row.letters.clone().unwrap_or_default(),
                    })?,
                show_class_statistics: row.show_class_statistics,
            })
        })
        .collect()
}

async fn teachers_of(
    db: &impl Read,
    courses: &HashSet<i64>,
) -> Result<HashMap<i64, Vec<Person>>, DbError> {
    let pairs = course_teacher::Entity::find()
        .filter(course_teacher::Column::CourseId.is_in(courses.iter().copied()))
        .order_by_asc(course_teacher::Column::TeacherId)
        .all(&db.on().0)
        .await?;
    let people = names(db, pairs.iter().map(|pair| pair.teacher_id)).await?;
    let mut teachers: HashMap<i64, Vec<Person>> = HashMap::new();
    for pair in pairs {
        if let Some(name) = people.get(&UserId(pair.teacher_id)) {
            teachers.entry(pair.course_id).or_default().push(Person {
                id: UserId(pair.teacher_id),
                name: name.clone(),
            });
        }
    }
    Ok(teachers)
}

/// Names of people by id.
pub(crate) async fn names(
    db: &impl Read,
    ids: impl IntoIterator<Item = i64>,
) -> Result<HashMap<UserId, String>, DbError> {
    let ids: Vec<i64> = ids
        .into_iter()
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    let mut names = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(MANY_IDS) {
        let rows: Vec<(i64, String)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Name])
            .filter(user::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(&db.on().0)
            .await?;
        names.extend(rows.into_iter().map(|(id, name)| (UserId(id), name)));
    }
    Ok(names)
}

/// Names of people by id.
///
/// # Errors
/// Any database failure.
pub async fn names_of(
    db: &impl Read,
    people: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, String>, DbError> {
    names(db, people.into_iter().map(|person| person.0)).await
}

pub(crate) fn read_class(row: class::Model) -> Class {
    Class {
        id: ClassId(row.id),
        school_year: row.school_year,
        grade_level: row.grade_level,
        name: row.name,
    }
}

pub(crate) fn read_subject(row: subject::Model) -> Subject {
    Subject {
        id: SubjectId(row.id),
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        position: row.position,
    }
}

pub(crate) fn read_term(row: term::Model) -> Term {
    Term {
        id: TermId(row.id),
        school_year: row.school_year,
        name: row.name,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        open: row.state == "open",
        // The schema refuses a negative weight; what a newer version shows of ranks is not shown.
        weight: Weight::from_ten_thousandths(row.weight).unwrap_or(Weight::ZERO),
        rank_shown: row.rank_shown.parse().unwrap_or_default(),
    }
}
