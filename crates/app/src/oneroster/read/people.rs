//! People and where they belong.

use std::collections::{HashMap, HashSet};

use gradebook_auth::Role;

use super::super::error::{Errors, OneRosterError};
use super::super::files::{ENROLLMENTS, ROLES, USERS};
use super::super::rows::Fields;
use super::super::wanted::{WantedEnrolment, WantedPerson};
use super::{Reading, twice};

impl Reading<'_> {
    pub(super) fn people(&mut self) -> Result<(), OneRosterError> {
        let mut roles: HashMap<String, String> = HashMap::new();
        self.rows(ROLES, false, |_, fields, _| {
            let user = fields.get("userSourcedId").to_owned();
            let role = fields.get("role").to_owned();
            if fields.get("roleType").eq_ignore_ascii_case("primary") {
                roles.insert(user, role);
            } else {
                roles.entry(user).or_insert(role);
            }
        })?;
        self.rows(USERS, true, |reading, fields, errors| {
            let Some(id) = fields.need("sourcedId", 255, errors) else {
                return;
            };
            // Version 1.1 has the role in the same file.
            let role = roles.get(&id).map_or(fields.get("role"), String::as_str);
            let role = match role.to_ascii_lowercase().as_str() {
                "student" => Role::Student,
                "teacher" => Role::Teacher,
                "administrator" | "siteadministrator" | "systemadministrator" => Role::Admin,
                _ => {
                    reading.strangers.insert(id);
                    reading.wanted.skipped.people += 1;
                    return;
                }
            };
            let known = reading.people.contains_key(&id);
            if known {
                twice(fields, &id, errors);
            }
            if let Some(person) = person(fields, role, errors)
                && !known
            {
                reading.wanted.people.push(person);
                reading.people.insert(id, reading.wanted.people.len() - 1);
            }
        })
    }

    pub(super) fn enrolments(&mut self) -> Result<(), OneRosterError> {
        let mut seen: HashSet<(usize, usize, String)> = HashSet::new();
        let mut teaching: HashSet<(usize, usize)> = HashSet::new();
        self.rows(ENROLLMENTS, false, |reading, fields, errors| {
            let user = fields.get("userSourcedId");
            let role = fields.get("role").to_ascii_lowercase();
            let of_stranger = reading.strangers.contains(user);
            if of_stranger || !matches!(role.as_str(), "student" | "teacher") {
                reading.wanted.skipped.enrolments += 1;
                return;
            }
            let Some(person) = fields.refer("userSourcedId", &reading.people, errors) else {
                return;
            };
            let is = reading.wanted.people.get(person).map(|person| person.role);
            let class_id = fields.get("classSourcedId").to_owned();
            if role == "teacher" {
                if is == Some(Role::Student) {
                    let detail = "a student teaches no course";
                    errors.add(fields.place, "role", "teacher", "not_a_teacher", detail);
                } else if let Some(course) = reading.courses.get(&class_id) {
                    if teaching.insert((*course, person)) {
                        reading.wanted.teachers.push((*course, person));
                    }
                } else if reading.classes.contains_key(&class_id) {
                    reading.wanted.skipped.enrolments += 1;
                } else {
                    fields.refer("classSourcedId", &reading.courses, errors);
                }
                return;
            }
            if is != Some(Role::Student) {
                let detail = "only students belong to a class";
                errors.add(fields.place, "role", "student", "not_a_student", detail);
                return;
            }
            if reading.attached.contains(&class_id) {
                return;
            }
            let Some(class) = fields.refer("classSourcedId", &reading.classes, errors) else {
                return;
            };
            let starts_on = fields
                .day("beginDate", errors)
                .unwrap_or_else(|| reading.first_day(&class_id, class));
            let ends_on = fields.day("endDate", errors);
            if ends_on.as_ref().is_some_and(|ends_on| *ends_on < starts_on) {
                let detail = "it ends before it begins";
                errors.add(
                    fields.place,
                    "endDate",
                    fields.get("endDate"),
                    "invalid_date",
                    detail,
                );
            } else if seen.insert((class, person, starts_on.clone())) {
                reading.wanted.enrolments.push(WantedEnrolment {
                    class,
                    person,
                    starts_on,
                    ends_on,
                });
            }
        })
    }

    /// The day from which a student belongs to a class for which no day is stated: the first of its
    /// term, or of the first term of its year.
    fn first_day(&self, class_id: &str, class: usize) -> String {
        let of_course = self
            .courses
            .get(class_id)
            .and_then(|course| self.wanted.courses.get(*course))
            .and_then(|course| self.wanted.terms.get(course.term));
        let year = self
            .wanted
            .classes
            .get(class)
            .map_or("", |class| class.school_year.as_str());
        let of_year = self
            .wanted
            .terms
            .iter()
            .filter(|term| term.school_year == year)
            .map(|term| &term.starts_on)
            .min();
        of_course
            .map(|term| &term.starts_on)
            .or(of_year)
            .cloned()
            .unwrap_or_else(|| "2000-09-01".to_owned())
    }
}

fn person(fields: &Fields<'_>, role: Role, errors: &mut Errors) -> Option<WantedPerson> {
    let username = fields.need("username", 64, errors);
    let number = if role == Role::Student {
        let column = if fields.get("identifier").is_empty() {
            "username"
        } else {
            "identifier"
        };
        Some(fields.need(column, 32, errors)?)
    } else {
        None
    };
    let name = match fields.may("metadata.gradebook.name", 128, errors) {
        Some(name) => Some(name),
        None => full_name(
            &fields.need("givenName", 64, errors)?,
            fields.may("familyName", 60, errors).as_deref(),
        ),
    };
    let locale = fields.get("metadata.gradebook.locale");
    Some(WantedPerson {
        place: fields.place,
        username: username?,
        name: name?,
        role,
        student_number: number,
        enabled: !fields.get("enabledUser").eq_ignore_ascii_case("false"),
        locale: if locale == "en" { "en" } else { "zh-CN" }.to_owned(),
    })
}

/// A Chinese name begins with the family's, without a space.
fn full_name(given: &str, family: Option<&str>) -> Option<String> {
    let wide = |text: &str| text.chars().all(|sign| sign >= '\u{2e80}');
    Some(match family {
        Some(family) if wide(given) && wide(family) => format!("{family}{given}"),
        Some(family) => format!("{given} {family}"),
        None => given.to_owned(),
    })
}
