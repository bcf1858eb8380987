use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use gradebook_auth::actions::{EnterScores, SeeHistory};
use gradebook_domain::{BatchId, Points, Score};
use gradebook_persistence::change_log::{self, ChangeKind, Stamp};
use gradebook_persistence::query::history::{self, CellChange};
use gradebook_persistence::repo::scores;
use gradebook_persistence::{Db, DbError};
use gradebook_test_databases::on_both_databases;

use crate::fixture::{
    AT, Cell, Fixture, SMALL, Size, enter, of_course, points, stamp, stored, write,
};

async fn changes_of(db: &Db, fixture: &Fixture, cell: Cell) -> Vec<CellChange> {
    let grant = of_course::<SeeHistory>(fixture.chinese());
    let mut changes = history::of_cell(db, &grant, cell, None, 10_000)
        .await
        .unwrap();
    changes.reverse();
    changes
}

on_both_databases! {
    async fn a_cell_begins_at_version_one_and_counts(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (cell, course) = (fixture.cell(0), fixture.chinese());
        assert_eq!(stored(&db, cell).await, None);
        let steps = [
            points("88.5"),
            Score::Absent,
            Score::Excused,
            Score::Missing,
            Score::Blank,
            points("0"),
        ];
        let mut before = Score::Blank;
        for (version, score) in (1..).zip(steps) {
            enter(&db, &fixture.li, course, &[(cell, score)]).await.unwrap();
            let now = stored(&db, cell).await.unwrap();
            assert_eq!((now.score, now.version), (score, version));
            assert_eq!((now.updated_at, now.updated_by), (AT, fixture.li.user));
            let changes = changes_of(&db, &fixture, cell).await;
            let last = changes.last().unwrap();
            assert_eq!(changes.len() as i64, version);
            assert_eq!((last.before, last.after, last.version), (before, score, version));
            assert_eq!(last.actor, Some((fixture.li.user.unwrap(), "Person li".to_owned())));
            assert_eq!((last.at, last.source.as_str()), (AT, "web"));
            before = score;
        }
        assert_eq!(stored(&db, fixture.cell(1)).await, None, "the neighbour is untouched");
    }

    async fn values_and_remarks_come_back_as_they_went_in(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (cell, course) = (fixture.cell(0), fixture.chinese());
        let remark = "进步很大 👩🏽‍🏫👍 – „gut“ \u{10FFFF} % _ ' \" \\ \n\t\u{0}".to_owned() + &"长".repeat(9_000);
        let largest = Points::from_ten_thousandths(i64::MAX);
        let mut before = None;
        for (score, comment) in [
            (points("0.0001"), Some(remark.as_str())),
            (points("100"), Some("")),
            (points("99.9999"), None),
            (Score::Scored(largest), Some("ß ≠ ss")),
            (Score::Scored(Points::ZERO), Some("e ≠ é ≠ e\u{301}")),
        ] {
            db.write(async |tx| {
                let found = scores::lock(tx, &HashSet::from([cell])).await?;
                let mut edit = write(course, cell, found.get(&cell), score);
                edit.comment = comment.map(str::to_owned);
                edit.corrected = true;
                let stamp = Stamp {
                    batch: Some(BatchId(41)),
                    reason: Some("数错了 🙈"),
                    ..stamp(&fixture.operator)
                };
                scores::put(tx, &[of_course::<EnterScores>(course)], &stamp, vec![edit]).await
            })
            .await
            .unwrap();
            let now = stored(&db, cell).await.unwrap();
            assert_eq!((now.score, now.comment.as_deref()), (score, comment));
            assert!(now.corrected);
            assert_eq!(now.updated_by, None, "the operator has no account");
            let change = changes_of(&db, &fixture, cell).await.pop().unwrap();
            assert_eq!(change.after, score);
            assert_eq!(change.reason.as_deref(), Some("数错了 🙈"));
            assert_eq!((change.batch, change.actor), (Some(BatchId(41)), None));
            // A remark is on record where it changed; an emptied one as empty text.
            let changed = before != Some(comment);
            assert_eq!(change.comment.as_deref(), changed.then(|| comment.unwrap_or_default()));
            before = Some(comment);
        }
    }

    async fn a_write_needs_the_grant_of_its_own_course(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (cell, course) = (fixture.cell(0), fixture.chinese());
        let log = change_log::newest_until(&db, i64::MAX).await.unwrap();
        for grants in [vec![], vec![fixture.course(0, 1)], vec![fixture.course(1, 0), fixture.spring_course]] {
            let grants: Vec<_> = grants.into_iter().map(of_course::<EnterScores>).collect();
            let refused = db
                .write(async |tx| {
                    let edit = write(course, cell, None, points("100"));
                    scores::put(tx, &grants, &stamp(&fixture.li), vec![edit]).await
                })
                .await;
            assert!(matches!(refused, Err(DbError::Configuration(_))), "{refused:?}");
        }
        // One stray cell refuses the whole block.
        let other = fixture.course(0, 1);
        let elsewhere = (fixture.assessment(0, 0, 1), fixture.students[0][0]);
        let refused = db
            .write(async |tx| {
                let block = vec![
                    write(course, cell, None, points("1")),
                    write(other, elsewhere, None, points("2")),
                ];
                scores::put(tx, &[of_course::<EnterScores>(course)], &stamp(&fixture.li), block).await
            })
            .await;
        assert!(matches!(refused, Err(DbError::Configuration(_))), "{refused:?}");
        assert_eq!(stored(&db, cell).await, None);
        assert_eq!(change_log::newest_until(&db, i64::MAX).await.unwrap(), log);
        // Both grants together allow both.
        db.write(async |tx| {
            let block = vec![
                write(course, cell, None, points("1")),
                write(other, elsewhere, None, points("2")),
            ];
            let grants = [course, other].map(of_course::<EnterScores>);
            scores::put(tx, &grants, &stamp(&fixture.li), block).await
        })
        .await
        .unwrap();
        assert_eq!(stored(&db, elsewhere).await.unwrap().score, points("2"));
    }

    async fn one_cell_twice_in_a_block_is_refused(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (cell, course) = (fixture.cell(0), fixture.chinese());
        for _ in ["unwritten", "written"] {
            let twice = [(cell, points("1")), (fixture.cell(1), points("2")), (cell, points("3"))];
            let refused = enter(&db, &fixture.li, course, &twice).await;
            assert!(matches!(refused, Err(DbError::Configuration(_))), "{refused:?}");
            enter(&db, &fixture.li, course, &twice[..2]).await.unwrap();
        }
        assert_eq!(stored(&db, cell).await.unwrap().version, 2);
    }

    /// Whoever believes that a written cell is empty is run again, and told so in the end.
    async fn an_unwritten_cell_that_somebody_wrote_is_contention(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, SMALL).await;
        let (cell, course) = (fixture.cell(0), fixture.chinese());
        enter(&db, &fixture.wang, course, &[(cell, points("7"))]).await.unwrap();
        let runs = AtomicUsize::new(0);
        let refused = db
            .write(async |tx| {
                runs.fetch_add(1, Ordering::SeqCst);
                let edit = write(course, cell, None, points("8"));
                scores::put(tx, &[of_course::<EnterScores>(course)], &stamp(&fixture.li), vec![edit]).await
            })
            .await;
        assert!(matches!(refused, Err(DbError::Contention(_))), "{refused:?}");
        assert!(runs.load(Ordering::SeqCst) > 1);
        let now = stored(&db, cell).await.unwrap();
        assert_eq!((now.score, now.version, now.updated_by), (points("7"), 1, fixture.wang.user));
    }

    async fn lock_finds_just_the_cells_it_was_asked_for(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, Size { students_in_a_class: 2, exams: 2 }).await;
        fixture.enter_everything(&db).await;
        let (first, second) = (fixture.assessment(0, 0, 0), fixture.assessment(1, 0, 0));
        let students = &fixture.students[0];
        // Two corners of a square: the other two corners are not asked for.
        let asked = HashSet::from([(first, students[0]), (second, students[1])]);
        let found = db.write(async |tx| scores::lock(tx, &asked).await).await.unwrap();
        assert_eq!(found.keys().copied().collect::<HashSet<_>>(), asked);
        let none = db.write(async |tx| scores::lock(tx, &HashSet::new()).await).await.unwrap();
        assert!(none.is_empty());
    }

    async fn five_thousand_cells_are_saved_in_one_transaction(database: TestDatabase) {
        let db = database.migrated().await;
        let fixture = Fixture::make(&db, Size { students_in_a_class: 1_000, exams: 5 }).await;
        let course = fixture.chinese();
        let cells: Vec<Cell> = (0..5)
            .flat_map(|exam| {
                let assessment = fixture.assessment(exam, 0, 0);
                fixture.students[0].iter().map(move |student| (assessment, *student))
            })
            .collect();
        assert_eq!(cells.len(), 5_000);
        let log = change_log::newest_until(&db, i64::MAX).await.unwrap();
        for (round, text) in (1..).zip(["59.5", "60"]) {
            let edits: Vec<(Cell, Score)> = cells.iter().map(|cell| (*cell, points(text))).collect();
            enter(&db, &fixture.li, course, &edits).await.unwrap();
            let all: Vec<_> = (0..5).map(|exam| fixture.assessment(exam, 0, 0)).collect();
            let stored = scores::of_assessments(&db, &all).await.unwrap();
            assert_eq!(stored.len(), 5_000);
            assert!(stored.iter().all(|cell| cell.score == points(text) && cell.version == round));
        }
        let ids = change_log::ids_after(&db, log).await.unwrap();
        let changes = change_log::rows(&db, &ids).await.unwrap();
        assert_eq!(changes.len(), 10_000);
        assert!(changes.iter().all(|change| change.kind == ChangeKind::Score));
    }

    /// Eight teachers in two processes write overlapping cells. Each names the versions that it
    /// saw; what was overwritten unseen would be missing from the count.
    async fn no_update_is_lost(database: TestDatabase) {
        const WRITERS: usize = 8;
        const EDITS: usize = 40;
        const CELLS: usize = 6;
        let db = database.migrated().await;
        let size = Size { students_in_a_class: CELLS, exams: 1 };
        let fixture = Fixture::make(&db, size).await;
        let other = database.connect().await;
        let writers = (0..WRITERS).map(|writer| {
            let db = if writer % 2 == 0 { &db } else { &other };
            edit(db, &fixture, writer, EDITS, CELLS)
        });
        let mut saved: HashMap<Cell, Vec<i64>> = HashMap::new();
        let mut conflicts = 0;
        for (versions, refused) in join_all(writers).await {
            conflicts += refused;
            for (cell, version) in versions {
                saved.entry(cell).or_default().push(version);
            }
        }
        let total: usize = saved.values().map(Vec::len).sum();
        assert_eq!(total, 2 * (WRITERS * EDITS - conflicts), "each edit saved two cells, or none");
        for place in 0..CELLS {
            let cell = fixture.cell(place);
            let mut versions = saved.remove(&cell).unwrap_or_default();
            versions.sort_unstable();
            let expected: Vec<i64> = (1..=versions.len() as i64).collect();
            assert_eq!(versions, expected, "every version was saved by exactly one writer");
            let now = stored(&db, cell).await;
            assert_eq!(now.as_ref().map_or(0, |now| now.version), versions.len() as i64);
            let changes = changes_of(&db, &fixture, cell).await;
            let logged: Vec<i64> = changes.iter().map(|change| change.version).collect();
            assert_eq!(logged, expected, "the change log tells the same story");
            for pair in changes.windows(2) {
                assert_eq!(pair[0].after, pair[1].before, "a change began where another ended");
            }
            assert_eq!(changes.last().map(|last| last.after), now.map(|now| now.score));
        }
    }
}

/// Edits pairs of cells. Returns the cells and versions that were saved, and how often a version
/// had moved meanwhile.
async fn edit(
    db: &Db,
    fixture: &Fixture,
    writer: usize,
    edits: usize,
    cells: usize,
) -> (Vec<(Cell, i64)>, usize) {
    let course = fixture.chinese();
    let (mut saved, mut conflicts) = (Vec::new(), 0);
    for round in 0..edits {
        let first = (writer + round) % cells;
        let second = (first + 1 + round % (cells - 1)) % cells;
        let pair = [fixture.cell(first), fixture.cell(second)];
        let mut seen = HashMap::new();
        for score in scores::of_assessments(db, &[pair[0].0]).await.unwrap() {
            seen.insert((score.assessment, score.student), score.version);
        }
        let value = points(&format!("{}.{writer}", round % 100));
        let done = db
            .write(async |tx| {
                let found = scores::lock(tx, &HashSet::from(pair)).await?;
                let moved = pair.iter().any(|cell| {
                    let now = found.get(cell).map_or(0, |score| score.version);
                    now != seen.get(cell).copied().unwrap_or(0)
                });
                if moved {
                    return Ok(false);
                }
                // On top of what was compared, and not of another look: a cell that is not there
                // yet cannot be locked, so it may be there by then.
                let edits = pair.map(|cell| write(course, cell, found.get(&cell), value));
                let grants = [of_course::<EnterScores>(course)];
                scores::put(tx, &grants, &stamp(&fixture.li), edits.to_vec()).await?;
                Ok::<_, DbError>(true)
            })
            .await
            .unwrap();
        if done {
            for cell in pair {
                saved.push((cell, seen.get(&cell).copied().unwrap_or(0) + 1));
            }
        } else {
            conflicts += 1;
        }
    }
    (saved, conflicts)
}
