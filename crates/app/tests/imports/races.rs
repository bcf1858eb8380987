//! Imports that wait for somebody else and find the school changed.

use std::collections::{HashMap, HashSet};

use gradebook_app::imports::{Agreed, ImportError, ImportOrder, ImportScores};
use gradebook_app::read::{ChangeFilter, ChangeKind};
use gradebook_app::{EnterScores, ScoreEdit};
use gradebook_auth::actions::{ManagePeople, School};
use gradebook_auth::{Actor, authorize};
use gradebook_domain::{EnrolmentId, Score};
use gradebook_persistence::Tx;
use gradebook_persistence::change_log::Stamp;
use gradebook_persistence::query::roster::{self, Of};
use gradebook_persistence::query::structure;
use gradebook_persistence::repo::{people, school, scores};
use gradebook_test_databases::on_both_databases;

use super::closing::{closing, deleting, overtaken};
use super::support::app_on;
use super::{import, import_as, order};

const FILE: &str = "年级,班级,考号,语文,数学\n七年级,1班,1,70,71\n七年级,1班,2,80,81\n";

on_both_databases! {
    async fn nothing_is_imported_into_a_term_that_closes_meanwhile(database: TestDatabase) {
        let school = app_on(database).await;
        let exam = import(&school, FILE).await.exam.unwrap();
        let term = structure::term(&school.db, "2026-2027", "Autumn").await.unwrap().unwrap();
        let columns = structure::assessments_of_exam(&school.db, exam).await.unwrap();
        let columns: HashSet<_> = columns.into_values().collect();
        let ids: Vec<_> = columns.iter().copied().collect();
        let before = scores::of_assessments(&school.db, &ids).await.unwrap();
        let publishing = ImportScores { publish: true, ..order() };
        let later = FILE.replace("80", "90");
        let late = closing(&school.db, term.id, &columns, import_as(&school, &later, &publishing)).await;
        assert!(matches!(late, Err(ImportError::Order { code: "term_closed", .. })), "{late:?}");
        assert_eq!(before, scores::of_assessments(&school.db, &ids).await.unwrap());
        let columns = gradebook_persistence::query::gradebook::assessments(&school.db, &columns).await.unwrap();
        assert!(columns.values().all(|column| column.state == gradebook_domain::AssessmentState::Draft));
    }

    async fn a_column_that_is_deleted_meanwhile_changes_the_plan(database: TestDatabase) {
        let school = app_on(database).await;
        let (operator, exam) = (Actor::operator(), import(&school, FILE).await.exam.unwrap());
        let columns = structure::assessments_of_exam(&school.db, exam).await.unwrap();
        let (course, column) = columns.into_iter().min_by_key(|(_, column)| *column).unwrap();
        let (order, file) = (ImportOrder::Exam(order()), FILE.replace("70", "75"));
        let plan = school.app.preview_import(&operator, file.as_bytes(), &order, &|_| {}).await.unwrap();
        let agreed = Agreed { plan_hash: Some(plan.plan_hash), allow_partial: false, same_names_only: false };
        let late = school.app.commit_import(&operator, file.as_bytes(), &order, &agreed, &|_| {});
        let late = deleting(&school.db, course, column, late).await;
        assert!(matches!(late, Err(ImportError::PlanChanged(_))), "{late:?}");
    }

    async fn whoever_is_put_into_the_class_meanwhile_is_in_it_once(database: TestDatabase) {
        let school = app_on(database).await;
        import(&school, &format!("{FILE}七年级,2班,3,60,61\n")).await;
        let operator = Actor::operator();
        let (pupil, class) = {
            let found = people::students_by_number(&school.db, &["1".to_owned()]).await.unwrap();
            let classes = structure::classes(&school.db, "2026-2027").await.unwrap();
            (found[0].1, classes.iter().find(|class| class.name == "2班").unwrap().id)
        };
        let lock = async |tx: &Tx| people::lock_all(tx, &[pupil].into()).await.map(drop);
        let enrol = async |tx: &Tx| {
            let grant = authorize::<ManagePeople>(&operator, School).unwrap();
            let stamp = Stamp { at: crate::support::NOW, actor: &operator, batch: None, reason: None };
            // From another day than the import would put them there.
            school::enrol(tx, &grant, &stamp, &[(class, pupil)], "2026-10-01").await
        };
        let file = "年级,班级,考号,语文,数学\n七年级,2班,1,75,76\n";
        let order = order();
        let late = overtaken(&school.db, lock, enrol, import_as(&school, file, &order)).await.unwrap();
        assert_eq!((late.enrolled, late.scores_new), (0, 2));
        let all = roster::enrolments(&school.db, Of::Student(pupil), EnrolmentId(0), 100).await.unwrap();
        let there: Vec<_> = all.iter().filter(|one| one.class == class).collect();
        assert_eq!(there.len(), 1, "{there:?}");
        assert_eq!(there[0].dates.starts_on, "2026-10-01");
    }

    async fn imports_entries_and_closings_leave_one_history(database: TestDatabase) {
        let school = app_on(database).await;
        let (app, operator) = (&school.app, Actor::operator());
        let exam = import(&school, FILE).await.exam.unwrap();
        let term = structure::term(&school.db, "2026-2027", "Autumn").await.unwrap().unwrap().id;
        let columns = structure::assessments_of_exam(&school.db, exam).await.unwrap();
        let ids: Vec<_> = columns.into_values().collect();
        for round in 1..=8 {
            let file = FILE.replace("70", &format!("6{round}")).replace("81", &format!("8{round}"));
            let edits: Vec<ScoreEdit> = scores::of_assessments(&school.db, &ids)
                .await
                .unwrap()
                .into_iter()
                .map(|cell| ScoreEdit {
                    assessment: cell.assessment,
                    student: cell.student,
                    version: cell.version,
                    score: Some(Ok(crate::points(&format!("1{round}")))),
                    comment: None,
                })
                .collect();
            let typed = EnterScores { edits, reason: Some("at once".to_owned()), atomic: false, way: None };
            let order = ImportScores { reason: Some("at once".to_owned()), ..order() };
            let (imported, entered, closed) = tokio::join!(
                import_as(&school, &file, &order),
                app.enter_scores(&operator, &typed),
                app.close_term(&operator, term),
            );
            closed.unwrap();
            entered.unwrap();
            let fair = matches!(&imported, Ok(_) | Err(ImportError::Order { code: "term_closed", .. }));
            assert!(fair, "{imported:?}");
            app.reopen_term(&operator, term, Some("again")).await.unwrap();
        }
        let all = app.changes(&operator, &ChangeFilter::default(), None, 1_000).await.unwrap().items;
        assert!(all.len() < 1_000);
        let mut closed = false;
        let mut cells = HashMap::new();
        for change in all.iter().rev() {
            match change.kind {
                Some(ChangeKind::TermClosed) => closed = true,
                Some(ChangeKind::TermReopened) => closed = false,
                Some(ChangeKind::Score) => {
                    assert!(!closed, "a score of a closed term: {change:?}");
                    let cell = (change.assessment.as_ref().unwrap().0, change.student.as_ref().unwrap().0);
                    let (before, after) = change.score.unwrap();
                    let version = change.version.unwrap();
                    let last = cells.insert(cell, (after, version)).unwrap_or((Score::Blank, 0));
                    assert_eq!((before, version - 1), last, "{change:?}");
                }
                _ => {}
            }
        }
        let table = scores::of_assessments(&school.db, &ids).await.unwrap();
        let table = table.into_iter().map(|cell| ((cell.assessment, cell.student), (cell.score, cell.version)));
        assert_eq!(cells, table.collect());
    }
}
