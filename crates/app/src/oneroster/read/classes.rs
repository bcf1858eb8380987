//! Classes and courses.

use std::collections::HashSet;

use gradebook_domain::AbsentPolicy;

use super::super::error::{Errors, OneRosterError};
use super::super::files::CLASSES;
use super::super::rows::Fields;
use super::super::wanted::{WantedClass, WantedCourse};
use super::{Reading, twice};

/// The grade level of a class for which the bundle names none.
const NO_GRADE_LEVEL: &str = "–";

impl Reading<'_> {
    /// Classes and courses. Homerooms may stand behind the classes that belong to them, so the file
    /// is gone through twice.
    pub(super) fn classes(&mut self) -> Result<(), OneRosterError> {
        let mut seen: HashSet<String> = HashSet::new();
        self.rows(CLASSES, true, |reading, fields, errors| {
            let Some(id) = fields.need("sourcedId", 255, errors) else {
                return;
            };
            if !seen.insert(id.clone()) {
                twice(fields, &id, errors);
            } else if fields.get("classType").eq_ignore_ascii_case("homeroom") {
                reading.class(&id, fields, errors);
            }
        })?;
        self.rows(CLASSES, true, |reading, fields, errors| {
            let id = fields.get("sourcedId").to_owned();
            if !id.is_empty() && !fields.get("classType").eq_ignore_ascii_case("homeroom") {
                reading.course(&id, fields, errors);
            }
        })
    }

    fn class(&mut self, id: &str, fields: &Fields<'_>, errors: &mut Errors) -> Option<usize> {
        let longest = 64;
        let title = fields.need("title", longest, errors)?;
        let stated = |column: &str, errors: &mut Errors| fields.may(column, longest, errors);
        let school_year = match stated("metadata.gradebook.schoolYear", errors) {
            Some(year) => year,
            None => {
                let term = fields
                    .get("termSourcedIds")
                    .split(',')
                    .next()
                    .unwrap_or_default();
                self.school_year(term.trim()).or_else(|| {
                    let detail = "no academic session of the bundle has this sourcedId";
                    errors.add(
                        fields.place,
                        "termSourcedIds",
                        term,
                        "unknown_reference",
                        detail,
                    );
                    None
                })?
            }
        };
        let of_catalogue = self
            .catalogue
            .get(fields.get("courseSourcedId"))
            .map(|course| course.grades.as_str());
        let grades = [fields.get("grades"), of_catalogue.unwrap_or_default()]
            .into_iter()
            .find(|grades| !grades.is_empty() && grades.chars().count() <= longest);
        let own = fields.get("metadata.gradebook.name");
        let mut class = WantedClass {
            school_year,
            grade_level: match stated("metadata.gradebook.gradeLevel", errors) {
                Some(level) => level,
                None if !own.is_empty() => String::new(),
                None => grades.unwrap_or(NO_GRADE_LEVEL).to_owned(),
            },
            name: stated("metadata.gradebook.name", errors).unwrap_or(title),
        };
        // Two groups of one name stay two.
        if self.wanted.classes.contains(&class) {
            let code = fields.get("classCode");
            let apart = if code.is_empty() { id } else { code };
            class.name = format!("{} ({apart})", class.name);
        }
        if class.name.chars().count() > longest || self.wanted.classes.contains(&class) {
            let detail = "another class of the bundle has the same name";
            errors.add(
                fields.place,
                "title",
                &class.name,
                "duplicate_class",
                detail,
            );
            return None;
        }
        self.wanted.classes.push(class);
        let at = self.wanted.classes.len() - 1;
        self.classes.insert(id.to_owned(), at);
        Some(at)
    }

    fn course(&mut self, id: &str, fields: &Fields<'_>, errors: &mut Errors) {
        let home = fields.get("metadata.gradebook.homeClass");
        let class = if home.is_empty() {
            self.class(id, fields, errors)
        } else {
            self.attached.insert(id.to_owned());
            fields.refer("metadata.gradebook.homeClass", &self.classes, errors)
        };
        let sessions: Vec<&str> = fields
            .get("termSourcedIds")
            .split(',')
            .map(str::trim)
            .collect();
        let term = sessions.first().and_then(|id| self.term(id));
        if term.is_none() {
            let shown = sessions.first().copied().unwrap_or_default();
            let detail = "no academic session of the bundle has this sourcedId";
            errors.add(
                fields.place,
                "termSourcedIds",
                shown,
                "unknown_reference",
                detail,
            );
        }
        let catalogue = fields.get("courseSourcedId").to_owned();
        if !self.catalogue.contains_key(&catalogue) {
            let detail = "no row of courses.csv has this sourcedId";
            errors.add(
                fields.place,
                "courseSourcedId",
                &catalogue,
                "unknown_reference",
                detail,
            );
        }
        let subject = self.subject(&catalogue, errors);
        let absent = fields.one_of("metadata.gradebook.absent", errors);
        let letters = fields.one_of("metadata.gradebook.letters", errors);
        let (Some(class), Some(term), Some(subject)) = (class, term, subject) else {
            return;
        };
        let course = WantedCourse {
            place: fields.place,
            class,
            subject,
            term,
            absent: absent.unwrap_or(AbsentPolicy::CountsZero),
            letters,
            show_class_statistics: fields.get("metadata.gradebook.classStatistics") == "true",
        };
        self.wanted.courses.push(course);
        self.courses
            .insert(id.to_owned(), self.wanted.courses.len() - 1);
    }
}
