//! People and where they belong.

use std::collections::HashMap;

use gradebook_auth::Role;
use gradebook_domain::{ClassId, CourseId};
use gradebook_persistence::query::whole_school::{Enrolment, WholeSchool};
use gradebook_persistence::repo::people::User;

use super::super::files::{ENROLLMENTS, ROLES, USERS};
use super::{Known, SCHOOL, course_id, homeroom_id, row};

pub(super) fn user(user: &User) -> Vec<String> {
    let (given, family) = split_name(&user.name);
    row(
        USERS,
        &[
            ("sourcedId", &format!("user-{}", user.id)),
            ("enabledUser", if user.enabled { "true" } else { "false" }),
            ("username", &user.username),
            ("givenName", given),
            ("familyName", family),
            ("identifier", user.student_number.as_deref().unwrap_or("")),
            ("primaryOrgSourcedId", SCHOOL),
            ("metadata.gradebook.name", &user.name),
            ("metadata.gradebook.locale", &user.locale),
        ],
    )
}

/// Given and family name, as far as a name tells: neither may be missing. The whole name stands
/// beside them.
fn split_name(name: &str) -> (&str, &str) {
    if let Some((given, family)) = name.rsplit_once(' ') {
        return (given.trim(), family);
    }
    let first = name.chars().next();
    match first {
        // A Chinese name begins with the family's.
        Some(first) if first >= '\u{2e80}' && name.chars().count() > 1 => {
            let (family, given) = name.split_at(first.len_utf8());
            (given, family)
        }
        _ => (name, name),
    }
}

pub(super) fn role(user: &User) -> Vec<String> {
    row(
        ROLES,
        &[
            ("sourcedId", &format!("role-{}", user.id)),
            ("userSourcedId", &format!("user-{}", user.id)),
            ("roleType", "primary"),
            (
                "role",
                match user.role {
                    Role::Admin => "administrator",
                    Role::Teacher => "teacher",
                    Role::Student => "student",
                },
            ),
            ("orgSourcedId", SCHOOL),
        ],
    )
}

pub(super) fn enrollments(school: &WholeSchool, known: &Known<'_>) -> Vec<Vec<String>> {
    let student = |id: String, class: &str, one: &Enrolment| {
        row(
            ENROLLMENTS,
            &[
                ("sourcedId", &id),
                ("classSourcedId", class),
                ("schoolSourcedId", SCHOOL),
                ("userSourcedId", &format!("user-{}", one.student)),
                ("role", "student"),
                ("primary", "false"),
                ("beginDate", &one.starts_on),
                ("endDate", one.ends_on.as_deref().unwrap_or("")),
            ],
        )
    };
    let mut rows: Vec<Vec<String>> = school
        .enrolments
        .iter()
        .map(|one| {
            student(
                format!("enrolment-{}", one.id),
                &homeroom_id(one.class),
                one,
            )
        })
        .collect();
    let mut by_class: HashMap<ClassId, Vec<_>> = HashMap::new();
    for one in &school.enrolments {
        by_class.entry(one.class).or_default().push(one);
    }
    for course in &school.courses {
        let starts_on = known.terms.get(&course.term).map(|term| &term.starts_on);
        let members = by_class.get(&course.class).into_iter().flatten();
        let in_term =
            members.filter(|one| one.ends_on.is_none() || one.ends_on.as_ref() >= starts_on);
        rows.extend(in_term.map(|one| {
            let id = format!("member-{}-{}", course.id, one.id);
            student(id, &course_id(course.id), one)
        }));
    }
    let mut with_teacher: Vec<CourseId> = Vec::new();
    for (course, teacher) in &school.teachers {
        // They come by course; the first one named is the one to ask.
        let primary = with_teacher.last() != Some(course);
        with_teacher.push(*course);
        rows.push(row(
            ENROLLMENTS,
            &[
                ("sourcedId", &format!("teacher-{course}-{teacher}")),
                ("classSourcedId", &course_id(*course)),
                ("schoolSourcedId", SCHOOL),
                ("userSourcedId", &format!("user-{teacher}")),
                ("role", "teacher"),
                ("primary", if primary { "true" } else { "false" }),
            ],
        ));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_as_far_as_it_tells() {
        for (name, expected) in [
            ("W. Chen", ("W.", "Chen")),
            ("Anna Maria von Stein", ("Anna Maria von", "Stein")),
            ("王雨桐", ("雨桐", "王")),
            ("李", ("李", "李")),
            ("Plato", ("Plato", "Plato")),
        ] {
            assert_eq!(split_name(name), expected);
        }
    }
}
