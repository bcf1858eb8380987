use std::collections::BTreeSet;

use gradebook_auth::actions::{ManagePeople, SeeHistory};
use gradebook_domain::{ChangeId, Score};
use gradebook_persistence::change_log::{self, ChangeKind};
use gradebook_persistence::query::history;
use gradebook_persistence::repo::people;
use gradebook_test_databases::on_both_databases;
use sea_orm::ConnectionTrait;

use crate::fixture::{AT, Fixture, SMALL, enter, of_course, of_school, points, stamp};
use crate::table_rows::plain;

on_both_databases! {
    async fn an_empty_log_has_no_rows(database: TestDatabase) {
        let db = database.migrated().await;
        assert_eq!(change_log::newest_until(&db, i64::MAX).await.unwrap(), ChangeId(0));
        assert!(change_log::ids_after(&db, ChangeId(0)).await.unwrap().is_empty());
        assert!(change_log::rows(&db, &[]).await.unwrap().is_empty());
        assert!(change_log::rows(&db, &[ChangeId(5)]).await.unwrap().is_empty());
        assert!(change_log::revocations_since(&db, 0).await.unwrap().is_empty());
    }

    async fn every_write_of_the_school_is_on_record(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        fixture.publish(&db, fixture.chinese(), fixture.assessment(0, 0, 0)).await;
        let ids = change_log::ids_after(&db, ChangeId(0)).await.unwrap();
        let rows = change_log::rows(&db, &ids).await.unwrap();
        let count = |kind| rows.iter().filter(|row| row.kind == kind).count();
        for (kind, expected) in [
            (ChangeKind::UserCreated, 6),
            (ChangeKind::TermCreated, 2),
            (ChangeKind::ClassCreated, 2),
            (ChangeKind::Enrolled, 4),
            (ChangeKind::CourseCreated, 7),
            (ChangeKind::TeacherAssigned, 7),
            (ChangeKind::ExamCreated, 1),
            (ChangeKind::AssessmentCreated, 6),
            (ChangeKind::AssessmentPublished, 1),
        ] {
            assert_eq!(count(kind), expected, "{kind:?}");
        }
        assert_eq!(rows.len(), 36, "nothing else");
        let published = rows.last().unwrap();
        assert_eq!(
            (published.course, published.assessment, published.at),
            (Some(fixture.chinese()), Some(fixture.assessment(0, 0, 0)), AT)
        );
    }

    async fn ids_after_and_rows_are_the_tail_in_order(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let floor = change_log::newest_until(&db, i64::MAX).await.unwrap();
        let (course, cell) = (fixture.chinese(), fixture.cell(0));
        for text in ["1", "2", "3"] {
            enter(&db, &fixture.li, course, &[(cell, points(text))]).await.unwrap();
        }
        let ids = change_log::ids_after(&db, floor).await.unwrap();
        assert_eq!(ids.len(), 3);
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(change_log::newest_until(&db, i64::MAX).await.unwrap(), ids[2]);
        assert_eq!(change_log::ids_after(&db, ids[0]).await.unwrap(), ids[1..]);
        let rows = change_log::rows(&db, &ids).await.unwrap();
        for (version, (row, id)) in (1..).zip(rows.iter().zip(&ids)) {
            assert_eq!(row.id, *id);
            assert_eq!(row.kind, ChangeKind::Score);
            assert_eq!((row.course, row.assessment, row.student), (Some(course), Some(cell.0), Some(cell.1)));
            assert_eq!((row.user, row.session, row.version), (None, None, Some(version)));
        }
    }

    /// A newer replica may write kinds that this version does not know.
    async fn unknown_kinds_are_left_out(database: TestDatabase) {
        let db = database.migrated().await;
        plain(&database)
            .await
            .execute_unprepared("INSERT INTO change_log (id, at, kind, source) VALUES (5, 1, 'invented', 'web'), (6, 1, 'score', 'web')")
            .await
            .unwrap();
        let ids = change_log::ids_after(&db, ChangeId(0)).await.unwrap();
        assert_eq!(ids, [ChangeId(5), ChangeId(6)]);
        let rows = change_log::rows(&db, &ids).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [ChangeId(6)]);
    }

    async fn revocations_begin_at_the_given_time(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let user = people::by_id(&db, fixture.li.user.unwrap()).await.unwrap().unwrap().user;
        let grant = of_school::<ManagePeople>();
        for (at, enabled) in [(1_000, false), (2_000, true), (3_000, false)] {
            let mut stamp = stamp(&fixture.operator);
            stamp.at = at;
            db.write(async |tx| people::set_enabled(tx, &grant, &stamp, &user, enabled).await)
                .await
                .unwrap();
        }
        let since = async |at: i64| -> Vec<i64> {
            let found = change_log::revocations_since(&db, at).await.unwrap();
            found.iter().map(|change| change.at).collect()
        };
        // Enabling an account makes no token void.
        assert_eq!(since(0).await, [1_000, 3_000]);
        assert_eq!(since(1_000).await, [1_000, 3_000]);
        assert_eq!(since(1_001).await, [3_000]);
        assert_eq!(since(3_001).await, Vec::<i64>::new());
    }

    async fn history_is_read_in_pages_newest_first(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (course, cell) = (fixture.chinese(), fixture.cell(0));
        for text in ["1", "2", "3", "4", "5"] {
            enter(&db, &fixture.li, course, &[(cell, points(text)), (fixture.cell(1), Score::Absent)])
                .await
                .unwrap();
        }
        let grant = of_course::<SeeHistory>(course);
        let mut versions = Vec::new();
        let mut before = None;
        loop {
            let page = history::of_cell(&db, &grant, cell, before, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            versions.extend(page.iter().map(|change| change.version));
        }
        assert_eq!(versions, [5, 4, 3, 2, 1]);
        // The grant decides: another course's history shows nothing of this cell.
        let elsewhere = of_course::<SeeHistory>(fixture.course(0, 1));
        assert!(history::of_cell(&db, &elsewhere, cell, None, 9).await.unwrap().is_empty());
    }

    /// A row of a transaction that ended late is not the newest, and still makes it another state.
    async fn a_mark_tells_a_lower_id_that_appears_later(database: TestDatabase) {
        let db = database.migrated().await;
        assert_eq!(change_log::mark(&db).await.unwrap().newest, ChangeId(0));
        let fixture = Fixture::make(&db, SMALL).await;
        let (course, cell) = (fixture.chinese(), fixture.cell(0));
        let mut marks = Vec::new();
        for text in ["1", "2", "3"] {
            enter(&db, &fixture.li, course, &[(cell, points(text))]).await.unwrap();
            marks.push(change_log::mark(&db).await.unwrap());
        }
        let late = marks[1].newest;
        assert_eq!(change_log::mark(&db).await.unwrap(), marks[2]);
        plain(&database)
            .await
            .execute_unprepared(&format!("DELETE FROM change_log WHERE id = {late}"))
            .await
            .unwrap();
        let without = change_log::mark(&db).await.unwrap();
        assert_eq!(without.newest, marks[2].newest);
        assert_ne!(without, marks[2]);
    }

    /// Ids that a transaction was given and rolled back are never given again.
    async fn an_id_names_one_change_for_ever(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (course, cell) = (fixture.chinese(), fixture.cell(0));
        let mut seen = BTreeSet::new();
        for text in ["1", "2"] {
            enter(&db, &fixture.li, course, &[(cell, points(text))]).await.unwrap();
            let newest = change_log::newest_until(&db, i64::MAX).await.unwrap();
            assert!(seen.insert(newest));
        }
        let last = *seen.last().unwrap();
        plain(&database)
            .await
            .execute_unprepared(&format!("DELETE FROM change_log WHERE id = {last}"))
            .await
            .unwrap();
        enter(&db, &fixture.li, course, &[(cell, points("3"))]).await.unwrap();
        assert!(change_log::newest_until(&db, i64::MAX).await.unwrap() > last);
    }
}
