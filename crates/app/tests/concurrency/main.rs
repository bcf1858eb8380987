//! Many people at once on the same cells: nothing is lost, nothing is overwritten unseen, nothing fails, and
//! the change log is the history of the table.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod presence;
#[path = "../support/mod.rs"]
mod support;
mod waiting;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use gradebook_app::read::{ChangeFilter, ChangeKind, LoggedChange, Way};
use gradebook_app::{
    App, EnterScores, GradebookView, NewPerson, RefusalCode, ScoreEdit, UndoError, WhySkipped,
};
use gradebook_auth::{Actor, Role, Via};
use gradebook_domain::{
    AssessmentId, AssessmentState, BatchId, CourseId, Marks, Points, Reading, Scheme, Score,
    SessionId, Transition, UserId, total,
};
use gradebook_test_databases::on_both_databases;
use support::app_on;
use tokio::task::LocalSet;

const WRITERS: usize = 8;
/// Edits of each: a quarter of the turns are pastes.
const EDITS: usize = 1_000;
const TURNS: usize = 100;
const PASTED: usize = 37;
/// Two columns of as many: little more than one paste.
const PUPILS: usize = 20;

type Cell = (AssessmentId, UserId);

/// Numbers that are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// What the writers say that they wrote.
#[derive(Default)]
struct Told {
    edits: usize,
    /// Changes that must be in the log.
    written: usize,
    conflicts: usize,
    refused: usize,
    undone: usize,
}

/// A new admin. Each writer is somebody else: the same edit of the same person sent twice counts as
/// sent again.
async fn admin(app: &App, username: &str) -> Actor {
    let new = NewPerson {
        username: username.to_owned(),
        name: username.to_owned(),
        role: Role::Admin,
        student_number: None,
        password: None,
        locale: "en".to_owned(),
        enabled: true,
    };
    let operator = Actor::operator();
    app.add_person(&operator, new).await.unwrap();
    let found = app
        .people_named(&operator, &[username.to_owned()])
        .await
        .unwrap();
    let id = found[0].as_ref().unwrap().id;
    Actor::person(id, Role::Admin, SessionId(1), Via::Api)
}

/// One person who types, pastes and takes pastes back, as a client does: with the versions that it last saw.
async fn write(app: Arc<App>, actor: Actor, cells: Vec<Cell>, seed: u64) -> Told {
    let mut numbers = Numbers(seed);
    let mut seen: HashMap<Cell, i64> = HashMap::new();
    let mut told = Told::default();
    for turn in 0..TURNS {
        let block = if turn % 4 == 0 { PASTED } else { 1 };
        let first = numbers.below(cells.len());
        let edits: Vec<ScoreEdit> = (0..block)
            .map(|nth| {
                let (assessment, student) = cells[(first + nth) % cells.len()];
                let points = i64::try_from(numbers.below(100)).unwrap() * Points::SCALE;
                let score = match numbers.below(8) {
                    0 => Score::Absent,
                    1 => Score::Blank,
                    _ => Score::Scored(Points::from_ten_thousandths(points)),
                };
                let comment = (numbers.below(3) == 0).then(|| format!("{seed} in turn {turn}"));
                let version = seen.get(&(assessment, student)).copied().unwrap_or(0);
                ScoreEdit {
                    assessment,
                    student,
                    version,
                    score: Some(Ok(score)),
                    comment,
                }
            })
            .collect();
        let command = EnterScores {
            edits: edits.clone(),
            reason: Some("at once".to_owned()),
            atomic: false,
            way: Some(if block > 1 { Way::Paste } else { Way::Typed }),
        };
        let report = app.enter_scores(&actor, &command).await.unwrap();
        told.edits += edits.len();
        let answers = report.saved.len() + report.conflicts.len() + report.rejected.len();
        assert_eq!(answers, edits.len(), "each edit is answered once");
        for saved in &report.saved {
            let cell = (saved.assessment, saved.student);
            let sent = edits
                .iter()
                .find(|edit| (edit.assessment, edit.student) == cell)
                .unwrap();
            // The same version means that it stood there already.
            assert!((sent.version..=sent.version + 1).contains(&saved.version));
            told.written += usize::from(saved.version > sent.version);
            seen.insert(cell, saved.version);
        }
        for conflict in &report.conflicts {
            let current = conflict.current.as_ref().unwrap();
            seen.insert((conflict.assessment, conflict.student), current.version);
        }
        told.conflicts += report.conflicts.len();
        for (_, _, refusal) in &report.rejected {
            assert_eq!(refusal.code, RefusalCode::Locked);
        }
        told.refused += report.rejected.len();
        if block > 1 && turn % 8 == 0 && !report.saved.is_empty() {
            told.undone += undo(&app, &actor, report.batch, &mut seen).await;
        }
    }
    told
}

async fn undo(app: &App, actor: &Actor, batch: BatchId, seen: &mut HashMap<Cell, i64>) -> usize {
    match app.undo_batch(actor, batch, Some("at once")).await {
        Ok(undone) => {
            for cell in &undone.restored {
                seen.insert((cell.assessment, cell.student), cell.version);
            }
            for cell in &undone.skipped {
                let fair = match cell.why {
                    WhySkipped::ChangedSince | WhySkipped::Unchanged => true,
                    WhySkipped::Refused(refusal) => refusal.code == RefusalCode::Locked,
                };
                assert!(fair, "{:?}", cell.why);
            }
            undone.restored.len()
        }
        // All of it stood there already, so the batch wrote nothing.
        Err(UndoError::NotFound) => 0,
        Err(other) => panic!("{other}"),
    }
}

/// Somebody who takes an assessment through all its states until the writers are done.
async fn change_states(
    app: Arc<App>,
    actor: Actor,
    column: AssessmentId,
    done: Arc<AtomicBool>,
) -> usize {
    let mut steps = 0;
    while !done.load(Ordering::Relaxed) {
        for step in [
            Transition::Lock,
            Transition::Unlock,
            Transition::Unpublish,
            Transition::Publish,
        ] {
            app.change_state(&actor, column, step, Some("at once"))
                .await
                .unwrap();
            steps += 1;
        }
        tokio::task::yield_now().await;
    }
    steps
}

/// The changes of a cell, oldest first.
async fn history(app: &App, (assessment, student): Cell) -> Vec<LoggedChange> {
    let filter = ChangeFilter {
        assessment: Some(assessment),
        student: Some(student),
        kind: Some(ChangeKind::Score),
        ..ChangeFilter::default()
    };
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = app
            .changes(&Actor::operator(), &filter, before, 200)
            .await
            .unwrap();
        found.extend(page.items);
        match page.next {
            Some(next) => before = Some(gradebook_domain::ChangeId(next)),
            None => break,
        }
    }
    found.sort_by_key(|change| change.version);
    found
}

/// Replays the log of a cell against what is stored, and answers how many changes it has.
async fn replay(app: &App, book: &GradebookView, cell: Cell) -> (usize, Score) {
    let changes = history(app, cell).await;
    let mut score = Score::Blank;
    let mut remark = String::new();
    for (place, change) in changes.iter().enumerate() {
        assert_eq!(
            change.version,
            i64::try_from(place + 1).ok(),
            "versions grow by one"
        );
        let (before, after) = change.score.unwrap();
        assert_eq!(
            before, score,
            "each change begins where the one before ended"
        );
        score = after;
        if let Some((before, after)) = &change.comment {
            assert_eq!(before.as_deref(), Some(remark.as_str()));
            remark.clone_from(after);
        }
    }
    let stored = book
        .cells
        .iter()
        .map(|view| &view.stored)
        .find(|stored| (stored.assessment, stored.student) == cell);
    assert_eq!(
        stored.map_or(0, |stored| stored.version),
        i64::try_from(changes.len()).unwrap()
    );
    assert_eq!(stored.map_or(Score::Blank, |stored| stored.score), score);
    let stored_remark = stored.and_then(|stored| stored.comment.clone());
    assert_eq!(stored_remark.unwrap_or_default(), remark);
    (changes.len(), score)
}

/// The totals of the gradebook from nothing but its scheme and the replayed log.
fn compare_totals(book: &GradebookView, replayed: &HashMap<Cell, Score>) {
    let scheme = Scheme {
        absent: book.course.absent,
        categories: book.categories.iter().map(|one| one.scheme).collect(),
        assessments: book
            .columns
            .iter()
            .map(|one| one.assessment.scheme())
            .collect(),
    };
    for shown in &book.totals {
        let marks: Marks = book
            .columns
            .iter()
            .filter_map(|column| {
                let id = column.assessment.id;
                Some((id, *replayed.get(&(id, shown.student))?))
            })
            .collect();
        assert_eq!(
            shown.current,
            total(&scheme, &marks, Reading::Current).percentage
        );
        assert_eq!(
            shown.r#final,
            total(&scheme, &marks, Reading::Final).percentage
        );
    }
}

on_both_databases! {
    async fn many_writers_lose_nothing(database: TestDatabase) {
        let school = app_on(database).await;
        school.app.fill_demo().await.unwrap().unwrap();
        let app = Arc::new(school.app);
        let mut people = Vec::new();
        for nth in 0..=WRITERS {
            people.push(admin(&app, &format!("writer{nth}")).await);
        }
        let admin = people.pop().unwrap();
        let courses = app.courses(&admin, &gradebook_app::CourseFilter::default(), CourseId(0), 200).await.unwrap().items;
        let course = courses.iter().find(|one| one.subject.code == "mathematics").unwrap().id;
        let book = app.gradebook(&admin, course).await.unwrap();
        let published = book
            .columns
            .iter()
            .find(|column| column.assessment.state == AssessmentState::Published)
            .unwrap()
            .assessment
            .id;
        let cells: Vec<Cell> = book
            .columns
            .iter()
            .flat_map(|column| book.students[..PUPILS].iter().map(|one| (column.assessment.id, one.id)))
            .collect();
        let mut rows_before = 0;
        for cell in &cells {
            rows_before += history(&app, *cell).await.len();
        }
        let done = Arc::new(AtomicBool::new(false));
        let (told, steps) = LocalSet::new()
            .run_until(async {
                let writers: Vec<_> = (1..)
                    .zip(people)
                    .map(|(seed, actor)| {
                        let one = write(Arc::clone(&app), actor, cells.clone(), seed);
                        tokio::task::spawn_local(one)
                    })
                    .collect();
                let states = change_states(Arc::clone(&app), admin.clone(), published, Arc::clone(&done));
                let states = tokio::task::spawn_local(states);
                let mut sum = Told::default();
                for writer in writers {
                    let told = writer.await.unwrap();
                    sum.edits += told.edits;
                    sum.written += told.written;
                    sum.conflicts += told.conflicts;
                    sum.refused += told.refused;
                    sum.undone += told.undone;
                }
                done.store(true, Ordering::Relaxed);
                (sum, states.await.unwrap())
            })
            .await;
        assert_eq!(told.edits, WRITERS * EDITS, "each was saved, a conflict or refused");
        assert!(told.written > 0 && told.conflicts > 0, "they got into each other's way");
        assert!(steps > 0);
        let book = app.gradebook(&admin, course).await.unwrap();
        let mut rows = 0;
        for cell in &cells {
            rows += replay(&app, &book, *cell).await.0;
        }
        assert_eq!(rows - rows_before, told.written + told.undone, "nothing is lost, nothing is added");
        let mut replayed = HashMap::new();
        for column in &book.columns {
            for student in &book.students {
                let cell = (column.assessment.id, student.id);
                let (changes, score) = replay(&app, &book, cell).await;
                if changes > 0 {
                    replayed.insert(cell, score);
                }
            }
        }
        compare_totals(&book, &replayed);
        drop(school.db);
    }
}
