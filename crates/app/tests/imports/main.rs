//! Importing files of scores.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../support/closing.rs"]
mod closing;
mod kept;
mod long;
mod races;
mod refused;
mod roster;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;

use gradebook_app::imports::{ImportError, ImportReport, ImportScores, Progress, RowError};
use gradebook_auth::actions::ChangeAssessmentState;
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{
    AssessmentState, ChangeId, ClassId, Exact, ExamId, Points, Score, SubjectId, Transition, mean,
};
use gradebook_persistence::change_log::{self, Stamp};
use gradebook_persistence::query::{access, structure};
use gradebook_persistence::repo::scores::{self, StoredScore};
use gradebook_persistence::repo::{assessments, people};
use gradebook_test_databases::on_both_databases;
use support::{NOW, TestApp, app_on};

/// 242 pupils, three subjects, one blank cell: 725 scores.
const REAL_EXAM: &[u8] = include_bytes!("../../../domain/tests/data/grade6-monthly-exam.csv");
const PUBLISHED_FIGURES: &str =
    include_str!("../../../domain/tests/data/grade6-monthly-exam.stats.csv");

fn order() -> ImportScores {
    ImportScores {
        file_name: "scores.csv".to_owned(),
        school_year: "2026-2027".to_owned(),
        term: "Autumn".to_owned(),
        exam: "月考".to_owned(),
        kind: "monthly",
        create_missing: true,
        publish: false,
        dry_run: false,
        reason: None,
        held_on: None,
        ignore_columns: Vec::new(),
    }
}

async fn import_as(
    school: &TestApp,
    file: impl AsRef<[u8]>,
    order: &ImportScores,
) -> Result<ImportReport, ImportError> {
    let operator = Actor::operator();
    school
        .app
        .import_scores(&operator, file.as_ref(), order, &|_| {})
        .await
}

async fn import(school: &TestApp, file: impl AsRef<[u8]>) -> ImportReport {
    import_as(school, file, &order()).await.unwrap()
}

/// The errors for which a file is refused, as `line column code`.
async fn refusals(school: &TestApp, file: &str, order: &ImportScores) -> Vec<String> {
    let short = |error: &RowError| format!("{} {} {}", error.line, error.column, error.code);
    match import_as(school, file, order).await {
        Err(ImportError::Refused { errors, total }) => {
            assert_eq!(errors.len(), total);
            errors.iter().map(short).collect()
        }
        other => panic!("not refused: {other:?}"),
    }
}

async fn changes(school: &TestApp) -> usize {
    change_log::ids_after(&school.db, ChangeId(0))
        .await
        .unwrap()
        .len()
}

/// The stored scores of an exam by class and subject.
async fn stored(
    school: &TestApp,
    exam: ExamId,
) -> BTreeMap<(ClassId, SubjectId), Vec<StoredScore>> {
    let term = structure::term(&school.db, "2026-2027", "Autumn")
        .await
        .unwrap()
        .unwrap();
    let courses = structure::courses_of_term(&school.db, term.id)
        .await
        .unwrap();
    let columns = structure::assessments_of_exam(&school.db, exam)
        .await
        .unwrap();
    let ids: Vec<_> = columns.values().copied().collect();
    let all = scores::of_assessments(&school.db, &ids).await.unwrap();
    let mut by_column: BTreeMap<_, Vec<StoredScore>> = BTreeMap::new();
    for (pair, course) in courses {
        let cells = all
            .iter()
            .filter(|cell| columns.get(&course) == Some(&cell.assessment));
        by_column.entry(pair).or_default().extend(cells.cloned());
    }
    by_column
}

/// The one stored cell of an exam.
async fn only_cell(school: &TestApp, exam: Option<ExamId>) -> StoredScore {
    let mut cells: Vec<_> = stored(school, exam.unwrap())
        .await
        .into_values()
        .flatten()
        .collect();
    assert_eq!(cells.len(), 1);
    cells.pop().unwrap()
}

fn points(text: &str) -> Score {
    Score::Scored(text.parse().unwrap())
}

on_both_databases! {
    async fn the_real_exam_has_its_published_means_and_comes_in_once(database: TestDatabase) {
        let school = app_on(database).await;
        let order = ImportScores { publish: true, ..order() };
        let report = import_as(&school, REAL_EXAM, &order).await.unwrap();
        assert_eq!(report, ImportReport {
            dry_run: false,
            batch: report.batch,
            term_created: true,
            exam_created: true,
            students_created: 242,
            classes_created: 5,
            subjects_created: 0,
            courses_created: 15,
            enrolled: 242,
            rows: 242,
            scores_new: 725,
            scores_changed: 0,
            scores_unchanged: 0,
            published: 15,
            exam: report.exam,
            classes: report.classes.clone(),
            new_classes: ["3班", "2班", "4班", "5班", "6班"].map(|name| format!("六年级 {name} (2026-2027)")).to_vec(),
            ..ImportReport::default()
        });
        assert!(report.batch.is_some() && report.classes.len() == 5);

        let columns = stored(&school, report.exam.unwrap()).await;
        let classes = structure::classes(&school.db, "2026-2027").await.unwrap();
        let subjects = structure::subjects(&school.db).await.unwrap();
        let mut compared = 0;
        for line in PUBLISHED_FIGURES.trim_start_matches('\u{feff}').lines().skip(1) {
            let figures: Vec<&str> = line.split(',').collect();
            let class = classes.iter().find(|class| class.name == figures[1]).unwrap();
            let (subject, _) = subjects.iter().find(|(one, _)| one.name_zh == figures[2]).unwrap();
            let cells = &columns[&(class.id, subject.id)];
            let values: Vec<Points> = cells.iter().filter_map(|cell| cell.score.value()).collect();
            let published: Points = figures[5].parse().unwrap();
            assert_eq!(values.len().to_string(), figures[3], "{line}");
            assert_eq!(mean(&values).unwrap().rounded(), Exact::from(published).rounded(), "{line}");
            compared += 1;
        }
        // The school published no figures of the fifth class.
        assert_eq!(compared, 12);

        let logged = changes(&school).await;
        let again = import_as(&school, REAL_EXAM, &order).await.unwrap();
        assert_eq!((again.scores_unchanged, again.scores_new, again.scores_changed), (725, 0, 0));
        assert_eq!((again.enrolled, again.published, again.batch), (0, 0, None));
        assert_eq!((again.exam, again.classes), (report.exam, report.classes));
        assert_eq!(changes(&school).await, logged);
        let term = structure::term(&school.db, "2026-2027", "Autumn").await.unwrap().unwrap();
        let exam = structure::exam_named(&school.db, term.id, "月考").await.unwrap().unwrap();
        assert_eq!(exam.held_on, "2026-11-21");
        let pupil = people::by_username_key(&school.db, "70301").await.unwrap().unwrap();
        assert!(pupil.password_hash.is_none() && pupil.user.password_change_required);
    }

    async fn encodings_delimiters_and_headers_make_no_difference(database: TestDatabase) {
        let school = app_on(database).await;
        let table = "年级,班级,考号,姓名,语文,数学\n七年级,1班,1,王雨桐,90,80.50\n七年级,1班,2,李浩然,缺考,免考\n";
        let (gbk, ..) = encoding_rs::GBK.encode(table);
        let first = import(&school, &gbk).await;
        assert_eq!((first.students_created, first.scores_new), (2, 4));
        let pupil = people::by_username_key(&school.db, "1").await.unwrap().unwrap();
        assert_eq!((pupil.user.name.as_str(), pupil.user.locale.as_str()), ("王雨桐", "zh-CN"));
        let english = "Rank;Grade level;Class;Student number;Mathematics;chinese;\r\n\
            1;七年级;1班;1;80.5;90.0;\r\n2;七年级;1班;2;EX;abs;\r\n";
        let logged = changes(&school).await;
        for variant in [
            format!("\u{feff}{table}"),
            table.replace('\n', "\r\n"),
            table.replace(',', "\t"),
            english.to_owned(),
        ] {
            let report = import(&school, &variant).await;
            assert_eq!(report.scores_unchanged, 4, "{variant}");
        }
        assert_eq!(changes(&school).await, logged);
    }

    async fn status_codes_are_stored_and_blank_cells_leave_scores_alone(database: TestDatabase) {
        let school = app_on(database).await;
        let file = "年级,班级,考号,语文\n七,1,1,缺考\n七,1,2,免考\n七,1,3,未交\n七,1,4,\n七,1,5,66\n";
        let report = import(&school, file).await;
        assert_eq!((report.rows, report.enrolled, report.scores_new), (5, 5, 4));
        let blank = "年级,班级,考号,语文\n七,1,1,\n七,1,5,\n";
        assert_eq!(import(&school, blank).await.batch, None);
        let mut found: Vec<Score> = stored(&school, report.exam.unwrap()).await
            .into_values().flatten().map(|cell| cell.score).collect();
        found.sort_by_key(|score| score.status());
        assert_eq!(found, [points("66"), Score::Absent, Score::Excused, Score::Missing]);
    }

    async fn a_dry_run_tells_the_same_and_writes_nothing(database: TestDatabase) {
        let school = app_on(database).await;
        let file = "年级,班级,考号,语文,书法\n七,1,1,90,A1\n".replace("A1", "88");
        let order = ImportScores { publish: true, ..order() };
        let dry = ImportScores { dry_run: true, ..order.clone() };
        let told = import_as(&school, &file, &dry).await.unwrap();
        assert_eq!((told.dry_run, told.batch, told.exam), (true, None, None));
        assert_eq!((changes(&school).await, people::count(&school.db).await.unwrap()), (0, 0));
        let done = import_as(&school, &file, &order).await.unwrap();
        assert_eq!((done.subjects_created, done.published, done.scores_new), (1, 2, 2));
        assert_eq!(told, ImportReport {
            dry_run: true, batch: None, exam: None, classes: vec![], ..done.clone()
        });
        let logged = changes(&school).await;
        let changed = file.replace("90", "91").replace("88", "");
        let dry = ImportScores { reason: Some("recounted".to_owned()), ..dry };
        let told = import_as(&school, &changed, &dry).await.unwrap();
        assert_eq!((told.scores_changed, told.scores_unchanged, told.exam), (1, 0, done.exam));
        assert_eq!(told.classes, done.classes);
        assert_eq!(changes(&school).await, logged);
    }

    async fn a_changed_published_score_needs_a_reason(database: TestDatabase) {
        let school = app_on(database).await;
        let file = |score: &str| format!("年级,班级,考号,语文\n七,1,1,{score}\n七,1,2,\n");
        let publish = ImportScores { publish: true, ..order() };
        let report = import_as(&school, file("90"), &publish).await.unwrap();
        assert_eq!(refusals(&school, &file("91"), &order()).await, ["2 语文 reason_required"]);
        assert_eq!(only_cell(&school, report.exam).await.score, points("90"));
        let reasoned = ImportScores { reason: Some("recounted".to_owned()), ..order() };
        let changed = import_as(&school, file("91"), &reasoned).await.unwrap();
        assert_eq!((changed.scores_changed, changed.published), (1, 0));
        let cell = only_cell(&school, report.exam).await;
        assert_eq!((cell.score, cell.version, cell.corrected), (points("91"), 2, true));
        // A cell that nobody ever wrote corrects nothing.
        let first = import(&school, "年级,班级,考号,语文\n七,1,2,80\n").await;
        assert_eq!(first.scores_new, 1);
    }

    async fn a_draft_changes_freely_and_a_locked_column_not_at_all(database: TestDatabase) {
        let school = app_on(database).await;
        let file = |score: &str| format!("年级,班级,考号,语文\n七,1,1,{score}\n");
        let report = import(&school, file("90")).await;
        assert_eq!(import(&school, file("91")).await.scores_changed, 1);
        let cell = only_cell(&school, report.exam).await;
        assert!(!cell.corrected && cell.version == 2);
        let operator = Actor::operator();
        let columns = structure::assessments_of_exam(&school.db, report.exam.unwrap()).await.unwrap();
        let (course, assessment) = columns.into_iter().next().unwrap();
        let access = access::course(&school.db, &operator, course).await.unwrap().unwrap();
        let stamp = Stamp { at: NOW, actor: &operator, batch: None, reason: None };
        for (step, from, to) in [
            (Transition::Publish, AssessmentState::Draft, AssessmentState::Published),
            (Transition::Lock, AssessmentState::Published, AssessmentState::Locked),
        ] {
            school.db.write(async |tx| {
                let grant = authorize::<ChangeAssessmentState>(&operator, access).unwrap();
                assessments::change_state(tx, &grant, &stamp, assessment, step, (from, to)).await
            }).await.unwrap();
        }
        let reasoned = ImportScores { reason: Some("recounted".to_owned()), ..order() };
        assert_eq!(refusals(&school, &file("92"), &reasoned).await, ["2 语文 locked"]);
        assert_eq!(import(&school, file("91")).await.scores_unchanged, 1);
    }

    async fn more_rows_take_no_more_statements(database: TestDatabase) {
        let school = app_on(database).await;
        let mut counts = Vec::new();
        for (exam, rows) in [("A", 30), ("B", 900)] {
            let mut file = "年级,班级,考号,语文\n".to_owned();
            for row in 0..rows {
                file += &format!("{exam},{},{exam}{row},90\n", row % 3);
            }
            let before = school.app.statements_sent();
            let order = ImportScores { exam: exam.to_owned(), term: exam.to_owned(), ..order() };
            import_as(&school, &file, &order).await.unwrap();
            counts.push(school.app.statements_sent() - before);
        }
        assert_eq!(counts[0], counts[1], "{counts:?}");
    }

    async fn two_imports_at_once_end_as_one(database: TestDatabase) {
        let school = app_on(database).await;
        let order = order();
        let (one, other) = tokio::join!(
            import_as(&school, REAL_EXAM, &order),
            import_as(&school, REAL_EXAM, &order),
        );
        let reports = [one.unwrap(), other.unwrap()];
        let new: usize = reports.iter().map(|report| report.scores_new).sum();
        let unchanged: usize = reports.iter().map(|report| report.scores_unchanged).sum();
        assert_eq!((new, unchanged), (725, 725));
        assert_eq!(people::count(&school.db).await.unwrap(), 242);
    }
}
