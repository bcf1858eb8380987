//! What of a bundle the school has already, and what is new: pure rules over both.

mod scores;

use std::collections::{BTreeSet, HashMap, HashSet};

use gradebook_auth::Role;
use gradebook_domain::{
    AssessmentId, CategoryId, ClassId, CourseId, ExamId, SubjectId, TermId, UserId,
};
use gradebook_persistence::query::whole_school::WholeSchool;
use gradebook_persistence::repo::people::User;
use gradebook_persistence::repo::scores::StoredScore;

use super::error::Errors;
use super::wanted::Wanted;
use crate::imports::header::title_key;
use crate::username::{new_username_key, username_key};

/// Ids by the places of what is wanted; gaps are filled as things are created.
#[derive(Clone, Default)]
pub(super) struct Places {
    pub(super) terms: Vec<Option<TermId>>,
    pub(super) subjects: Vec<Option<SubjectId>>,
    pub(super) classes: Vec<Option<ClassId>>,
    pub(super) people: Vec<Option<UserId>>,
    pub(super) courses: Vec<Option<CourseId>>,
    pub(super) exams: Vec<Option<ExamId>>,
    pub(super) categories: Vec<Option<CategoryId>>,
    pub(super) assessments: Vec<Option<AssessmentId>>,
}

/// A score to write.
pub(super) struct PlannedScore {
    /// Place among the scores that are wanted.
    pub(super) at: usize,
    pub(super) before: Option<StoredScore>,
    pub(super) corrected: bool,
}

/// What is to be done.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) places: Places,
    /// Places of administrators whom the school does not know. No file makes one: they are left out.
    pub(super) left_out: BTreeSet<usize>,
    /// Places of enrolments that are new.
    pub(super) enrolments: Vec<usize>,
    /// Places of teachers' courses that are new.
    pub(super) teachers: Vec<usize>,
    pub(super) scores: Vec<PlannedScore>,
    pub(super) unchanged: usize,
}

/// How many there are of which nothing is known yet.
pub(super) fn gaps<T>(places: &[Option<T>]) -> usize {
    places.iter().filter(|place| place.is_none()).count()
}

/// Compares what is wanted with the school as it is.
pub(super) fn plan(
    wanted: &Wanted,
    school: &WholeSchool,
    has_reason: bool,
    errors: &mut Errors,
) -> Plan {
    let mut planning = Planning {
        wanted,
        school,
        has_reason,
        errors,
        plan: Plan::default(),
    };
    planning.structure();
    planning.people();
    planning.courses();
    planning.assessments();
    planning.enrolments();
    planning.scores();
    planning.closed_terms();
    planning.plan
}

/// First day, and the last if it is known.
type Period<'a> = (&'a str, Option<&'a str>);

struct Planning<'a> {
    wanted: &'a Wanted,
    school: &'a WholeSchool,
    has_reason: bool,
    errors: &'a mut Errors,
    plan: Plan,
}

fn at<T: Copy>(places: &[Option<T>], place: usize) -> Option<T> {
    places.get(place).copied().flatten()
}

impl Planning<'_> {
    fn structure(&mut self) {
        let (wanted, school) = (self.wanted, self.school);
        let terms: HashMap<(&str, &str), TermId> = school
            .terms
            .iter()
            .map(|(term, _)| ((term.school_year.as_str(), term.name.as_str()), term.id))
            .collect();
        let known = |one: &super::wanted::WantedTerm| {
            terms
                .get(&(one.school_year.as_str(), one.name.as_str()))
                .copied()
        };
        self.plan.places.terms = wanted.terms.iter().map(known).collect();
        let mut subjects: HashMap<String, SubjectId> = HashMap::new();
        for (subject, _) in &school.subjects {
            subjects.insert(subject.code.clone(), subject.id);
        }
        for (subject, _) in &school.subjects {
            for name in [&subject.code, &subject.name_zh, &subject.name_en] {
                subjects.entry(title_key(name)).or_insert(subject.id);
            }
        }
        let known = |one: &super::wanted::WantedSubject| {
            let keys = [&one.code, &one.name_zh, &one.name_en].map(|name| title_key(name));
            subjects
                .get(&one.code)
                .or_else(|| keys.iter().find_map(|key| subjects.get(key)))
                .copied()
        };
        self.plan.places.subjects = wanted.subjects.iter().map(known).collect();
        let classes: HashMap<(&str, &str, &str), ClassId> = school
            .classes
            .iter()
            .map(|one| {
                let key = (
                    one.school_year.as_str(),
                    one.grade_level.as_str(),
                    one.name.as_str(),
                );
                (key, one.id)
            })
            .collect();
        let known = |one: &super::wanted::WantedClass| {
            let key = (
                one.school_year.as_str(),
                one.grade_level.as_str(),
                one.name.as_str(),
            );
            classes.get(&key).copied()
        };
        self.plan.places.classes = wanted.classes.iter().map(known).collect();
    }

    /// Students are known by their number, others by their username.
    fn people(&mut self) {
        let by_number: HashMap<&str, &User> = self
            .school
            .people
            .iter()
            .filter_map(|one| Some((one.student_number.as_deref()?, one)))
            .collect();
        let by_username: HashMap<String, &User> = self
            .school
            .people
            .iter()
            .filter_map(|one| Some((username_key(&one.username).ok()?, one)))
            .collect();
        let mut numbers: HashSet<&str> = HashSet::new();
        let mut usernames: HashSet<String> = HashSet::new();
        let mut places = Vec::with_capacity(self.wanted.people.len());
        for person in &self.wanted.people {
            let mut refuse = |column: &str, value: &str, code, detail: &str| {
                self.errors.add(person.place, column, value, code, detail);
            };
            let number = person.student_number.as_deref();
            if number.is_some_and(|number| !numbers.insert(number)) {
                let detail = "another student of the bundle has this number";
                refuse(
                    "identifier",
                    number.unwrap_or(""),
                    "duplicate_student",
                    detail,
                );
            }
            let name = person.username.as_str();
            let key = username_key(name).unwrap_or_default();
            if !usernames.insert(key.clone()) {
                let detail = "another person of the bundle has this username, or nearly";
                refuse("username", name, "username_taken", detail);
            }
            let known = match number {
                Some(number) => by_number.get(number),
                None => by_username.get(&key),
            };
            if let Some(user) = known {
                let staff = |role| matches!(role, Role::Teacher | Role::Admin);
                if user.role != person.role && !(staff(user.role) && staff(person.role)) {
                    let detail =
                        "this account is a student's here and not there, or the other way round";
                    refuse("username", name, "other_role", detail);
                }
                places.push(Some(user.id));
                continue;
            }
            if person.role == Role::Admin {
                self.plan.left_out.insert(places.len());
                places.push(None);
                continue;
            }
            if by_username.contains_key(&key) {
                let detail = "somebody else has this username here";
                refuse("username", name, "username_taken", detail);
            } else if let Err(error) = new_username_key(name) {
                refuse("username", name, "invalid_username", &error.to_string());
            }
            places.push(None);
        }
        self.plan.places.people = places;
    }

    fn courses(&mut self) {
        let (wanted, school) = (self.wanted, self.school);
        let courses: HashMap<(ClassId, SubjectId, TermId), CourseId> = school
            .courses
            .iter()
            .map(|one| ((one.class, one.subject, one.term), one.id))
            .collect();
        let mut seen: HashMap<(usize, usize, usize), ()> = HashMap::new();
        let mut places = Vec::with_capacity(wanted.courses.len());
        for one in &wanted.courses {
            let ids = &self.plan.places;
            let key = at(&ids.classes, one.class)
                .zip(at(&ids.subjects, one.subject))
                .zip(at(&ids.terms, one.term));
            places.push(key.and_then(|((class, subject), term)| {
                courses.get(&(class, subject, term)).copied()
            }));
            if seen
                .insert((one.class, one.subject, one.term), ())
                .is_some()
            {
                let detail = "the class has another course in this subject and term";
                self.errors
                    .add(one.place, "courseSourcedId", "", "duplicate_course", detail);
            }
        }
        self.plan.places.courses = places;
        let taught: HashSet<(CourseId, UserId)> = school.teachers.iter().copied().collect();
        let is_new = |(course, person): &(usize, usize)| {
            let ids = &self.plan.places;
            if self.plan.left_out.contains(person) {
                return false;
            }
            let known = at(&ids.courses, *course).zip(at(&ids.people, *person));
            known.is_none_or(|pair| !taught.contains(&pair))
        };
        self.plan.teachers = (0..wanted.teachers.len())
            .filter(|place| wanted.teachers.get(*place).is_some_and(is_new))
            .collect();
    }

    fn assessments(&mut self) {
        let (wanted, school) = (self.wanted, self.school);
        let exams: HashMap<(TermId, &str), ExamId> = school
            .exams
            .iter()
            .map(|one| ((one.term, one.name.as_str()), one.id))
            .collect();
        let known = |one: &super::wanted::WantedExam| {
            let term = at(&self.plan.places.terms, one.term)?;
            exams.get(&(term, one.name.as_str())).copied()
        };
        self.plan.places.exams = wanted.exams.iter().map(known).collect();
        let categories: HashMap<(CourseId, &str), CategoryId> = school
            .categories
            .iter()
            .map(|(course, one, _)| ((*course, one.name.as_str()), one.scheme.id))
            .collect();
        let known = |one: &super::wanted::WantedCategory| {
            let course = at(&self.plan.places.courses, one.course)?;
            categories.get(&(course, one.name.as_str())).copied()
        };
        self.plan.places.categories = wanted.categories.iter().map(known).collect();
        let mut of_exams: HashMap<(CourseId, ExamId), AssessmentId> = HashMap::new();
        let mut titled: HashMap<(CourseId, &str, &str), Vec<AssessmentId>> = HashMap::new();
        for (one, _) in &school.assessments {
            match one.exam {
                Some(exam) => {
                    of_exams.insert((one.course, exam), one.id);
                }
                None => titled
                    .entry((one.course, one.title.as_str(), one.held_on.as_str()))
                    .or_default()
                    .push(one.id),
            }
        }
        // Of several with one title on one day the first is the first, and so on.
        let mut used: HashMap<(usize, &str, &str), usize> = HashMap::new();
        let mut places = Vec::with_capacity(wanted.assessments.len());
        for one in &wanted.assessments {
            let ids = &self.plan.places;
            let course = at(&ids.courses, one.course);
            places.push(match one.exam {
                Some(exam) => course
                    .zip(at(&ids.exams, exam))
                    .and_then(|key| of_exams.get(&key).copied()),
                None => {
                    let (title, day) = (one.title.as_str(), one.held_on.as_str());
                    let nth = used.entry((one.course, title, day)).or_insert(0);
                    let found = course
                        .and_then(|course| titled.get(&(course, title, day)))
                        .and_then(|ids| ids.get(*nth))
                        .copied();
                    *nth += 1;
                    found
                }
            });
        }
        self.plan.places.assessments = places;
    }

    fn enrolments(&mut self) {
        let mut stored: HashMap<(ClassId, UserId), Vec<Period<'_>>> = HashMap::new();
        for one in &self.school.enrolments {
            stored
                .entry((one.class, one.student))
                .or_default()
                .push((&one.starts_on, one.ends_on.as_deref()));
        }
        let ids = &self.plan.places;
        let is_new = |place: &usize| {
            let Some(one) = self.wanted.enrolments.get(*place) else {
                return false;
            };
            let key = at(&ids.classes, one.class).zip(at(&ids.people, one.person));
            let known = key.and_then(|key| stored.get(&key));
            // Who belongs to the class on that day does so already.
            !known.is_some_and(|periods| {
                periods.iter().any(|(starts_on, ends_on)| {
                    let begun = *starts_on <= one.starts_on.as_str();
                    let lasts = ends_on.is_none_or(|ends_on| ends_on >= one.starts_on.as_str());
                    begun && lasts
                })
            })
        };
        self.plan.enrolments = (0..self.wanted.enrolments.len()).filter(is_new).collect();
    }
}
