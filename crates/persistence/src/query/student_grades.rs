//! One student's own grades: published and locked assessments only.

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_auth::Grant;
use gradebook_auth::actions::SeeOwnGrades;
use gradebook_domain::{
    AssessmentId, ClassId, CourseId, ExamId, Points, RankShown, Score, TermId, UserId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::changes::{self, Sight};
use super::courses::{self, Course, Which};
use super::gradebook::{self, Assessment, Category, Exam};
use super::membership::DaysInClass;
use super::visible;
use crate::db::Read;
use crate::entity::{course, enrolment, exam, score};
use crate::error::DbError;
use crate::repo::scores::{self, StoredScore};

/// What a student may see of their grades.
#[derive(Debug, Clone)]
pub struct StudentGrades {
    /// Courses of the classes that the student belongs or belonged to.
    pub courses: Vec<Course>,
    /// Categories by course.
    pub categories: Vec<(CourseId, Category)>,
    /// Published and locked assessments of these courses.
    pub assessments: Vec<Assessment>,
    /// The student's cells in these assessments.
    pub scores: HashMap<AssessmentId, StoredScore>,
    /// How these cells came into the student's sight.
    pub sights: HashMap<AssessmentId, Sight>,
    /// What the class scored where the student is told something of it: in the assessments of courses
    /// that show its figures, and in exams of terms that show bands.
    pub class_values: HashMap<AssessmentId, BTreeMap<UserId, Points>>,
    /// The exams among them, newest first.
    pub exams: Vec<Exam>,
    /// How many assessments of theirs each exam has, published or not.
    pub sat: HashMap<ExamId, usize>,
}

/// The grades of the grant's student, of one term or of all.
///
/// # Errors
/// Any database failure, or a stored value that makes no sense.
pub async fn of_student(
    db: &impl Read,
    grant: &Grant<SeeOwnGrades>,
    term: Option<TermId>,
) -> Result<StudentGrades, DbError> {
    let student = grant.on().student;
    let attended = enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::ClassId)
        .filter(enrolment::Column::StudentId.eq(student.0))
        .into_query();
    let mut select = course::Entity::find()
        .select_only()
        .column(course::Column::Id)
        .filter(course::Column::ClassId.in_subquery(attended));
    if let Some(term) = term {
        select = select.filter(course::Column::TermId.eq(term.0));
    }
    let ids: Vec<i64> = select.into_tuple().all(&db.on().0).await?;
    let ids: Vec<CourseId> = ids.into_iter().map(CourseId).collect();
    let mut courses = courses::list(
        db,
        &Which::Ids(ids.clone()),
        CourseId(0),
        u64::from(u16::MAX),
    )
    .await?;
    courses.sort_by_key(|course| (course.subject.position, course.id));
    let categories = gradebook::categories(db, &ids).await?;
    let all = gradebook::assessments_of_courses(db, &ids).await?;
    let mut assessments = all.clone();
    assessments.retain(|assessment| assessment.state.visible_to_students());
    let scores = score::Entity::find()
        .filter(score::Column::StudentId.eq(student.0))
        // Once more as they are now: what was taken back since goes out no more.
        .filter(
            score::Column::AssessmentId
                .in_subquery(visible::among(assessments.iter().map(|one| one.id.0))),
        )
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(|row| scores::read(row).map(|stored| (stored.assessment, stored)))
        .collect::<Result<HashMap<_, _>, _>>()?;
    // What was held on a day on which the student was elsewhere is none of theirs, unless they have a
    // score in it all the same.
    let days = DaysInClass::of_student(db, student).await?;
    let by_id: HashMap<CourseId, &Course> = courses.iter().map(|one| (one.id, one)).collect();
    assessments.retain(|one| {
        let score = scores.get(&one.id).map(|stored| stored.score);
        by_id.get(&one.course).is_some_and(|course| {
            days.owes(course, student, &one.held_on, score.unwrap_or_default())
        })
    });
    let shown: HashSet<AssessmentId> = assessments.iter().map(|one| one.id).collect();
    let mut sat: HashMap<ExamId, usize> = HashMap::new();
    for one in &all {
        // Of one that is not published only its day says whether it is the student's.
        let theirs = by_id.get(&one.course).is_some_and(|course| {
            shown.contains(&one.id) || days.owes(course, student, &one.held_on, Score::Blank)
        });
        if let Some(exam) = one.exam.filter(|_| theirs) {
            *sat.entry(exam).or_default() += 1;
        }
    }
    let sights = changes::sights(db, grant, &scores.keys().copied().collect()).await?;
    let exams = exam::Entity::find()
        .filter(
            exam::Column::Id.is_in(
                assessments
                    .iter()
                    .filter_map(|one| one.exam)
                    .map(|exam: ExamId| exam.0),
            ),
        )
        .order_by_desc(exam::Column::HeldOn)
        .order_by_desc(exam::Column::Id)
        .all(&db.on().0)
        .await?
        .into_iter()
        .map(gradebook::read_exam)
        .collect();
    let class_values = class_values(db, &courses, &assessments).await?;
    Ok(StudentGrades {
        courses,
        categories,
        assessments,
        scores,
        sights,
        class_values,
        exams,
        sat,
    })
}

/// The values of each course's class in the columns of which the student is told something of the
/// class: that show its figures, or a band instead of the rank in an exam.
async fn class_values(
    db: &impl Read,
    courses: &[Course],
    assessments: &[Assessment],
) -> Result<HashMap<AssessmentId, BTreeMap<UserId, Points>>, DbError> {
    let by_id: HashMap<CourseId, &Course> = courses.iter().map(|one| (one.id, one)).collect();
    let columns: HashMap<i64, &Course> = assessments
        .iter()
        .filter_map(|one| {
            let course = *by_id.get(&one.course)?;
            let ranked = one.exam.is_some() && course.term.rank_shown == RankShown::Bands;
            (ranked || course.show_class_statistics).then_some((one.id.0, course))
        })
        .collect();
    if columns.is_empty() {
        return Ok(HashMap::new());
    }
    let classes: HashSet<ClassId> = columns.values().map(|course| course.class.id).collect();
    let days = DaysInClass::of_classes(db, &classes).await?;
    let in_term = |course: &Course, student: i64| {
        let mut spans = days.spans(course.class.id, UserId(student)).iter();
        spans.any(|(from, to)| course.term.overlaps(from, to.as_deref()))
    };
    let scored: Vec<(i64, i64, i64)> = score::Entity::find()
        .select_only()
        .columns([
            score::Column::AssessmentId,
            score::Column::StudentId,
            score::Column::Value,
        ])
        .filter(score::Column::AssessmentId.in_subquery(visible::among(columns.keys().copied())))
        .filter(score::Column::Value.is_not_null())
        .into_tuple()
        .all(&db.on().0)
        .await?;
    let mut values: HashMap<AssessmentId, BTreeMap<UserId, Points>> = HashMap::new();
    for (assessment, student, value) in scored {
        if columns
            .get(&assessment)
            .is_some_and(|course| in_term(course, student))
        {
            let column = values.entry(AssessmentId(assessment)).or_default();
            column.insert(UserId(student), Points::from_ten_thousandths(value));
        }
    }
    Ok(values)
}
