//! Courses: one, or those of many classes and subjects at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::actions::{ManageSetup, School};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{ClassId, CourseId, SubjectId, TermId, UserId};
pub use gradebook_persistence::query::course_list::CourseFilter;
use gradebook_persistence::query::courses::{self, Class, Course, Term, Which};
use gradebook_persistence::query::{course_list, exams, roster, structure};
use gradebook_persistence::repo::{people, school};
use gradebook_persistence::{Read, Tx};

use super::error::{Fault, SetupError, Wrong};
use super::terms::locked_open;
use super::{MOST_TEACHERS, not_teachers};
use crate::App;
use crate::courses::{CourseSummary, ListCount, Page};
use crate::error::ReadError;

/// The category that a new course begins with: it holds everything.
pub(crate) const FIRST_CATEGORY: &str = "成绩 Grades";
/// Courses that are made at once.
const MOST_COURSES: usize = 2_000;

/// A course to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCourse {
    /// The class.
    pub class: ClassId,
    /// The subject.
    pub subject: SubjectId,
    /// The term.
    pub term: TermId,
    /// Its teachers.
    pub teachers: Vec<UserId>,
}

/// Courses of many classes and subjects to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCourses {
    /// The term.
    pub term: TermId,
    /// The classes.
    pub classes: Vec<ClassId>,
    /// The subjects that each of them has.
    pub subjects: Vec<SubjectId>,
    /// Who teaches the new courses of a subject.
    pub teachers: Vec<(SubjectId, UserId)>,
    /// The term whose courses of the same class and subject have the same teachers, where none is named.
    pub teachers_of: Option<TermId>,
}

/// What came of adding many courses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedCourses {
    /// Those that were added.
    pub added: usize,
    /// Those that were there already.
    pub present: usize,
    /// Those that were given to teachers.
    pub taught: usize,
}

impl App {
    /// Courses after `after`, in order of id.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn all_courses(
        &self,
        actor: &Actor,
        filter: &CourseFilter,
        after: CourseId,
        limit: u16,
    ) -> Result<Page<CourseSummary>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        self.courses(actor, filter, after, limit).await
    }

    /// Courses class by class, those after `after`.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn courses_by_class(
        &self,
        actor: &Actor,
        filter: &CourseFilter,
        after: Option<CourseId>,
        limit: u16,
    ) -> Result<Page<CourseSummary>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let asked = u64::from(limit) + 1;
        let items = course_list::by_class(&self.db, actor, filter, after, asked).await?;
        Ok(Page::cut(items, usize::from(limit), |course| course.id.0))
    }

    /// How many courses the filter lets through, and how many of them are not after `after` in the order
    /// of [`App::courses_by_class`].
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn count_courses(
        &self,
        actor: &Actor,
        filter: &CourseFilter,
        after: Option<CourseId>,
    ) -> Result<ListCount, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        let before = match after {
            Some(_) => course_list::count(&self.db, actor, filter, after).await?,
            None => 0,
        };
        Ok(ListCount {
            all: course_list::count(&self.db, actor, filter, None).await?,
            before,
        })
    }

    /// The courses of a class in which a student has scores: they stay there when the student leaves.
    ///
    /// # Errors
    /// [`ReadError::Forbidden`] for anybody but an admin.
    pub async fn courses_with_scores(
        &self,
        actor: &Actor,
        class: ClassId,
        student: UserId,
    ) -> Result<Vec<Course>, ReadError> {
        let _may_see = authorize::<ManageSetup>(actor, School)?;
        Ok(course_list::scored_by(&self.db, class, student).await?)
    }

    /// Adds a course and gives it to its teachers.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_course(
        &self,
        actor: &Actor,
        new: &NewCourse,
    ) -> Result<CourseSummary, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = self.stamp(actor);
        let teachers: BTreeSet<UserId> = new.teachers.iter().copied().collect();
        if new.teachers.len() > MOST_TEACHERS {
            return Err(SetupError::field(
                "teacher_ids",
                Fault::TooMany(MOST_TEACHERS),
            ));
        }
        self.db
            .write(async |tx| {
                let term = locked_open(tx, new.term).await?;
                let classes = [new.class].into();
                fitting_classes(tx, &term, &classes, |_| "class_id".to_owned()).await?;
                let subjects = structure::subjects(tx).await?;
                if !subjects.iter().any(|(one, _)| one.id == new.subject) {
                    return Err(SetupError::field("subject_id", Fault::Unknown("subject")));
                }
                let found = people::by_ids(tx, &new.teachers).await?;
                let wrong = not_teachers(&new.teachers, found, &BTreeSet::new());
                if !wrong.is_empty() {
                    let wrong = wrong.into_iter().map(|(place, why)| Wrong {
                        field: format!("teacher_ids/{place}"),
                        fault: Fault::NotATeacher(why),
                    });
                    return Err(SetupError::Invalid(wrong.collect()));
                }
                let pairs = [(new.class, new.subject)];
                let made =
                    school::create_courses(tx, &grant, &stamp, term.id, &pairs, FIRST_CATEGORY)
                        .await?;
                let course = made.first().map(|(_, _, course)| *course);
                let course = course.ok_or(SetupError::NotFound)?;
                let given: Vec<_> = teachers.iter().map(|teacher| (course, *teacher)).collect();
                school::assign_teachers(tx, &grant, &stamp, &given).await?;
                courses::one(tx, course).await?.ok_or(SetupError::NotFound)
            })
            .await
    }

    /// Adds the courses of these classes in these subjects that the term lacks.
    ///
    /// # Errors
    /// [`SetupError`]; nothing is added then.
    pub async fn add_courses(
        &self,
        actor: &Actor,
        new: &NewCourses,
    ) -> Result<AddedCourses, SetupError> {
        let grant = authorize::<ManageSetup>(actor, School)?;
        let stamp = gradebook_persistence::change_log::Stamp {
            batch: Some(self.new_batch()),
            ..self.stamp(actor)
        };
        let classes: BTreeSet<ClassId> = new.classes.iter().copied().collect();
        let subjects: BTreeSet<SubjectId> = new.subjects.iter().copied().collect();
        let mut missing = Vec::new();
        for (field, empty) in [
            ("classes", classes.is_empty()),
            ("subjects", subjects.is_empty()),
        ] {
            if empty {
                let (field, fault) = (field.to_owned(), Fault::Empty);
                missing.push(Wrong { field, fault });
            }
        }
        if !missing.is_empty() {
            return Err(SetupError::Invalid(missing));
        }
        if classes.len() * subjects.len() > MOST_COURSES {
            return Err(SetupError::field("classes", Fault::TooMany(MOST_COURSES)));
        }
        self.db
            .write(async |tx| {
                let term = locked_open(tx, new.term).await?;
                fitting_classes(tx, &term, &classes, |_| "classes".to_owned()).await?;
                let known = structure::subjects(tx).await?;
                let known: HashSet<SubjectId> = known.iter().map(|(one, _)| one.id).collect();
                if subjects.iter().any(|subject| !known.contains(subject)) {
                    return Err(SetupError::field("subjects", Fault::Unknown("subject")));
                }
                let named: Vec<UserId> = new.teachers.iter().map(|(_, teacher)| *teacher).collect();
                let found = people::by_ids(tx, &named).await?;
                let wrong = not_teachers(&named, found, &BTreeSet::new());
                let wrong = wrong.into_iter().filter_map(|(place, why)| {
                    let (subject, _) = new.teachers.get(place)?;
                    let field = format!("teachers/{subject}");
                    let fault = Fault::NotATeacher(why);
                    Some(Wrong { field, fault })
                });
                let wrong: Vec<Wrong> = wrong.collect();
                if !wrong.is_empty() {
                    return Err(SetupError::Invalid(wrong));
                }
                let present = structure::courses_of_term(tx, term.id).await?;
                let wanted: Vec<(ClassId, SubjectId)> = classes
                    .iter()
                    .flat_map(|class| subjects.iter().map(|subject| (*class, *subject)))
                    .collect();
                let all = wanted.len();
                let lacking: Vec<_> = wanted
                    .into_iter()
                    .filter(|pair| !present.contains_key(pair))
                    .collect();
                let made =
                    school::create_courses(tx, &grant, &stamp, term.id, &lacking, FIRST_CATEGORY)
                        .await?;
                let (own, rest): (Vec<_>, Vec<_>) = made
                    .iter()
                    .copied()
                    .partition(|(_, subject, _)| new.teachers.iter().any(|one| one.0 == *subject));
                let mut given = match new.teachers_of {
                    Some(earlier) => same_teachers(tx, earlier, &rest).await?,
                    None => Vec::new(),
                };
                let of_subject: HashMap<SubjectId, UserId> = new.teachers.iter().copied().collect();
                given.extend(
                    own.into_iter().filter_map(|(_, subject, course)| {
                        Some((course, *of_subject.get(&subject)?))
                    }),
                );
                school::assign_teachers(tx, &grant, &stamp, &given).await?;
                let taught: HashSet<CourseId> = given.iter().map(|(course, _)| *course).collect();
                Ok(AddedCourses {
                    added: made.len(),
                    present: all - made.len(),
                    taught: taught.len(),
                })
            })
            .await
    }
}

/// The classes, all of them of the term's school year.
async fn fitting_classes(
    db: &impl Read,
    term: &Term,
    ids: &BTreeSet<ClassId>,
    field: impl Fn(ClassId) -> String,
) -> Result<HashMap<ClassId, Class>, SetupError> {
    let found = roster::classes_by_id(db, ids).await?;
    let fault = |id: &ClassId| match found.get(id) {
        None => Some(Fault::Unknown("class")),
        Some(class) if class.school_year != term.school_year => Some(Fault::OtherYear {
            class: class.school_year.clone(),
            term: term.school_year.clone(),
        }),
        Some(_) => None,
    };
    match ids.iter().find_map(|id| Some((*id, fault(id)?))) {
        None => Ok(found),
        Some((id, fault)) => Err(SetupError::field(&field(id), fault)),
    }
}

/// The new courses with those who taught the same subject to the same class in another term and can
/// still be given a course.
async fn same_teachers(
    tx: &Tx,
    earlier: TermId,
    made: &[(ClassId, SubjectId, CourseId)],
) -> Result<Vec<(CourseId, UserId)>, SetupError> {
    let before = structure::courses_of_term(tx, earlier).await?;
    let follows: HashMap<CourseId, CourseId> = made
        .iter()
        .filter_map(|(class, subject, course)| Some((*before.get(&(*class, *subject))?, *course)))
        .collect();
    let taught = exams::teachers_of(tx, &follows.keys().copied().collect()).await?;
    let ids: BTreeSet<UserId> = taught.iter().map(|(_, teacher)| *teacher).collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let able: HashSet<UserId> = people::by_ids(tx, &ids)
        .await?
        .into_iter()
        .filter(|user| user.enabled && user.role == Role::Teacher)
        .map(|user| user.id)
        .collect();
    Ok(taught
        .into_iter()
        .filter(|(_, teacher)| able.contains(teacher))
        .filter_map(|(course, teacher)| Some((*follows.get(&course)?, teacher)))
        .collect())
}

/// The courses with these ids.
pub(crate) async fn by_id(
    db: &impl Read,
    ids: &BTreeSet<CourseId>,
) -> Result<HashMap<CourseId, Course>, SetupError> {
    let asked: Vec<CourseId> = ids.iter().copied().collect();
    let most = asked.len() as u64;
    let found = courses::list(db, &Which::Ids(asked), CourseId(0), most).await?;
    Ok(found
        .into_iter()
        .map(|course| (course.id, course))
        .collect())
}
