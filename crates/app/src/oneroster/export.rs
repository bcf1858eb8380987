//! Our school in the words of OneRoster.
//!
//! A class of ours is a `homeroom`, a course a `scheduled` class with the students of that homeroom,
//! a subject a course of the catalogue. Ids are made from ours, so they stay the same from one export
//! to the next.

mod grades;
mod people;

use std::collections::{BTreeMap, HashMap};

use gradebook_domain::{ClassId, CourseId, ExamId, SubjectId, TermId};
use gradebook_persistence::query::courses::{Class, Subject, Term};
use gradebook_persistence::query::gradebook::Exam;
use gradebook_persistence::query::whole_school::{CourseLinks, WholeSchool};

use super::files::{ACADEMIC_SESSIONS, CLASSES, COURSES, FILES, File, ORGS};
use grades::{categories, line_items, results};
use people::{enrollments, role, user};

/// The rows of a file, each as wide as its header.
pub(super) struct Table {
    pub(super) file: File,
    pub(super) rows: Vec<Vec<String>>,
}

/// The one school of a database.
const SCHOOL: &str = "school";
/// The course of the catalogue that homerooms are of: it has no lessons.
pub(super) const HOMEROOM: &str = "homeroom";

/// The school as tables, in the order of [`FILES`].
pub(super) fn tables(school: &WholeSchool) -> Vec<Table> {
    let known = Known::of(school);
    FILES
        .iter()
        .map(|file| Table {
            file: *file,
            rows: match file.name {
                "orgs" => vec![row(
                    ORGS,
                    &[
                        ("sourcedId", SCHOOL),
                        ("name", "School"),
                        ("type", "school"),
                    ],
                )],
                "academicSessions" => academic_sessions(school),
                "courses" => courses(school),
                "classes" => classes(school, &known),
                "users" => school.people.iter().map(user).collect(),
                "roles" => school.people.iter().map(role).collect(),
                "enrollments" => enrollments(school, &known),
                "categories" => categories(school),
                "lineItems" => line_items(school, &known),
                _ => results(school),
            },
        })
        .collect()
}

/// Lookups by id.
struct Known<'a> {
    terms: HashMap<TermId, &'a Term>,
    classes: HashMap<ClassId, &'a Class>,
    subjects: HashMap<SubjectId, &'a Subject>,
    courses: HashMap<CourseId, &'a CourseLinks>,
    exams: HashMap<ExamId, &'a Exam>,
}

impl<'a> Known<'a> {
    fn of(school: &'a WholeSchool) -> Self {
        Self {
            terms: school.terms.iter().map(|(one, _)| (one.id, one)).collect(),
            classes: school.classes.iter().map(|one| (one.id, one)).collect(),
            subjects: school
                .subjects
                .iter()
                .map(|(one, _)| (one.id, one))
                .collect(),
            courses: school.courses.iter().map(|one| (one.id, one)).collect(),
            exams: school.exams.iter().map(|one| (one.id, one)).collect(),
        }
    }
}

/// A row with these values in their columns and nothing in the others.
fn row(file: File, values: &[(&str, &str)]) -> Vec<String> {
    let value_of = |column: &&str| {
        values
            .iter()
            .find(|(name, _)| name == column)
            .map_or_else(String::new, |(_, value)| (*value).to_owned())
    };
    file.header.iter().map(value_of).collect()
}

fn year_id(school_year: &str) -> String {
    let mut id = "year-".to_owned();
    for sign in school_year.chars() {
        if sign.is_ascii_alphanumeric() || sign == '-' {
            id.push(sign);
        } else {
            id.push_str(&format!("_{:x}_", u32::from(sign)));
        }
    }
    id
}

fn term_id(term: TermId) -> String {
    format!("term-{term}")
}

fn academic_sessions(school: &WholeSchool) -> Vec<Vec<String>> {
    let mut years: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for class in &school.classes {
        years
            .entry(&class.school_year)
            .or_insert_with(|| usual_dates(&class.school_year));
    }
    // The dates of a year are those of its terms, where it has any.
    let mut of_terms: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for (term, _) in &school.terms {
        let dates = of_terms
            .entry(&term.school_year)
            .or_insert_with(|| (term.starts_on.clone(), term.ends_on.clone()));
        dates.0 = dates.0.clone().min(term.starts_on.clone());
        dates.1 = dates.1.clone().max(term.ends_on.clone());
    }
    years.extend(of_terms);
    let mut rows: Vec<Vec<String>> = years
        .iter()
        .map(|(name, (starts_on, ends_on))| {
            row(
                ACADEMIC_SESSIONS,
                &[
                    ("sourcedId", &year_id(name)),
                    ("title", name),
                    ("type", "schoolYear"),
                    ("startDate", starts_on),
                    ("endDate", ends_on),
                    ("schoolYear", &ends_on.chars().take(4).collect::<String>()),
                ],
            )
        })
        .collect();
    rows.extend(school.terms.iter().map(|(term, weight)| {
        let year = years.get(term.school_year.as_str());
        let ends = year.map_or(&term.ends_on, |(_, ends_on)| ends_on);
        row(
            ACADEMIC_SESSIONS,
            &[
                ("sourcedId", &term_id(term.id)),
                ("title", &term.name),
                ("type", "term"),
                ("startDate", &term.starts_on),
                ("endDate", &term.ends_on),
                ("parentSourcedId", &year_id(&term.school_year)),
                ("schoolYear", &ends.chars().take(4).collect::<String>()),
                ("metadata.gradebook.weight", &weight.to_string()),
                (
                    "metadata.gradebook.state",
                    if term.open { "open" } else { "closed" },
                ),
            ],
        )
    }));
    rows
}

/// First and last day of a school year that has no terms yet.
fn usual_dates(school_year: &str) -> (String, String) {
    let first = school_year
        .split(|sign: char| !sign.is_ascii_digit())
        .find_map(|part| part.parse::<i16>().ok())
        .filter(|year| (1900..9999).contains(year))
        .unwrap_or(2000);
    (format!("{first}-09-01"), format!("{}-08-31", first + 1))
}

fn courses(school: &WholeSchool) -> Vec<Vec<String>> {
    let homeroom = row(
        COURSES,
        &[
            ("sourcedId", HOMEROOM),
            ("title", "Homeroom"),
            ("orgSourcedId", SCHOOL),
        ],
    );
    let subjects = school.subjects.iter().map(|(subject, full_marks)| {
        row(
            COURSES,
            &[
                ("sourcedId", &format!("subject-{}", subject.id)),
                ("title", &subject.name_en),
                ("courseCode", &subject.code),
                ("orgSourcedId", SCHOOL),
                ("subjects", &subject.name_en.replace(',', " ")),
                ("metadata.gradebook.nameZh", &subject.name_zh),
                ("metadata.gradebook.nameEn", &subject.name_en),
                ("metadata.gradebook.fullMarks", &full_marks.to_string()),
                ("metadata.gradebook.position", &subject.position.to_string()),
            ],
        )
    });
    std::iter::once(homeroom).chain(subjects).collect()
}

fn homeroom_id(class: ClassId) -> String {
    format!("class-{class}")
}

fn course_id(course: CourseId) -> String {
    format!("course-{course}")
}

fn classes(school: &WholeSchool, known: &Known<'_>) -> Vec<Vec<String>> {
    let homerooms = school.classes.iter().map(|class| {
        let terms: Vec<String> = school
            .terms
            .iter()
            .filter(|(term, _)| term.school_year == class.school_year)
            .map(|(term, _)| term_id(term.id))
            .collect();
        let terms = if terms.is_empty() {
            year_id(&class.school_year)
        } else {
            terms.join(",")
        };
        row(
            CLASSES,
            &[
                ("sourcedId", &homeroom_id(class.id)),
                ("title", &class_title(class)),
                ("courseSourcedId", HOMEROOM),
                ("classType", "homeroom"),
                ("schoolSourcedId", SCHOOL),
                ("termSourcedIds", &terms),
                ("metadata.gradebook.schoolYear", &class.school_year),
                ("metadata.gradebook.gradeLevel", &class.grade_level),
                ("metadata.gradebook.name", &class.name),
            ],
        )
    });
    let scheduled = school.courses.iter().filter_map(|course| {
        let subject = known.subjects.get(&course.subject)?;
        let class = known.classes.get(&course.class)?;
        let letters = course.letters.as_ref().map(ToString::to_string);
        let letters = letters.unwrap_or_default();
        Some(row(
            CLASSES,
            &[
                ("sourcedId", &course_id(course.id)),
                (
                    "title",
                    &format!("{} {}", subject.name_en, class_title(class)),
                ),
                ("courseSourcedId", &format!("subject-{}", subject.id)),
                ("classCode", &subject.code),
                ("classType", "scheduled"),
                ("schoolSourcedId", SCHOOL),
                ("termSourcedIds", &term_id(course.term)),
                ("subjects", &subject.name_en.replace(',', " ")),
                ("metadata.gradebook.homeClass", &homeroom_id(class.id)),
                ("metadata.gradebook.absent", course.absent.as_str()),
                ("metadata.gradebook.letters", &letters),
                (
                    "metadata.gradebook.classStatistics",
                    if course.show_class_statistics {
                        "true"
                    } else {
                        "false"
                    },
                ),
            ],
        ))
    });
    homerooms.chain(scheduled).collect()
}

fn class_title(class: &Class) -> String {
    format!("{} {}", class.grade_level, class.name)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_years_are_plain() {
        assert_eq!(year_id("2026-2027"), "year-2026-2027");
        assert_eq!(year_id("2026/27 学年"), "year-2026_2f_27_20__5b66__5e74_");
    }
}
