//! Filling the demonstration school: one transaction, few statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_auth::actions::{
    ChangeAssessmentState, CourseAccess, EnterScores, ManagePeople, ManageSetup, School,
    SeeGradebook,
};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{
    AssessmentId, AssessmentState, BatchId, ClassId, CourseId, Points, SubjectId, TermId,
    Transition, UserId, Weight,
};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::{access, gradebook, structure};
use gradebook_persistence::repo::assessments;
use gradebook_persistence::repo::people::{self as accounts, NewUser};
use gradebook_persistence::repo::school::{self, NewClass, NewExam, NewTerm};
use gradebook_persistence::repo::scores::{self, ScoreWrite};

use super::people::{CLASSES, PUPILS, pupil_name, pupil_number, result};
use super::{ADMIN, ASSISTANT, DemoError, NEWCOMER, TEACHERS, class_name, scheme};
use crate::username::username_key;

const GRADE_LEVEL: &str = "Grade 7";
const SCHOOL_YEAR: &str = "2026-2027";
const CATEGORY: &str = "考试 Exams";
/// Code of each subject.
const SUBJECTS: [&str; 3] = ["chinese", "mathematics", "english"];
/// Place of the subject that the assistant teaches in the first class.
const ASSISTED: usize = 1;
/// Pupils whose mid-term scores are entered, by what is left of class plus subject divided by 3:
/// a third of all, in columns that are nearly full, just begun and empty.
const ENTERED: [usize; 3] = [30, 10, 0];

/// Full marks of the exams.
const FULL_MARKS: Points = Points::from_ten_thousandths(100 * Points::SCALE);

/// What filling needs.
pub(super) struct Filling<'a> {
    pub(super) tx: &'a Tx,
    pub(super) operator: &'a Actor,
    pub(super) stamp: Stamp<'a>,
    /// The hash of everybody's password.
    pub(super) hash: &'a str,
    /// Numbers for batches.
    pub(super) new_batch: &'a (dyn Fn() -> BatchId + Sync),
}

/// Ids of the courses, by place of the class and of the subject.
type Courses = BTreeMap<(usize, usize), CourseId>;
/// Ids of people by username.
type People = HashMap<String, UserId>;

impl Filling<'_> {
    pub(super) async fn run(&self) -> Result<(), DemoError> {
        let people = self.people().await?;
        let (term, courses) = self.structure(&people).await?;
        let monthly = ("九月月考 September exam", "monthly", "2026-09-24");
        let midterm = ("期中考试 Mid-term exam", "midterm", "2026-11-12");
        let monthly = self.exam(term, &courses, monthly).await?;
        let midterm = self.exam(term, &courses, midterm).await?;
        for (subject, (teacher, ..)) in TEACHERS.iter().enumerate() {
            let Some(teacher) = people.get(*teacher) else {
                continue;
            };
            // In the teachers' names, so that the history of a cell reads as it would in school.
            let actor = &Actor {
                user: Some(*teacher),
                role: Role::Teacher,
                session: None,
                via: self.operator.via,
            };
            let ids = courses.values().copied().collect();
            let facts = access::courses(self.tx, actor, &ids).await?;
            for (nth, exam) in [&monthly, &midterm].into_iter().enumerate() {
                let writes = scores_of(subject, &courses, &people, (nth, exam));
                self.enter(actor, &facts, writes).await?;
            }
            if subject == scheme::COURSE.1 {
                let pieces = self.pieces(actor, &courses, &facts).await?;
                let writes = small_scores(&people, &pieces);
                self.enter(actor, &facts, writes).await?;
            }
            self.publish(actor, &facts, &monthly).await?;
        }
        Ok(())
    }

    async fn people(&self) -> Result<People, DemoError> {
        let grant = authorize::<ManagePeople>(self.operator, School)?;
        let account = |username: &str, name: &str, role, locale: &str| NewUser {
            username: username.to_owned(),
            // The demo's own usernames are their own keys; a unit test checks it.
            username_key: username_key(username).unwrap_or_else(|_| username.to_owned()),
            name: name.to_owned(),
            role,
            student_number: (role == Role::Student).then(|| username.to_owned()),
            password_hash: Some(self.hash.to_owned()),
            password_change_required: role == Role::Student
                && username == pupil_number(NEWCOMER.0, NEWCOMER.1),
            locale: locale.to_owned(),
        };
        let locale = |name: &str| if name.is_ascii() { "en" } else { "zh-CN" };
        let mut new = vec![account(ADMIN.0, ADMIN.1, Role::Admin, "zh-CN")];
        for (username, name, _) in TEACHERS.into_iter().chain([ASSISTANT]) {
            new.push(account(username, name, Role::Teacher, locale(name)));
        }
        for (class, place) in (0..CLASSES).flat_map(|c| (0..PUPILS).map(move |p| (c, p))) {
            let name = pupil_name(class, place);
            let number = pupil_number(class, place);
            new.push(account(&number, &name, Role::Student, locale(&name)));
        }
        let created = accounts::create(self.tx, &grant, &self.stamp, &new).await?;
        Ok(created.into_iter().collect())
    }

    /// The term, its classes with their pupils, and the courses with their teachers.
    async fn structure(&self, people: &People) -> Result<(TermId, Courses), DemoError> {
        let grant = authorize::<ManageSetup>(self.operator, School)?;
        let term = NewTerm {
            school_year: SCHOOL_YEAR.to_owned(),
            name: "Autumn".to_owned(),
            starts_on: "2026-09-01".to_owned(),
            ends_on: "2027-01-31".to_owned(),
            weight: Weight::from_percent(50).unwrap_or(Weight::HUNDRED),
        };
        let starts_on = term.starts_on.clone();
        let term = school::create_term(self.tx, &grant, &self.stamp, &term).await?;
        let mut classes: Vec<ClassId> = Vec::new();
        let mut members = Vec::new();
        for class in 0..CLASSES {
            let new = NewClass {
                school_year: SCHOOL_YEAR.to_owned(),
                grade_level: GRADE_LEVEL.to_owned(),
                name: class_name(class),
            };
            let id = school::create_class(self.tx, &grant, &self.stamp, &new).await?;
            let pupils = (0..PUPILS).filter_map(|pupil| people.get(&pupil_number(class, pupil)));
            members.extend(pupils.map(|pupil| (id, *pupil)));
            classes.push(id);
        }
        let may_enrol = authorize::<ManagePeople>(self.operator, School)?;
        school::enrol(self.tx, &may_enrol, &self.stamp, &members, &starts_on).await?;

        let subjects = self.subjects().await?;
        let places: Vec<(usize, usize)> = (0..classes.len())
            .flat_map(|class| (0..subjects.len()).map(move |subject| (class, subject)))
            .collect();
        let pair = |(class, subject): &(usize, usize)| {
            Some((*classes.get(*class)?, *subjects.get(*subject)?))
        };
        let pairs: Vec<_> = places.iter().filter_map(pair).collect();
        let created =
            school::create_courses(self.tx, &grant, &self.stamp, term, &pairs, CATEGORY).await?;
        let by_pair: HashMap<(ClassId, SubjectId), CourseId> = created
            .into_iter()
            .map(|(class, subject, course)| ((class, subject), course))
            .collect();
        let courses: Courses = places
            .iter()
            .filter_map(|place| Some((*place, *by_pair.get(&pair(place)?)?)))
            .collect();
        let mut assignments: Vec<(CourseId, UserId)> = places
            .iter()
            .filter_map(|place| {
                let (teacher, ..) = TEACHERS.get(place.1)?;
                Some((*courses.get(place)?, *people.get(*teacher)?))
            })
            .collect();
        let assisted = courses.get(&(0, ASSISTED)).copied();
        assignments.extend(assisted.zip(people.get(ASSISTANT.0).copied()));
        school::assign_teachers(self.tx, &grant, &self.stamp, &assignments).await?;
        Ok((term, courses))
    }

    async fn subjects(&self) -> Result<Vec<SubjectId>, DemoError> {
        let all = structure::subjects(self.tx).await?;
        SUBJECTS
            .iter()
            .map(|code| {
                all.iter()
                    .find(|(subject, _)| subject.code == *code)
                    .map(|(subject, _)| subject.id)
                    .ok_or(DemoError::SubjectMissing(code))
            })
            .collect()
    }

    async fn exam(
        &self,
        term: TermId,
        courses: &Courses,
        (name, kind, held_on): (&str, &'static str, &str),
    ) -> Result<HashMap<CourseId, AssessmentId>, DemoError> {
        let grant = authorize::<ManageSetup>(self.operator, School)?;
        let new = NewExam {
            term,
            name: name.to_owned(),
            kind,
            held_on: held_on.to_owned(),
        };
        let exam = school::create_exam(self.tx, &grant, &self.stamp, &new).await?;
        let courses: Vec<_> = courses
            .values()
            .map(|course| (*course, FULL_MARKS))
            .collect();
        let added =
            school::add_exam_assessments(self.tx, &grant, &self.stamp, (exam, &new), &courses)
                .await?;
        Ok(added.into_iter().collect())
    }

    /// Sets the course up that counts more than exams.
    async fn pieces(
        &self,
        actor: &Actor,
        courses: &Courses,
        facts: &HashMap<CourseId, CourseAccess>,
    ) -> Result<Vec<(CourseId, AssessmentId)>, DemoError> {
        let access = courses.get(&scheme::COURSE).and_then(|id| facts.get(id));
        let Some(access) = access.copied() else {
            return Ok(Vec::new());
        };
        let may_see = authorize::<SeeGradebook>(actor, access)?;
        let book = gradebook::gradebook(self.tx, &may_see).await?;
        let categories = book.map(|book| book.categories).unwrap_or_default();
        scheme::fill(self.tx, actor, self.stamp, access, categories.first()).await
    }

    async fn enter(
        &self,
        actor: &Actor,
        facts: &HashMap<CourseId, CourseAccess>,
        writes: Vec<ScoreWrite>,
    ) -> Result<(), DemoError> {
        let courses: HashSet<CourseId> = writes.iter().map(|write| write.course).collect();
        let grants = courses
            .iter()
            .filter_map(|course| facts.get(course))
            .map(|access| authorize::<EnterScores>(actor, *access))
            .collect::<Result<Vec<_>, _>>()?;
        let stamp = Stamp {
            actor,
            batch: Some((self.new_batch)()),
            ..self.stamp
        };
        Ok(scores::put(self.tx, &grants, &stamp, writes).await?)
    }

    /// Publishes what the actor teaches of an exam.
    async fn publish(
        &self,
        actor: &Actor,
        facts: &HashMap<CourseId, CourseAccess>,
        exam: &HashMap<CourseId, AssessmentId>,
    ) -> Result<(), DemoError> {
        let stamp = Stamp {
            actor,
            ..self.stamp
        };
        for (course, access) in facts.iter().filter(|(_, access)| access.teaches) {
            let Some(assessment) = exam.get(course) else {
                continue;
            };
            let grant = authorize::<ChangeAssessmentState>(actor, *access)?;
            let step = (AssessmentState::Draft, AssessmentState::Published);
            let publish = Transition::Publish;
            assessments::change_state(self.tx, &grant, &stamp, *assessment, publish, step).await?;
        }
        Ok(())
    }
}

/// What was entered for the pieces of work of the one course that has them.
fn small_scores(people: &People, pieces: &[(CourseId, AssessmentId)]) -> Vec<ScoreWrite> {
    let (class, subject) = scheme::COURSE;
    let cells =
        (0..PUPILS).flat_map(|pupil| pieces.iter().enumerate().map(move |one| (pupil, one)));
    cells
        .filter_map(|(pupil, (nth, (course, assessment)))| {
            Some(ScoreWrite {
                course: *course,
                before: None,
                assessment: *assessment,
                student: *people.get(&pupil_number(class, pupil))?,
                score: scheme::small_result(class, pupil, subject, nth),
                comment: None,
                corrected: false,
            })
        })
        .collect()
}

/// What the teacher of a subject entered of an exam so far: all of the first one, a part of the
/// second.
fn scores_of(
    subject: usize,
    courses: &Courses,
    people: &People,
    (nth, exam): (usize, &HashMap<CourseId, AssessmentId>),
) -> Vec<ScoreWrite> {
    let mut writes = Vec::new();
    for class in 0..CLASSES {
        let Some(course) = courses.get(&(class, subject)) else {
            continue;
        };
        let begun = ENTERED.get((class + subject) % 3).copied().unwrap_or(0);
        let pupils = if nth == 0 { PUPILS } else { begun };
        let Some(assessment) = exam.get(course) else {
            continue;
        };
        writes.extend((0..pupils).filter_map(|pupil| {
            Some(ScoreWrite {
                course: *course,
                before: None,
                assessment: *assessment,
                student: *people.get(&pupil_number(class, pupil))?,
                score: result(class, pupil, subject, nth),
                comment: None,
                corrected: false,
            })
        }));
    }
    writes
}
