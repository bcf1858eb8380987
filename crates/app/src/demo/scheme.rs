//! One course of the demonstration school that counts more than exams: homework, of which the lowest
//! is dropped, and a quiz, with letters.

use gradebook_auth::actions::{ChangeAssessmentState, CourseAccess, EditAssessments};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{
    AbsentPolicy, Aggregation, AssessmentId, CategoryId, CourseId, LetterScale, Points, Score,
    ScoreLimits, Weight,
};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::gradebook::Category;
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::scheme::{self, AssessmentFields, CategoryFields, PolicyFields};

use super::DemoError;
use super::people::result;
use crate::scheme::detail::detail;

/// The class and the subject of the course, by place: mathematics of the last class.
pub(super) const COURSE: (usize, usize) = (2, 1);
/// Full marks of homework and quiz, in whole points.
const SMALL_MARKS: i64 = 20;

/// Title and day of each piece; the last is the quiz.
const PIECES: [(&str, &str); 5] = [
    ("作业一 Homework 1", "2026-09-11"),
    ("作业二 Homework 2", "2026-09-30"),
    ("作业三 Homework 3", "2026-10-16"),
    ("作业四 Homework 4", "2026-10-30"),
    ("单元测验 Unit quiz", "2026-10-20"),
];

fn percent(percent: i64) -> Weight {
    Weight::from_percent(percent).unwrap_or_default()
}

fn category(name: &str, weight: i64, aggregation: Aggregation, drop_lowest: u32) -> CategoryFields {
    CategoryFields {
        name: name.to_owned(),
        weight: percent(weight),
        aggregation,
        drop_lowest,
        drop_highest: 0,
    }
}

/// Sets the course up and returns its published pieces of work, homework first.
pub(super) async fn fill(
    tx: &Tx,
    actor: &Actor,
    stamp: Stamp<'_>,
    access: CourseAccess,
    exams: Option<&Category>,
) -> Result<Vec<(CourseId, AssessmentId)>, DemoError> {
    let stamp = &Stamp { actor, ..stamp };
    let grant = authorize::<EditAssessments>(actor, access)?;
    // What it is about, without what became of it.
    let called = |name: &str| detail(name, None, None);
    if let Some(exams) = exams {
        let fields = category(&exams.name, 60, Aggregation::Points, 0);
        scheme::change_category(
            tx,
            &grant,
            stamp,
            exams.scheme.id,
            &fields,
            called(&exams.name),
        )
        .await?;
    }
    let homework = category("作业 Homework", 30, Aggregation::Mean, 1);
    let name = called(&homework.name);
    let homework = scheme::create_category(tx, &grant, stamp, &homework, name).await?;
    let quizzes = category("测验 Quizzes", 10, Aggregation::Points, 0);
    let name = called(&quizzes.name);
    let quizzes = scheme::create_category(tx, &grant, stamp, &quizzes, name).await?;
    let policy = PolicyFields {
        absent: AbsentPolicy::CountsZero,
        letters: Some(LetterScale::a_to_e()),
        show_class_statistics: true,
    };
    scheme::change_policy(tx, &grant, stamp, &policy, "{}".to_owned()).await?;
    let mut made = Vec::with_capacity(PIECES.len());
    for (nth, (title, day)) in PIECES.into_iter().enumerate() {
        let within = if nth + 1 == PIECES.len() {
            quizzes
        } else {
            homework
        };
        let fields = piece(title, day, within);
        let id = scheme::create_assessment(tx, &grant, stamp, &fields, called(title)).await?;
        made.push((access.course, id));
    }
    let may_publish = authorize::<ChangeAssessmentState>(actor, access)?;
    assessments::publish_drafts(tx, &[may_publish], stamp, &made).await?;
    Ok(made)
}

fn piece(title: &str, day: &str, category: CategoryId) -> AssessmentFields {
    AssessmentFields {
        title: title.to_owned(),
        limits: ScoreLimits {
            max_score: Points::from_whole(SMALL_MARKS).unwrap_or(Points::ZERO),
            extra_credit_limit: Points::ZERO,
        },
        category,
        weight: Weight::HUNDRED,
        held_on: day.to_owned(),
    }
}

/// What a pupil got in a piece of work: a fifth of what they would get in an exam, in halves.
pub(super) fn small_result(class: usize, pupil: usize, subject: usize, piece: usize) -> Score {
    match result(class, pupil, subject, 10 + piece) {
        Score::Scored(points) => {
            let half = Points::SCALE / 2;
            let halves = points.ten_thousandths() / 5 / half;
            Score::Scored(Points::from_ten_thousandths(halves * half))
        }
        other => other,
    }
}
