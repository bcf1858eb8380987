//! How far the entering of scores has come, and what was entered: for whoever watches over it.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::actions::{SeeGradebook, WatchEntry};
use gradebook_auth::{Actor, Grant};
use gradebook_domain::{AssessmentId, ClassId, CourseId, ExamId, Score, TermId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef,
};

use super::analysis::read_score;
use super::courses::{self, Course, Term, Which};
use super::gradebook::{self, Assessment, Student};
use super::membership::{self, DaysInClass};
use super::structure;
use crate::db::Read;
use crate::entity::{assessment, course, enrolment, exam, score, term, user};
use crate::error::DbError;

/// Which columns of gradebooks are watched. Only these functions make one, each from the grant that
/// covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(Watched);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    Term(TermId),
    Exam(ExamId),
    Course(CourseId),
    Taught(UserId, TermId),
}

impl Scope {
    /// All columns of a term.
    #[must_use]
    pub fn term(_grant: &Grant<WatchEntry>, term: TermId) -> Self {
        Self(Watched::Term(term))
    }

    /// The columns of an exam.
    #[must_use]
    pub fn exam(_grant: &Grant<WatchEntry>, exam: ExamId) -> Self {
        Self(Watched::Exam(exam))
    }

    /// The columns of the grant's course.
    #[must_use]
    pub fn course(grant: &Grant<SeeGradebook>) -> Self {
        Self(Watched::Course(grant.on().course))
    }

    /// The columns of what the actor teaches in a term.
    #[must_use]
    pub fn taught(actor: &Actor, term: TermId) -> Self {
        Self(Watched::Taught(actor.user_id().unwrap_or(UserId(0)), term))
    }

    fn courses(self) -> SelectStatement {
        let ids = course::Entity::find()
            .select_only()
            .column(course::Column::Id);
        match self.0 {
            Watched::Term(term) => ids.filter(course::Column::TermId.eq(term.0)),
            Watched::Exam(exam) => {
                ids.filter(course::Column::Id.in_subquery(super::analysis::courses_of_exam(exam.0)))
            }
            Watched::Course(course) => ids.filter(course::Column::Id.eq(course.0)),
            Watched::Taught(user, term) => ids
                .filter(course::Column::TermId.eq(term.0))
                .filter(course::Column::Id.in_subquery(courses::taught_by(user))),
        }
        .into_query()
    }

    fn assessments(self) -> SelectStatement {
        let ids = assessment::Entity::find()
            .select_only()
            .column(assessment::Column::Id);
        match self.0 {
            Watched::Exam(exam) => ids.filter(assessment::Column::ExamId.eq(exam.0)),
            Watched::Term(_) | Watched::Course(_) | Watched::Taught(..) => {
                ids.filter(assessment::Column::CourseId.in_subquery(self.courses()))
            }
        }
        .into_query()
    }
}

/// A column with how much of it is entered.
#[derive(Debug, Clone)]
pub struct WatchedColumn {
    /// The column.
    pub assessment: Assessment,
    /// Its course.
    pub course: Course,
    /// How many students it is of: those who were in the class on its day, and whoever has an entry.
    pub expected: u64,
    /// How many of them have anything but a blank cell.
    pub entered: u64,
    /// When something was last entered, unix milliseconds.
    pub last_entry: Option<i64>,
}

/// The columns in `scope`, in order of id.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn columns(db: &impl Read, scope: Scope) -> Result<Vec<WatchedColumn>, DbError> {
    let assessments = assessment::Entity::find()
        .filter(assessment::Column::Id.in_subquery(scope.assessments()))
        .order_by_asc(assessment::Column::Id)
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(gradebook::read_assessment)
        .collect::<Result<Vec<_>, _>>()?;
    let ids: HashSet<CourseId> = assessments.iter().map(|one| one.course).collect();
    let which = Which::Ids(ids.into_iter().collect());
    let courses: HashMap<CourseId, Course> =
        courses::list(db, &which, CourseId(0), u64::from(u16::MAX))
            .await?
            .into_iter()
            .map(|course| (course.id, course))
            .collect();
    let counts = counts(db, scope).await?;
    Ok(assessments
        .into_iter()
        .filter_map(|assessment| {
            let course = courses.get(&assessment.course)?.clone();
            let count = counts.get(&assessment.id.0).copied().unwrap_or_default();
            Some(WatchedColumn {
                expected: count.expected,
                entered: count.entered,
                last_entry: count.last_entry,
                assessment,
                course,
            })
        })
        .collect())
}

fn of_course() -> RelationDef {
    assessment::Entity::belongs_to(course::Entity)
        .from(assessment::Column::CourseId)
        .to(course::Column::Id)
        .into()
}

fn of_term() -> RelationDef {
    course::Entity::belongs_to(term::Entity)
        .from(course::Column::TermId)
        .to(term::Column::Id)
        .into()
}

/// Members of the course's class during its term: the rows of its gradebook.
fn members() -> RelationDef {
    let relation: RelationDef = course::Entity::belongs_to(enrolment::Entity)
        .from(course::Column::ClassId)
        .to(enrolment::Column::ClassId)
        .into();
    relation.on_condition(|_, _| {
        let of_term = |column: term::Column| Expr::col((term::Entity, column));
        membership::within(
            of_term(term::Column::StartsOn),
            of_term(term::Column::EndsOn),
        )
    })
}

/// How many students a column has, how many of them have an entry, and when the last one was made.
#[derive(Clone, Copy, Default)]
struct Counts {
    expected: u64,
    entered: u64,
    last_entry: Option<i64>,
}

/// The counts of each column: of the members of its class during the term those whose it is, by
/// [`membership::on_day`] or because they have an entry in it.
async fn counts(db: &impl Read, scope: Scope) -> Result<HashMap<i64, Counts>, DbError> {
    let distinct = |of: SimpleExpr| SimpleExpr::from(Func::count_distinct(of));
    let entry: RelationDef = assessment::Entity::belongs_to(score::Entity)
        .from(assessment::Column::Id)
        .to(score::Column::AssessmentId)
        .into();
    let entry = entry.on_condition(|_, _| {
        let score = |column| Expr::col((score::Entity, column));
        let own = score(score::Column::StudentId)
            .equals((enrolment::Entity, enrolment::Column::StudentId));
        Condition::all()
            .add(own)
            .add(score(score::Column::Status).ne("blank"))
    });
    let held_on = Expr::col((assessment::Entity, assessment::Column::HeldOn));
    let entered = Expr::col((score::Entity, score::Column::StudentId));
    let of_term = |column| Expr::col((term::Entity, column));
    let days = (
        of_term(term::Column::StartsOn),
        of_term(term::Column::EndsOn),
    );
    let theirs = Condition::any()
        .add(membership::on_day(held_on, days))
        .add(entered.clone().is_not_null());
    let member = Expr::col((enrolment::Entity, enrolment::Column::StudentId));
    let last = Expr::col((score::Entity, score::Column::UpdatedAt)).max();
    let rows: Vec<(i64, i64, i64, Option<i64>)> = assessment::Entity::find()
        .select_only()
        .column(assessment::Column::Id)
        .column_as(distinct(member), "expected")
        .column_as(distinct(entered), "entered")
        .column_as(last, "last_entry")
        .join(JoinType::InnerJoin, of_course())
        .join(JoinType::InnerJoin, self::of_term())
        .join(JoinType::InnerJoin, members())
        .join(JoinType::LeftJoin, entry)
        .filter(assessment::Column::Id.in_subquery(scope.assessments()))
        .filter(theirs)
        .group_by(assessment::Column::Id)
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let count = |count| u64::try_from(count).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|(column, expected, entered, last_entry)| {
            let counts = Counts {
                expected: count(expected),
                entered: count(entered),
                last_entry,
            };
            (column, counts)
        })
        .collect())
}

/// An entry that somebody made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Assessment.
    pub assessment: AssessmentId,
    /// Student.
    pub student: UserId,
    /// Status and value; never blank.
    pub score: Score,
}

/// Entries of the students in a scope, and what they are compared with.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    /// The columns whose scores are compared: those in scope and others of the term.
    pub columns: HashMap<AssessmentId, Assessment>,
    /// The classes of their courses.
    pub class_of: HashMap<CourseId, ClassId>,
    /// Who belongs to which class.
    pub members: BTreeSet<(ClassId, UserId)>,
    /// On which days.
    pub days: DaysInClass,
    /// What was entered in these columns.
    pub entries: Vec<Entry>,
}

/// The entries of these classes in a term: those in `scope` and those that they are compared with; for
/// one course only what its teachers see, its own columns and those of exams.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn entries(
    db: &impl Read,
    scope: Scope,
    term: &Term,
    classes: &HashSet<ClassId>,
) -> Result<Entries, DbError> {
    let class_of: HashMap<CourseId, ClassId> = course::Entity::find()
        .select_only()
        .columns([course::Column::Id, course::Column::ClassId])
        .filter(course::Column::ClassId.is_in(classes.iter().map(|class| class.0)))
        .filter(course::Column::TermId.eq(term.id.0))
        .into_tuple::<(i64, i64)>()
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|(course, class)| (CourseId(course), ClassId(class)))
        .collect();
    let beside = assessment::Column::CourseId.is_in(class_of.keys().map(|id| id.0));
    let mut compared = assessment::Entity::find().filter(beside);
    if let Watched::Course(own) = scope.0 {
        let own = assessment::Column::CourseId.eq(own.0);
        compared = compared.filter(own.or(assessment::Column::ExamId.is_not_null()));
    }
    let ids = compared
        .clone()
        .select_only()
        .column(assessment::Column::Id)
        .into_query();
    let columns = compared
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| gradebook::read_assessment(row).map(|column| (column.id, column)))
        .collect::<Result<HashMap<_, _>, _>>()?;
    let rows: Vec<(i64, i64, String, Option<i64>)> = score::Entity::find()
        .select_only()
        .columns([
            score::Column::AssessmentId,
            score::Column::StudentId,
            score::Column::Status,
            score::Column::Value,
        ])
        .filter(score::Column::AssessmentId.in_subquery(ids))
        .filter(score::Column::Status.ne("blank"))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let entries = rows
        .into_iter()
        .map(|(assessment, student, status, value)| {
            read_score(&status, value).map(|score| Entry {
                assessment: AssessmentId(assessment),
                student: UserId(student),
                score,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let members = structure::members(db, classes, term).await?;
    Ok(Entries {
        columns,
        class_of,
        members: members.into_iter().collect(),
        days: DaysInClass::of_classes(db, classes).await?,
        entries,
    })
}

/// Names and numbers of these students.
///
/// # Errors
/// Any database failure.
pub async fn students(
    db: &impl Read,
    ids: &HashSet<UserId>,
) -> Result<HashMap<UserId, Student>, DbError> {
    let rows: Vec<(i64, Option<String>, String)> = user::Entity::find()
        .select_only()
        .columns([
            user::Column::Id,
            user::Column::StudentNumber,
            user::Column::Name,
        ])
        .filter(user::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(&db.on().0)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, number, name)| {
            let student = Student {
                id: UserId(id),
                student_number: number.unwrap_or_default(),
                name,
            };
            (student.id, student)
        })
        .collect())
}

/// Whether there is such an exam.
///
/// # Errors
/// Any database failure.
pub async fn exam_exists(
    db: &impl Read,
    _grant: &Grant<WatchEntry>,
    id: ExamId,
) -> Result<bool, DbError> {
    let found = exam::Entity::find_by_id(id.0).one(&db.on().0).await?;
    Ok(found.is_some())
}
