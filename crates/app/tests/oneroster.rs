//! A school as a OneRoster bundle: out, into another school, and what does not get in.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has to fail"
)]

#[path = "support/closing.rs"]
mod closing;
mod support;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Cursor, Read, Write};

use closing::closing;
use gradebook_app::oneroster::{ImportOneRoster, NoBundle, OneRosterError, OneRosterReport};
use gradebook_app::read::{ChangeFilter, ChangeKind};
use gradebook_app::{Dialect, NewPerson};
use gradebook_auth::actions::{ExchangeSchool, School};
use gradebook_auth::{Actor, Role, authorize};
use gradebook_domain::{AssessmentState, TermId, Transition};
use gradebook_persistence::change_log::newest_until;
use gradebook_persistence::query::whole_school::{WholeSchool, whole_school};
use gradebook_test_databases::{TestDatabase, on_both_databases};
use support::{TestApp, app_on};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Another empty database of the same kind.
async fn another(dialect: Dialect) -> TestDatabase {
    match dialect {
        Dialect::Sqlite => gradebook_test_databases::sqlite().await,
        Dialect::MySql => gradebook_test_databases::mysql().await,
    }
}

async fn export(school: &TestApp) -> Vec<u8> {
    school
        .app
        .export_oneroster(&Actor::operator())
        .await
        .unwrap()
}

async fn import(school: &TestApp, bundle: &[u8]) -> Result<OneRosterReport, OneRosterError> {
    let order = ImportOneRoster::default();
    school
        .app
        .import_oneroster(&Actor::operator(), bundle, &order)
        .await
}

/// The texts of a bundle by name.
fn texts(bundle: &[u8]) -> BTreeMap<String, String> {
    let mut zip = ZipArchive::new(Cursor::new(bundle)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

type Table = Vec<Vec<String>>;

fn table(text: &str) -> Table {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The bundle without its administrators, whom no import makes.
fn without_administrators(bundle: &[u8]) -> Vec<u8> {
    let files = texts(bundle);
    let roles = table(&files["roles.csv"]);
    let admins: HashSet<String> = roles
        .iter()
        .filter(|row| row[5] == "administrator")
        .map(|row| row[3].clone())
        .collect();
    assert!(!admins.is_empty());
    let kept = |name: &str, text: &str| {
        let of_admin = |line: &&str| match name {
            "users.csv" => admins.contains(line.split(',').next().unwrap()),
            "roles.csv" => admins.iter().any(|id| line.contains(&format!(",{id},"))),
            _ => false,
        };
        let lines = text.split_inclusive('\n').filter(|line| !of_admin(line));
        lines.collect::<String>()
    };
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), kept(name, text)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    zip_of(&files)
}

/// Everything that a school has, behind its back.
async fn all_of(school: &TestApp) -> WholeSchool {
    let grant = authorize::<ExchangeSchool>(&Actor::operator(), School).unwrap();
    whole_school(&school.db, &grant).await.unwrap()
}

/// How many changes of a kind are on record.
async fn logged(school: &TestApp, kind: ChangeKind) -> usize {
    let filter = ChangeFilter {
        kind: Some(kind),
        ..ChangeFilter::default()
    };
    let operator = Actor::operator();
    let page = school.app.changes(&operator, &filter, None, 500).await;
    page.unwrap().items.len()
}

/// The bundle with every id replaced by the place of its row, so that schools whose ids differ
/// compare by what is in them.
fn content(bundle: &[u8]) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = texts(bundle)
        .into_iter()
        .map(|(name, text)| (name, table(&text)))
        .collect();
    let mut places: HashMap<String, String> = HashMap::new();
    for (name, rows) in &tables {
        for (at, row) in rows.iter().enumerate().skip(1) {
            places.insert(row[0].clone(), format!("{name}:{at}"));
        }
    }
    for (name, rows) in &mut tables {
        if name == "manifest.csv" {
            continue;
        }
        for cell in rows.iter_mut().skip(1).flatten() {
            let parts: Vec<String> = cell
                .split(',')
                .map(|part| places.get(part).cloned().unwrap_or_else(|| part.to_owned()))
                .collect();
            *cell = parts.join(",");
        }
    }
    tables
}

fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A school of another system: version 1.1 (the role is in users.csv), columns that nobody here
/// knows, no manifest, no roles, columns in another order.
const FOREIGN: [(&str, &str); 8] = [
    (
        "academicSessions.csv",
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n\
         y1,,,2026-2027,schoolYear,2026-09-01,2027-07-31,,2027\n\
         t1,,,Autumn,semester,2026-09-01,2027-01-31,y1,2027\n\
         t2,,,Spring,semester,2027-02-01,2027-07-31,y1,2027\n\
         g1,,,Quarter 1,gradingPeriod,2026-09-01,2026-10-31,t1,2027\n",
    ),
    (
        "orgs.csv",
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\no1,,,Hill School,school,,\n",
    ),
    (
        "courses.csv",
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes\n\
         c1,,,,Biology,BIO,06,o1,,\nc2,,,,Mathematics,,06,o1,,\n",
    ),
    (
        "classes.csv",
        "sourcedId,title,courseSourcedId,classType,termSourcedIds,schoolSourcedId,colour\n\
         k1,Group A,c1,scheduled,t1,o1,green\nk2,Group A,c2,scheduled,\"t1,t2\",o1,red\n",
    ),
    (
        "users.csv",
        "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,password\n\
         u1,active,true,o1,teacher,a.green,Anna,Green,,\n\
         u2,active,true,o1,student,bo,Bo,Li,S-1,secret\n\
         u3,active,false,o1,student,wang,雨桐,王,S-2,\n\
         u4,active,true,o1,guardian,parent,Pa,Li,,\n\
         u5,tobedeleted,true,o1,student,gone,Go,Ne,S-9,\n",
    ),
    (
        "enrollments.csv",
        "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n\
         e1,k1,o1,u1,teacher,true,,\ne2,k1,o1,u2,student,false,2026-09-15,\ne3,k1,o1,u3,student,false,,2027-01-31\n\
         e4,k2,o1,u2,student,false,,\ne5,k2,o1,u4,guardian,false,,\n",
    ),
    (
        "lineItems.csv",
        "sourcedId,title,assignDate,dueDate,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax\n\
         l1,Cells,2026-09-20,2026-10-01T00:00:00Z,k1,,g1,0,50\n",
    ),
    (
        "results.csv",
        "sourcedId,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore\n\
         r1,l1,u2,fully graded,43.5,2026-10-02,\"Good, very good\",\nr2,l1,u3,exempt,,2026-10-02,,\n",
    ),
];

fn foreign_with(name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let changed: Vec<(&str, String)> = FOREIGN
        .iter()
        .map(|(one, text)| {
            let text = if *one == name {
                change(text)
            } else {
                (*text).to_owned()
            };
            (*one, text)
        })
        .collect();
    let files: Vec<(&str, &str)> = changed
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    zip_of(&files)
}

on_both_databases! {
    async fn a_school_moves_whole(database: TestDatabase) {
        let dialect = database.dialect;
        let first = app_on(database).await;
        first.app.fill_demo().await.unwrap();
        import(&first, &zip_of(&FOREIGN)).await.unwrap();
        let bundle = export(&first).await;
        assert_eq!(bundle, export(&first).await, "the same school makes the same bytes");

        let second = app_on(another(dialect).await).await;
        let dry = ImportOneRoster { dry_run: true, ..ImportOneRoster::default() };
        let planned = second.app.import_oneroster(&Actor::operator(), &bundle, &dry).await.unwrap();
        assert!(planned.dry_run && planned.people > 100 && planned.scores_new > 400, "{planned:?}");
        let imported = second.app
            .import_oneroster(&Actor::operator(), &bundle, &ImportOneRoster {
                plan_hash: Some(planned.plan_hash.clone()),
                ..ImportOneRoster::default()
            })
            .await
            .unwrap();
        assert!(imported.batch.is_some());
        assert_eq!(
            OneRosterReport { dry_run: true, batch: None, ..imported },
            planned,
            "what was announced was done"
        );
        let moved = export(&second).await;
        assert_eq!(planned.administrators, [gradebook_app::demo::demo_accounts().admin.username]);
        let (before, after) = (content(&without_administrators(&bundle)), content(&moved));
        for (name, rows) in &before {
            assert_eq!(Some(rows), after.get(name), "{name}");
        }

        // Again, into both: nothing is left to do, and nothing is written.
        for school in [&first, &second] {
            let newest = newest_until(&school.db, i64::MAX).await.unwrap();
            let again = import(school, &bundle).await.unwrap();
            assert!(again.is_empty(), "{again:?}");
            assert_eq!(newest, newest_until(&school.db, i64::MAX).await.unwrap());
            assert_eq!((again.batch, again.scores_unchanged), (None, planned.scores_new));
        }
        assert_eq!(moved, export(&second).await);
        let late = second.app
            .import_oneroster(&Actor::operator(), &bundle, &ImportOneRoster {
                plan_hash: Some(planned.plan_hash),
                ..ImportOneRoster::default()
            })
            .await;
        assert!(matches!(late, Err(OneRosterError::PlanChanged)), "{late:?}");
    }

    async fn a_bundle_of_another_system_becomes_a_school(database: TestDatabase) {
        let school = app_on(database).await;
        let report = import(&school, &zip_of(&FOREIGN)).await.unwrap();
        // Mathematics is a subject of every new school.
        let counts = (report.terms, report.subjects, report.classes, report.people, report.enrolments);
        assert_eq!(counts, (2, 1, 2, 3, 3), "{report:?}");
        let counts = (report.courses, report.teachers, report.exams, report.categories, report.assessments);
        assert_eq!(counts, (2, 1, 0, 2, 1), "{report:?}");
        assert_eq!((report.scores_new, report.scores_changed), (2, 0));
        assert_eq!((report.skipped.people, report.skipped.enrolments), (1, 1));
        let tables = content(&export(&school).await);
        let column = |file: &str, name: &str| {
            let table = &tables[file];
            let at = table[0].iter().position(|one| one == name).unwrap();
            table[1..].iter().map(|row| row[at].clone()).collect::<Vec<_>>()
        };
        assert_eq!(column("users.csv", "metadata.gradebook.name"), ["Anna Green", "Bo Li", "王雨桐"]);
        assert_eq!(column("users.csv", "enabledUser"), ["true", "true", "false"]);
        assert_eq!(column("users.csv", "password"), ["", "", ""]);
        assert_eq!(column("results.csv", "score"), ["43.5", ""]);
        assert_eq!(column("results.csv", "comment"), ["Good, very good", ""]);
        assert_eq!(column("results.csv", "scoreStatus"), ["fully graded", "exempt"]);
        assert_eq!(column("lineItems.csv", "dueDate"), ["2026-10-01"]);
        assert_eq!(column("lineItems.csv", "metadata.gradebook.state"), ["draft"]);
        // Two groups of one name, of two courses, stay two classes.
        assert_eq!(column("classes.csv", "metadata.gradebook.name")[..2], ["Group A", "Group A (k2)"]);
        let again = import(&school, &zip_of(&FOREIGN)).await.unwrap();
        assert!(again.is_empty() && again.batch.is_none(), "{again:?}");
        // A score that changes there changes here.
        let later = foreign_with("results.csv", |text| text.replace("43.5", "44"));
        let report = import(&school, &later).await.unwrap();
        assert_eq!((report.scores_new, report.scores_changed, report.scores_unchanged), (0, 1, 1));
    }

    async fn a_bundle_makes_no_administrator(database: TestDatabase) {
        let school = app_on(database).await;
        let bundle = foreign_with("users.csv", |text| text.replace("teacher,a.green", "siteAdministrator,a.green"));
        let report = import(&school, &bundle).await.unwrap();
        assert_eq!((report.administrators.as_slice(), report.people, report.teachers), (&["a.green".to_owned()][..], 2, 0));
        assert!(all_of(&school).await.people.iter().all(|one| one.role != Role::Admin));
        // One whom the school knows comes with what is theirs.
        let known = NewPerson {
            username: "A.Green".to_owned(),
            name: "Anna Green".to_owned(),
            role: Role::Admin,
            student_number: None,
            password: None,
            locale: "en".to_owned(),
            enabled: true,
        };
        school.app.add_person(&Actor::operator(), known).await.unwrap();
        let report = import(&school, &bundle).await.unwrap();
        assert_eq!((report.administrators.len(), report.people, report.teachers), (0, 0, 1));
    }

    async fn the_maximum_is_that_of_the_school(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &zip_of(&FOREIGN)).await.unwrap();
        let before = export(&school).await;
        let files: Vec<(&str, String)> = FOREIGN
            .iter()
            .map(|(name, text)| (*name, text.replace(",0,50", ",0,100").replace("43.5", "85")))
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let refused = import(&school, &zip_of(&files)).await;
        let Err(OneRosterError::Refused { errors, .. }) = refused else {
            panic!("{refused:?}");
        };
        let told: Vec<_> = errors.iter().map(|error| (error.file.as_str(), error.line, error.code)).collect();
        assert_eq!(told, [("results.csv", 2, "above_maximum")]);
        assert_eq!(before, export(&school).await);
    }

    async fn nothing_is_imported_into_a_term_that_closes_meanwhile(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &zip_of(&FOREIGN)).await.unwrap();
        let before = all_of(&school).await;
        let columns: HashSet<_> = before.assessments.iter().map(|(one, _)| one.id).collect();
        let term: TermId = before.terms.iter().find(|(one, _)| one.name == "Autumn").unwrap().0.id;
        let later = foreign_with("results.csv", |text| text.replace("43.5", "44"));
        let late = closing(&school.db, term, &columns, import(&school, &later)).await;
        let Err(OneRosterError::Refused { errors, .. }) = late else {
            panic!("{late:?}");
        };
        assert!(errors.iter().all(|error| error.code == "term_closed"), "{errors:?}");
        assert_eq!(before.scores, all_of(&school).await.scores);
    }

    async fn what_was_closed_and_shown_elsewhere_is_so_here_and_on_record(database: TestDatabase) {
        let dialect = database.dialect;
        let first = app_on(database).await;
        import(&first, &zip_of(&FOREIGN)).await.unwrap();
        let operator = Actor::operator();
        let school = all_of(&first).await;
        let (column, _) = school.assessments[0].clone();
        first.app.change_state(&operator, column.id, Transition::Publish, None).await.unwrap();
        let term = school.terms.iter().find(|(one, _)| one.name == "Autumn").unwrap().0.id;
        first.app.close_term(&operator, term).await.unwrap();

        let second = app_on(another(dialect).await).await;
        import(&second, &export(&first).await).await.unwrap();
        for (kind, count) in [
            (ChangeKind::TermClosed, 1),
            (ChangeKind::AssessmentPublished, 1),
            (ChangeKind::AssessmentLocked, 1),
        ] {
            assert_eq!(logged(&second, kind).await, count, "{kind:?}");
        }
        let moved = all_of(&second).await;
        assert_eq!(moved.assessments[0].0.state, AssessmentState::Locked);
        // The closing locked it there, so the opening opens it here.
        let term = moved.terms.iter().find(|(one, _)| one.name == "Autumn").unwrap().0.id;
        second.app.reopen_term(&operator, term, Some("late papers")).await.unwrap();
        assert_eq!(all_of(&second).await.assessments[0].0.state, AssessmentState::Published);
        // Its scores came before it was shown, and what changes now is a correction.
        let student = moved.scores[0].student;
        let actor = Actor::person(student, Role::Student, gradebook_domain::SessionId(1), gradebook_auth::Via::Api);
        assert_eq!(second.app.own_published_changes(&actor).await.unwrap().len(), 0);
        let order = ImportOneRoster { reason: Some("read wrongly".to_owned()), ..ImportOneRoster::default() };
        let later = foreign_with("results.csv", |text| text.replace("43.5", "44"));
        second.app.import_oneroster(&operator, &later, &order).await.unwrap();
        let told = second.app.own_published_changes(&actor).await.unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
    }

    async fn two_plans_that_create_as_much_differ(database: TestDatabase) {
        let dialect = database.dialect;
        let schools = [app_on(database).await, app_on(another(dialect).await).await];
        let dry = ImportOneRoster { dry_run: true, ..ImportOneRoster::default() };
        let (bundle, operator) = (zip_of(&FOREIGN), Actor::operator());
        let mut plans = Vec::new();
        // Each has one of the two students.
        for (school, (username, number)) in schools.iter().zip([("bo", "S-1"), ("wang", "S-2")]) {
            let new = NewPerson {
                username: username.to_owned(),
                name: username.to_owned(),
                role: Role::Student,
                student_number: Some(number.to_owned()),
                password: None,
                locale: "en".to_owned(),
                enabled: true,
            };
            school.app.add_person(&operator, new).await.unwrap();
            plans.push(school.app.import_oneroster(&operator, &bundle, &dry).await.unwrap());
        }
        assert_ne!(plans[0].plan_hash, plans[1].plan_hash);
        for plan in &mut plans {
            plan.plan_hash.clear();
        }
        assert_eq!(plans[0], plans[1]);
    }

    async fn a_mistake_is_told_with_its_file_and_line_and_nothing_is_written(database: TestDatabase) {
        let school = app_on(database).await;
        let before = export(&school).await;
        for (file, from, to, line, code) in [
            ("users.csv", "u2,active", "u1,active", 3, "duplicate_id"),
            ("users.csv", ",bo,", ",,", 3, "missing_value"),
            ("users.csv", "S-2", "S-1", 4, "duplicate_student"),
            ("users.csv", ",wang,", ",BO,", 4, "username_taken"),
            ("users.csv", ",wang,", ",a b,", 4, "invalid_username"),
            ("enrollments.csv", "e2,k1", "e2,k9", 3, "unknown_reference"),
            ("enrollments.csv", "2026-09-15", "15.9.2026", 3, "invalid_date"),
            ("enrollments.csv", "e1,k1,o1,u1,teacher", "e1,k1,o1,u2,teacher", 2, "not_a_teacher"),
            ("enrollments.csv", "e2,k1,o1,u2", "e2,k1,o1,u1", 3, "not_a_student"),
            ("academicSessions.csv", "2027-01-31,y1", "2026-01-31,y1", 3, "invalid_date"),
            ("classes.csv", "k1,Group A,c1", "k1,Group A,c7", 2, "unknown_reference"),
            ("classes.csv", "scheduled,t1", "scheduled,t7", 2, "unknown_reference"),
            ("classes.csv", "o1,green", "o1,green,more", 2, "wrong_number_of_fields"),
            ("lineItems.csv", ",0,50", ",0,none", 2, "not_a_number"),
            ("results.csv", "43.5", "50.5", 2, "above_maximum"),
            ("results.csv", "43.5", "-1", 2, "negative"),
            ("results.csv", "43.5", "43.12345", 2, "not_a_number"),
            ("results.csv", "r2,l1,u3", "r2,l1,u2", 3, "duplicate_result"),
            ("results.csv", "sourcedId,", "id,", 1, "missing_column"),
        ] {
            let bundle = foreign_with(file, |text| text.replacen(from, to, 1));
            let refused = import(&school, &bundle).await;
            let Err(OneRosterError::Refused { errors, total }) = refused else {
                panic!("{file} {to}: {refused:?}");
            };
            assert!(total >= 1);
            let found = errors.iter().any(|error| {
                (error.file.as_str(), error.line, error.code) == (file, line, code)
            });
            assert!(found, "{file} {to}: {errors:?}");
            let distinct: std::collections::HashSet<String> =
                errors.iter().map(|error| format!("{error:?}")).collect();
            assert_eq!(distinct.len(), errors.len(), "nothing is told twice");
        }
        assert_eq!(before, export(&school).await);
    }

    async fn who_joins_after_the_term_has_no_score_in_it(database: TestDatabase) {
        let school = app_on(database).await;
        let bundle = foreign_with("enrollments.csv", |text| text.replacen("false,,2027-01-31", "false,2027-02-01,", 1));
        let Err(OneRosterError::Refused { errors, .. }) = import(&school, &bundle).await else {
            panic!("it would stand in no gradebook");
        };
        let told: Vec<_> = errors.iter().map(|one| (one.file.as_str(), one.line, one.code)).collect();
        assert_eq!(told, [("results.csv", 3, "not_enrolled")]);
        let last_day = foreign_with("enrollments.csv", |text| text.replacen("false,,2027-01-31", "false,2027-01-31,", 1));
        import(&school, &last_day).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_no_bundle_says_so() {
    let school = app_on(gradebook_test_databases::sqlite().await).await;
    let refused = async |bytes: &[u8]| import(&school, bytes).await.unwrap_err();
    for bytes in [
        &b""[..],
        b"PK\x03\x04",
        b"sourcedId,title\n",
        &zip_of(&FOREIGN)[..300],
    ] {
        assert!(matches!(
            refused(bytes).await,
            OneRosterError::NoBundle(NoBundle::NotAZip)
        ));
    }
    let missing = zip_of(&FOREIGN[1..]);
    assert!(
        matches!(refused(&missing).await, OneRosterError::MissingFile(file) if file == "academicSessions.csv")
    );
    let mut delta = FOREIGN.to_vec();
    delta.push(("manifest.csv", "propertyName,value\nfile.users,delta\n"));
    assert!(
        matches!(refused(&zip_of(&delta)).await, OneRosterError::Delta(file) if file == "users")
    );
    let mut twice = FOREIGN.to_vec();
    twice.push(("folder/USERS.csv", "sourcedId\n"));
    assert!(matches!(
        refused(&zip_of(&twice)).await,
        OneRosterError::NoBundle(NoBundle::Twice(_))
    ));
    let latin = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("academicSessions.csv", SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"sourcedId,title\nRen\xe9,x\n").unwrap();
        zip.finish().unwrap().into_inner()
    };
    assert!(matches!(
        refused(&latin).await,
        OneRosterError::NoBundle(NoBundle::NotUtf8(_))
    ));
    // The end says one entry, and the longer end before it, which only some readers know, many.
    let long = {
        let many: Vec<String> = (0..300).map(|at| format!("{at}.csv")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
        let zip = zip_of(&many);
        let (body, end) = zip.split_at(zip.len() - 22);
        let number = |at: usize| u32::from_le_bytes(end[at..at + 4].try_into().unwrap());
        let (size, offset) = (u64::from(number(12)), u64::from(number(16)));
        let mut long = body.to_vec();
        long.extend(b"PK\x06\x06");
        long.extend(44_u64.to_le_bytes());
        long.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for count in [300, 300, size, offset] {
            long.extend(count.to_le_bytes());
        }
        long.extend(b"PK\x06\x07\0\0\0\0");
        long.extend(u64::try_from(body.len()).unwrap().to_le_bytes());
        long.extend(1_u32.to_le_bytes());
        long.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        long.extend([0xff; 8]);
        long.extend([0, 0]);
        long
    };
    assert!(matches!(
        refused(&long).await,
        OneRosterError::NoBundle(NoBundle::NotAZip)
    ));
    let wide = [("academicSessions.csv", &*",".repeat(400))];
    assert!(matches!(
        refused(&zip_of(&wide)).await,
        OneRosterError::NoBundle(NoBundle::TooWide(file)) if file == "academicSessions.csv"
    ));
    let many: Vec<(String, &str)> = (0..300).map(|at| (format!("{at}.csv"), "")).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    assert!(matches!(
        refused(&zip_of(&many)).await,
        OneRosterError::NoBundle(NoBundle::TooManyEntries)
    ));
    let bomb = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("academicSessions.csv", SimpleFileOptions::default())
            .unwrap();
        let zeros = vec![b'0'; 1 << 20];
        for _ in 0..80 {
            zip.write_all(&zeros).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    assert!(bomb.len() < 1 << 20, "it is small as long as it is packed");
    assert!(matches!(
        refused(&bomb).await,
        OneRosterError::NoBundle(NoBundle::TooLarge)
    ));
}

#[tokio::test]
async fn the_files_are_those_of_the_standard() {
    let school = app_on(gradebook_test_databases::sqlite().await).await;
    school.app.fill_demo().await.unwrap();
    let files = texts(&export(&school).await);
    for (name, header) in [
        (
            "academicSessions.csv",
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear,",
        ),
        (
            "orgs.csv",
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n",
        ),
        (
            "courses.csv",
            "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes,",
        ),
        (
            "classes.csv",
            "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods,",
        ),
        (
            "users.csv",
            "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns,",
        ),
        (
            "roles.csv",
            "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\r\n",
        ),
        (
            "enrollments.csv",
            "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\r\n",
        ),
        (
            "categories.csv",
            "sourcedId,status,dateLastModified,title,weight,",
        ),
        (
            "lineItems.csv",
            "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId,",
        ),
        (
            "results.csv",
            "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing,",
        ),
    ] {
        let text = &files[name];
        assert!(
            text.starts_with(header),
            "{name}: {}",
            text.lines().next().unwrap()
        );
        let rest = text.lines().next().unwrap().trim_end();
        let own = rest.split(',').filter(|column| !header.contains(column));
        assert!(
            own.clone().all(|column| column.starts_with("metadata.")),
            "{name}: {rest}"
        );
        let rows = table(text);
        assert!(rows.len() > 1, "{name} has rows");
        let ids: std::collections::HashSet<&String> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(ids.len(), rows.len(), "{name}: every sourcedId is unique");
    }
    assert_eq!(files.len(), 11);
    let manifest = &files["manifest.csv"];
    for line in [
        "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\n",
        "file.results,bulk\r\n",
        "file.demographics,absent\r\n",
    ] {
        assert!(manifest.contains(line), "{manifest}");
    }
    let accepted = ["fully graded", "exempt", "not submitted"];
    let results = table(&files["results.csv"]);
    assert!(
        results[1..]
            .iter()
            .all(|row| accepted.contains(&row[5].as_str()))
    );
}
