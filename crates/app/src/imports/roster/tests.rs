use std::collections::HashMap;

use gradebook_auth::Role;
use gradebook_domain::{ClassId, EnrolmentId, UserId};
use gradebook_persistence::query::courses::Class;
use gradebook_persistence::query::gradebook::Student;
use gradebook_persistence::query::roster::Enrolment;
use gradebook_persistence::repo::people::User;
use gradebook_persistence::repo::school::EnrolmentDates;

use super::super::outcome::{FileDigest, Fingerprint, RowChange};
use super::super::table;
use super::facts::Facts;
use super::order::{ImportRoster, day, day_before};
use super::plan::{Planned, plan};
use super::sheet::{self, ClassKey, Roster};

#[test]
fn days_are_read_as_spreadsheet_programs_write_them() {
    for typed in [
        "2026-09-01",
        "2026/9/1",
        "2026.09.1",
        "2026年9月1日",
        " 2026-9-01 ",
    ] {
        assert_eq!(day(typed).as_deref(), Some("2026-09-01"), "{typed}");
    }
    for typed in [
        "",
        "01/09/2026",
        "26-9-1",
        "2026-02-30",
        "46266",
        "2026-9",
        "2026-9-1-1",
    ] {
        assert_eq!(day(typed), None, "{typed}");
    }
    assert_eq!(day_before("2026-09-01").as_deref(), Some("2026-08-31"));
}

fn user(id: i64, number: &str, name: &str) -> User {
    User {
        id: UserId(id),
        username: number.to_owned(),
        name: name.to_owned(),
        role: Role::Student,
        student_number: Some(number.to_owned()),
        password_change_required: false,
        enabled: true,
        locale: "zh-CN".to_owned(),
        locale_chosen: false,
        ver: 1,
        totp_enabled: false,
        has_password: true,
    }
}

fn class(id: i64, year: &str, name: &str) -> Class {
    Class {
        id: ClassId(id),
        school_year: year.to_owned(),
        grade_level: "六年级".to_owned(),
        name: name.to_owned(),
    }
}

fn stay(
    id: i64,
    student: i64,
    class: &Class,
    first: &str,
    last: Option<&str>,
) -> (Enrolment, Class) {
    let enrolment = Enrolment {
        id: EnrolmentId(id),
        class: class.id,
        student: Student {
            id: UserId(student),
            student_number: String::new(),
            name: String::new(),
        },
        dates: EnrolmentDates {
            starts_on: first.to_owned(),
            ends_on: last.map(str::to_owned),
        },
    };
    (enrolment, class.clone())
}

fn read(rows: &str) -> Roster {
    let order = ImportRoster::default();
    let table = table::delimited(&format!("学年,年级,班级,学号,姓名,入班日期\n{rows}")).unwrap();
    sheet::read(&table, &order).unwrap().0
}

fn planned(rows: &str, facts: &Facts) -> Planned {
    let order = ImportRoster::default();
    plan(&read(rows), facts, &order, Default::default())
}

/// One pupil, with these enrolments, and the classes 1班 and 2班 of the year.
fn facts(enrolments: Vec<(Enrolment, Class)>, rows: &str) -> Facts {
    let classes = [class(1, "2026", "1班"), class(2, "2026", "2班")];
    let of = |key: &ClassKey| classes.iter().find(|class| class.name == key.name).cloned();
    Facts {
        classes: read(rows).classes.iter().map(of).collect(),
        students: HashMap::from([("601".to_owned(), user(1, "601", "李明"))]),
        enrolments: HashMap::from([(UserId(1), enrolments)]),
        today: "2026-11-21".to_owned(),
        ..Facts::default()
    }
}

/// The code for which the only row is refused, or its outcome.
fn told(planned: Planned) -> &'static str {
    let rows = planned
        .rows
        .outcome(Default::default(), String::new(), planned.errors)
        .rows;
    let row = rows.into_iter().next().unwrap();
    row.errors
        .first()
        .map_or(row.outcome.as_str(), |error| error.code)
}

#[test]
fn a_move_ends_what_is_open_and_nothing_else() {
    let (here, there) = (class(1, "2026", "1班"), class(2, "2026", "2班"));
    let before = class(9, "2025", "1班");
    let rows = "2026,六年级,2班,601,李明,2026-11-01\n";
    let moved = |enrolments: Vec<(Enrolment, Class)>| {
        let planned = planned(rows, &facts(enrolments, rows));
        let ends: Vec<(i64, String)> = planned
            .plan
            .ends
            .iter()
            .map(|(one, last)| (one.id.0, last.clone()))
            .collect();
        (ends, told(planned))
    };
    let last = "2026-10-31".to_owned();
    assert_eq!(moved(vec![]), (vec![], "new"));
    assert_eq!(
        moved(vec![stay(1, 1, &here, "2026-09-01", None)]),
        (vec![(1, last.clone())], "changed")
    );
    // What ended before is history, what ends later ends now, and so does the class of the year before.
    assert_eq!(
        moved(vec![
            stay(1, 1, &before, "2025-09-01", None),
            stay(2, 1, &here, "2026-09-01", Some("2026-10-10")),
            stay(3, 1, &here, "2026-10-12", Some("2026-12-31")),
        ]),
        (vec![(1, last.clone()), (3, last)], "changed")
    );
    assert_eq!(
        moved(vec![
            stay(1, 1, &there, "2026-09-01", None),
            stay(2, 1, &here, "2026-09-01", None)
        ]),
        (vec![], "unchanged")
    );
    assert_eq!(
        moved(vec![stay(1, 1, &there, "2027-02-01", None)]),
        (vec![], "begins_later")
    );
    // A last day that somebody gave it was no mistake.
    assert_eq!(
        moved(vec![stay(1, 1, &here, "2026-12-01", Some("2026-12-24"))]),
        (vec![], "before_enrolment")
    );
    assert_eq!(
        moved(vec![stay(1, 1, &here, "2026-11-02", None)]),
        (vec![], "before_enrolment")
    );
    // What begins on the same day, or has not begun, was entered by mistake.
    for first in ["2026-11-01", "2026-12-01"] {
        assert_eq!(
            moved(vec![stay(1, 1, &here, first, None)]),
            (vec![], "changed")
        );
    }
    let third = class(3, "2026", "3班");
    assert_eq!(
        moved(vec![
            stay(1, 1, &here, "2026-09-01", None),
            stay(2, 1, &third, "2026-09-01", None)
        ]),
        (vec![], "in_several_classes")
    );
    assert_eq!(
        moved(vec![stay(1, 1, &there, "2026-09-01", Some("2026-11-05"))]),
        (vec![], "already_enrolled")
    );
}

#[test]
fn scores_keep_their_pupil_in_the_term() {
    let here = class(1, "2026", "1班");
    let rows = "2026,六年级,2班,601,李明,2026-11-01\n";
    let mut facts = facts(vec![stay(1, 1, &here, "2026-08-01", None)], rows);
    let term = |first: &str, last: &str| vec![(first.to_owned(), last.to_owned())];
    facts
        .scored
        .insert((here.id, UserId(1)), term("2026-09-01", "2027-01-31"));
    assert_eq!(told(planned(rows, &facts)), "changed");
    facts
        .scored
        .insert((here.id, UserId(1)), term("2026-11-01", "2027-01-31"));
    assert_eq!(told(planned(rows, &facts)), "has_scores");
}

#[test]
fn the_first_day_is_stated_or_today_or_that_of_the_year() {
    let rows = "2026,六年级,1班,601,李明,\n";
    let mut facts = facts(Vec::new(), rows);
    let joins = |facts: &Facts| planned(rows, facts).plan.joins[0].2.clone();
    assert_eq!(joins(&facts), "2026-11-21");
    facts
        .first_days
        .insert("2026".to_owned(), "2026-09-01".to_owned());
    assert_eq!(joins(&facts), "2026-11-21");
    facts.today = "2026-08-20".to_owned();
    assert_eq!(joins(&facts), "2026-09-01");
    let stated = "2026,六年级,1班,601,李明,2026-08-01\n";
    assert_eq!(planned(stated, &facts).plan.joins[0].2, "2026-08-01");
}

#[test]
fn whoever_is_in_the_class_and_not_in_the_file_is_told() {
    let rows = "2026,六年级,1班,601,李明,\n2026,六年级,1班,,,\n2026,六年级,1班,603,,\n";
    let mut facts = facts(Vec::new(), rows);
    facts.members = [(1, "601"), (2, "602"), (3, "603")]
        .map(|(id, number)| {
            let student = Student {
                id: UserId(id),
                student_number: number.to_owned(),
                name: "某".to_owned(),
            };
            (ClassId(1), student)
        })
        .to_vec();
    let planned = planned(rows, &facts);
    // A row that is wrong names its pupil all the same.
    let numbers: Vec<&str> = planned
        .not_in_file
        .iter()
        .map(|one| one.student_number.as_str())
        .collect();
    assert_eq!((numbers, planned.not_in_file_total), (vec!["602"], 1));
}

#[test]
fn a_rename_says_from_and_to() {
    let rows = "2026,六年级,1班,601,李明明,\n";
    let facts = facts(Vec::new(), rows);
    let planned = planned(rows, &facts);
    assert_eq!(planned.plan.renames[0].1, "李明明");
    let rows = planned
        .rows
        .outcome(Default::default(), String::new(), planned.errors)
        .rows;
    assert!(rows[0].changes.contains(&RowChange::Renamed {
        from: "李明".to_owned(),
        to: "李明明".to_owned(),
    }));
}

#[test]
fn spellings_of_a_class_are_one() {
    let roster = read(
        "2026,六年级,1班,601,李明,\n2026,六 年级,1 班,602,王芳,\n2026,六年级,１班,603,张伟,\n",
    );
    assert_eq!(roster.classes.len(), 1);
    assert!(roster.rows.iter().all(|row| row.class == Some(0)));
}

#[test]
fn whoever_leaves_on_a_day_to_come_is_told() {
    let rows = "2026,六年级,1班,601,李明,\n";
    let here = class(1, "2026", "1班");
    let facts = facts(
        vec![stay(1, 1, &here, "2026-09-01", Some("2026-12-24"))],
        rows,
    );
    let planned = planned(rows, &facts);
    assert!(planned.plan.is_empty());
    let rows = planned
        .rows
        .outcome(Default::default(), String::new(), planned.errors)
        .rows;
    assert_eq!(rows[0].outcome.as_str(), "unchanged");
    assert!(matches!(
        &rows[0].changes[..],
        [RowChange::StaysUntil { last_day, .. }] if last_day == "2026-12-24"
    ));
}

#[test]
fn an_elective_adds_a_class_and_ends_none() {
    let (here, third) = (class(1, "2026", "1班"), class(3, "2026", "3班"));
    let rows = "2026,六年级,2班,601,李明,2026-11-01\n";
    let enrolments = vec![
        stay(1, 1, &class(9, "2025", "1班"), "2025-09-01", None),
        stay(2, 1, &here, "2026-11-01", None),
        stay(3, 1, &third, "2026-09-01", None),
    ];
    let order = ImportRoster {
        keep_other_classes: true,
        ..ImportRoster::default()
    };
    let facts = facts(enrolments, rows);
    let planned = plan(&read(rows), &facts, &order, Default::default());
    assert!(planned.plan.ends.is_empty() && planned.plan.instead.is_empty());
    assert_eq!((planned.plan.joins.len(), planned.plan.moved), (1, 0));
    assert_eq!(told(planned), "new");
}

#[test]
fn spaces_width_and_capitals_give_nobody_another_name() {
    for name in ["李 明", "李\u{3000}明", " 李明"] {
        let rows = format!("2026,六年级,1班,601,{name},\n");
        let planned = planned(&rows, &facts(Vec::new(), &rows));
        assert!(planned.plan.renames.is_empty(), "{name}");
    }
}

#[test]
fn a_fault_in_one_of_two_rows_does_not_make_the_other_right() {
    for wrong in [
        "2026,六年级,2班,601,李明,soon\n",
        "2026,六年级,,601,李明,\n",
        "2026,六年级,2班,601,,\n",
    ] {
        let roster = read(&format!("2026,六年级,1班,601,李明,\n{wrong}"));
        assert!(roster.rows.is_empty(), "{wrong}");
    }
    let roster = read("2026,六年级,1班,601,李明,\n2026,六年级,2班,602,,\n");
    assert_eq!(roster.rows.len(), 1);
}

#[test]
fn a_plan_is_signed_with_people_classes_and_days() {
    let rows = "2026,六年级,2班,601,李明,2026-11-01\n";
    let signed = |facts: &Facts| {
        let mut print = Fingerprint::of("roster", &FileDigest::of(rows.as_bytes()));
        planned(rows, facts)
            .plan
            .sign(&mut print, &read(rows), facts);
        print.done()
    };
    let here = class(1, "2026", "1班");
    let moves = |first: &str, last: Option<&str>| {
        signed(&facts(vec![stay(1, 1, &here, first, last)], rows))
    };
    let one = moves("2026-09-01", None);
    assert_eq!(one, moves("2026-09-01", None));
    assert_ne!(one, moves("2026-09-02", None));
    assert_ne!(one, moves("2026-09-01", Some("2027-01-31")));
    // Begins on the day itself: put into the other class instead.
    assert_ne!(moves("2026-11-01", None), moves("2026-11-02", None));
    let joins = facts(Vec::new(), rows);
    let mut other = facts(Vec::new(), rows);
    other
        .students
        .insert("601".to_owned(), user(2, "601", "李明"));
    assert_ne!(signed(&joins), signed(&other));
}
