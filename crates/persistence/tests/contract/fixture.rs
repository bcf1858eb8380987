//! A small school, made through the repository functions as the operator makes it.

use std::collections::{HashMap, HashSet};

use gradebook_auth::actions::{
    ChangeAssessmentState, CourseAccess, EnterScores, ManagePeople, ManageSetup, School,
};
use gradebook_auth::{Action, Actor, Grant, Role, Via, authorize};
use gradebook_domain::{
    AssessmentId, AssessmentState, ClassId, CourseId, ExamId, Points, Score, SessionId, SubjectId,
    TermId, Transition, UserId, Weight,
};
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::people::{self, NewUser};
use gradebook_persistence::repo::school::{self, NewClass, NewExam, NewTerm};
use gradebook_persistence::repo::scores::{self, ScoreWrite, StoredScore};
use gradebook_persistence::{Db, DbError, Tx};

/// When the fixture was made, unix milliseconds.
pub(crate) const AT: i64 = 1_790_000_000_000;

pub(crate) type Cell = (AssessmentId, UserId);

/// How large a school to make.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) students_in_a_class: usize,
    pub(crate) exams: usize,
}

/// Two students in a class, one exam.
pub(crate) const SMALL: Size = Size {
    students_in_a_class: 2,
    exams: 1,
};

/// Autumn with two classes and three subjects, Spring with Chinese for class 1 only; Ms Li teaches
/// Chinese and mathematics to class 1 in Autumn, Mr Wang everything else.
pub(crate) struct Fixture {
    pub(crate) operator: Actor,
    pub(crate) li: Actor,
    pub(crate) wang: Actor,
    pub(crate) autumn: TermId,
    pub(crate) spring: TermId,
    pub(crate) classes: [ClassId; 2],
    /// By class.
    pub(crate) students: [Vec<UserId>; 2],
    /// Chinese, mathematics, English.
    pub(crate) subjects: Vec<SubjectId>,
    /// Courses of Autumn.
    pub(crate) courses: HashMap<(ClassId, SubjectId), CourseId>,
    pub(crate) spring_course: CourseId,
    pub(crate) exams: Vec<ExamId>,
    /// The exam's assessment in each course, by place of the exam.
    pub(crate) assessments: Vec<HashMap<CourseId, AssessmentId>>,
}

pub(crate) fn operator() -> Actor {
    Actor::operator()
}

pub(crate) fn stamp(actor: &Actor) -> Stamp<'_> {
    Stamp {
        at: AT,
        actor,
        batch: None,
        reason: None,
    }
}

/// The grant of an action on the whole school, to the operator.
pub(crate) fn of_school<A: Action<On = School>>() -> Grant<A> {
    authorize::<A>(&operator(), School).unwrap()
}

/// The grant of an action on a course, to the operator.
pub(crate) fn of_course<A: Action<On = CourseAccess>>(course: CourseId) -> Grant<A> {
    let access = CourseAccess {
        course,
        teaches: false,
        enrolled: false,
        term_open: true,
    };
    authorize::<A>(&operator(), access).unwrap()
}

pub(crate) fn person(user: UserId, role: Role) -> Actor {
    Actor::person(user, role, SessionId(1), Via::Web)
}

pub(crate) fn points(text: &str) -> Score {
    Score::Scored(text.parse::<Points>().unwrap())
}

pub(crate) fn user(name: &str, role: Role, number: Option<String>) -> NewUser {
    NewUser {
        username: name.to_owned(),
        username_key: name.to_owned(),
        name: format!("Person {name}"),
        role,
        student_number: number,
        password_hash: None,
        password_change_required: false,
        locale: "en".to_owned(),
    }
}

pub(crate) async fn create_users(db: &Db, users: &[NewUser]) -> Result<Vec<UserId>, DbError> {
    let operator = operator();
    let ids: HashMap<String, UserId> = db
        .write(async |tx| {
            people::create(tx, &of_school::<ManagePeople>(), &stamp(&operator), users).await
        })
        .await?
        .into_iter()
        .collect();
    Ok(users.iter().map(|new| ids[&new.username_key]).collect())
}

impl Fixture {
    /// Fills an empty, migrated database.
    pub(crate) async fn make(db: &Db, size: Size) -> Self {
        let staff = create_users(
            db,
            &[
                user("li", Role::Teacher, None),
                user("wang", Role::Teacher, None),
            ],
        )
        .await
        .unwrap();
        let mut students = [Vec::new(), Vec::new()];
        for (class, of_class) in students.iter_mut().enumerate() {
            let new: Vec<NewUser> = (0..size.students_in_a_class)
                .map(|place| {
                    let number = format!("2026{class}{place:03}");
                    user(&format!("s{number}"), Role::Student, Some(number))
                })
                .collect();
            *of_class = create_users(db, &new).await.unwrap();
        }
        let subjects: Vec<SubjectId> = structure::subjects(db)
            .await
            .unwrap()
            .into_iter()
            .map(|(subject, _)| subject.id)
            .collect();
        let operator = operator();
        let (li, wang) = (staff[0], staff[1]);
        db.write(async |tx| {
            Self::set_up(tx, &operator, (li, wang), &students, &subjects, size).await
        })
        .await
        .unwrap()
    }

    async fn set_up(
        tx: &Tx,
        operator: &Actor,
        (li, wang): (UserId, UserId),
        students: &[Vec<UserId>; 2],
        subjects: &[SubjectId],
        size: Size,
    ) -> Result<Self, DbError> {
        let stamp = stamp(operator);
        let setup = of_school::<ManageSetup>();
        let term = |name: &str, starts_on: &str, ends_on: &str| NewTerm {
            school_year: "2026-2027".to_owned(),
            name: name.to_owned(),
            starts_on: starts_on.to_owned(),
            ends_on: ends_on.to_owned(),
            weight: Weight::HUNDRED,
        };
        let autumn = term("Autumn", "2026-09-01", "2027-01-20");
        let autumn = school::create_term(tx, &setup, &stamp, &autumn).await?;
        let spring = term("Spring", "2027-02-20", "2027-07-10");
        let spring = school::create_term(tx, &setup, &stamp, &spring).await?;
        let mut classes = Vec::new();
        for name in ["Class 1", "Class 2"] {
            let class = NewClass {
                school_year: "2026-2027".to_owned(),
                grade_level: "Grade 6".to_owned(),
                name: name.to_owned(),
            };
            classes.push(school::create_class(tx, &setup, &stamp, &class).await?);
        }
        let classes = [classes[0], classes[1]];
        for (class, of_class) in classes.iter().zip(students) {
            let members: Vec<_> = of_class.iter().map(|student| (*class, *student)).collect();
            school::enrol(
                tx,
                &of_school::<ManagePeople>(),
                &stamp,
                &members,
                "2026-09-01",
            )
            .await?;
        }
        let all: Vec<(ClassId, SubjectId)> = classes
            .iter()
            .flat_map(|class| subjects.iter().map(|subject| (*class, *subject)))
            .collect();
        let courses: HashMap<(ClassId, SubjectId), CourseId> =
            school::create_courses(tx, &setup, &stamp, autumn, &all, "All")
                .await?
                .into_iter()
                .map(|(class, subject, course)| ((class, subject), course))
                .collect();
        let in_spring = [(classes[0], subjects[0])];
        let spring_course =
            school::create_courses(tx, &setup, &stamp, spring, &in_spring, "All").await?[0].2;
        let li_teaches = |class: ClassId, subject: SubjectId| {
            class == classes[0] && (subject == subjects[0] || subject == subjects[1])
        };
        let mut assignments: Vec<(CourseId, UserId)> = courses
            .iter()
            .map(|((class, subject), course)| {
                let teacher = if li_teaches(*class, *subject) {
                    li
                } else {
                    wang
                };
                (*course, teacher)
            })
            .collect();
        assignments.push((spring_course, wang));
        assignments.sort();
        school::assign_teachers(tx, &setup, &stamp, &assignments).await?;
        let mut exams = Vec::new();
        let mut assessments = Vec::new();
        let mut full_marks: Vec<(CourseId, Points)> = courses
            .values()
            .map(|course| (*course, Points::from_whole(100).unwrap()))
            .collect();
        full_marks.sort();
        for place in 0..size.exams {
            let new = NewExam {
                term: autumn,
                name: format!("Monthly {place}"),
                kind: "monthly",
                held_on: format!("2026-10-{:02}", place + 1),
            };
            let exam = school::create_exam(tx, &setup, &stamp, &new).await?;
            let added =
                school::add_exam_assessments(tx, &setup, &stamp, (exam, &new), &full_marks).await?;
            exams.push(exam);
            assessments.push(added.into_iter().collect());
        }
        Ok(Self {
            operator: operator.clone(),
            li: person(li, Role::Teacher),
            wang: person(wang, Role::Teacher),
            autumn,
            spring,
            classes,
            students: students.clone(),
            subjects: subjects.to_vec(),
            courses,
            spring_course,
            exams,
            assessments,
        })
    }

    /// Autumn's course of a class in a subject, by their places.
    pub(crate) fn course(&self, class: usize, subject: usize) -> CourseId {
        self.courses[&(self.classes[class], self.subjects[subject])]
    }

    /// The assessment of an exam in a course, by places.
    pub(crate) fn assessment(&self, exam: usize, class: usize, subject: usize) -> AssessmentId {
        self.assessments[exam][&self.course(class, subject)]
    }

    /// The cell of a student of class 1 in the first exam's Chinese.
    pub(crate) fn cell(&self, student: usize) -> Cell {
        (self.assessment(0, 0, 0), self.students[0][student])
    }

    /// Class 1's course in Chinese.
    pub(crate) fn chinese(&self) -> CourseId {
        self.course(0, 0)
    }

    pub(crate) async fn publish(&self, db: &Db, course: CourseId, assessment: AssessmentId) {
        let moved = db
            .write(async |tx| {
                assessments::change_state(
                    tx,
                    &of_course::<ChangeAssessmentState>(course),
                    &stamp(&self.operator),
                    assessment,
                    Transition::Publish,
                    (AssessmentState::Draft, AssessmentState::Published),
                )
                .await
            })
            .await
            .unwrap();
        assert!(moved, "the assessment was no draft of this course");
    }

    /// Gives every student of both classes a score in every assessment.
    pub(crate) async fn enter_everything(&self, db: &Db) {
        for by_course in &self.assessments {
            let mut courses: Vec<_> = self.courses.iter().collect();
            courses.sort();
            for ((class, _), course) in courses {
                let place = usize::from(*class == self.classes[1]);
                let edits: Vec<(Cell, Score)> = self.students[place]
                    .iter()
                    .enumerate()
                    .map(|(at, student)| {
                        let score = points(&format!("{}.25", 40 + at % 50));
                        ((by_course[course], *student), score)
                    })
                    .collect();
                enter(db, &self.wang, *course, &edits).await.unwrap();
            }
        }
    }
}

/// Locks the cells, puts the scores on top of whatever is there, and tells what was there.
pub(crate) async fn put_over(
    tx: &Tx,
    actor: &Actor,
    course: CourseId,
    edits: &[(Cell, Score)],
) -> Result<HashMap<Cell, StoredScore>, DbError> {
    let cells: HashSet<Cell> = edits.iter().map(|(cell, _)| *cell).collect();
    let before = scores::lock(tx, &cells).await?;
    let writes = edits
        .iter()
        .map(|(cell, score)| write(course, *cell, before.get(cell), *score))
        .collect();
    let grants = [of_course::<EnterScores>(course)];
    scores::put(tx, &grants, &stamp(actor), writes).await?;
    Ok(before)
}

pub(crate) fn write(
    course: CourseId,
    (assessment, student): Cell,
    before: Option<&StoredScore>,
    score: Score,
) -> ScoreWrite {
    ScoreWrite {
        course,
        before: before.cloned(),
        assessment,
        student,
        score,
        comment: None,
        corrected: false,
    }
}

/// [`put_over`] in a transaction of its own.
pub(crate) async fn enter(
    db: &Db,
    actor: &Actor,
    course: CourseId,
    edits: &[(Cell, Score)],
) -> Result<(), DbError> {
    db.write(async |tx| put_over(tx, actor, course, edits).await.map(|_| ()))
        .await
}

/// What is stored in a cell now.
pub(crate) async fn stored(db: &Db, (assessment, student): Cell) -> Option<StoredScore> {
    scores::of_assessments(db, &[assessment])
        .await
        .unwrap()
        .into_iter()
        .find(|score| score.student == student)
}
