//! Positions, and readings that fail or are broken off.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::Poll;

use gradebook_persistence::Db;
use gradebook_persistence::db::ConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::time::Instant;

use super::*;
use crate::live::tests::School;

fn ids(range: std::ops::RangeInclusive<i64>) -> Vec<ChangeId> {
    range.map(ChangeId).collect()
}

fn hand_on(position: &mut Position, ids: Vec<ChangeId>) -> Vec<ChangeId> {
    let new = position.unseen(ids);
    position.handed_on(new.clone());
    new
}

#[test]
fn a_row_that_becomes_visible_late_is_handed_on_once() {
    let mut position = Position::starting_at(ChangeId(10));
    let first = hand_on(&mut position, vec![ChangeId(11), ChangeId(13)]);
    assert_eq!(first.len(), 2);
    position.settle(0, 20_000);
    assert_eq!(hand_on(&mut position, ids(11..=13)), [ChangeId(12)]);
    position.settle(1_000, 20_000);
    assert_eq!(hand_on(&mut position, ids(11..=13)), []);
}

#[test]
fn what_was_not_handed_on_is_found_again() {
    let mut position = Position::starting_at(ChangeId(0));
    assert_eq!(position.unseen(ids(1..=3)), ids(1..=3));
    assert_eq!(position.unseen(ids(1..=4)), ids(1..=4));
    position.handed_on(ids(1..=2));
    assert_eq!(position.unseen(ids(1..=4)), ids(3..=4));
}

#[test]
fn the_floor_rises_when_the_overlap_is_over() {
    let mut position = Position::starting_at(ChangeId(0));
    position.handed_on(ids(1..=5));
    position.settle(0, 20_000);
    assert_eq!(position.floor, ChangeId(0));
    position.settle(20_000, 20_000);
    assert_eq!(position.floor, ChangeId(5));
    assert!(position.seen.is_empty());
}

#[test]
fn without_overlap_nothing_is_read_twice() {
    let mut position = Position::starting_at(ChangeId(0));
    position.handed_on(ids(1..=5));
    position.settle(0, 0);
    assert_eq!(position.floor, ChangeId(5));
}

/// The outcome of `work`, unless it is still waiting when it was looked at `times` times.
async fn looked_at<T>(times: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut looked = 0;
    poll_fn(|context| {
        looked += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if looked >= times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test]
async fn a_reading_that_is_broken_off_anywhere_hands_on_everything_later() {
    let school = School::empty().await;
    let app = &school.app;
    let mut position = app.first_position().await.unwrap();
    let floor = position.floor;
    let mut events = app.live.subscribe();
    app.fill_demo().await.unwrap().unwrap();
    let mut broken_off = 0;
    let reading = loop {
        match looked_at(broken_off + 1, app.read_changes(&mut position, MOST_ROWS)).await {
            Some(reading) => break reading.unwrap(),
            None => broken_off += 1,
        }
        assert!(events.is_empty(), "a part was handed on");
    };
    assert_eq!(reading, Reading::Whole);
    // At each of its three questions to the database.
    assert!(broken_off >= 3, "it was broken off {broken_off} times");
    assert_eq!(told(&mut events), everything_after(app, floor).await);
    let again = app.read_changes(&mut position, MOST_ROWS).await;
    assert_eq!(again.unwrap(), Reading::Whole);
    assert!(events.is_empty(), "something was handed on twice");
}

#[tokio::test]
async fn a_long_backlog_is_handed_on_in_parts() {
    let school = School::empty().await;
    let app = &school.app;
    let mut position = app.first_position().await.unwrap();
    let floor = position.floor;
    let mut events = app.live.subscribe();
    app.fill_demo().await.unwrap().unwrap();
    let mut parts = 0;
    while app.read_changes(&mut position, 100).await.unwrap() == Reading::Part {
        parts += 1;
    }
    assert!(parts > 1);
    assert_eq!(told(&mut events), everything_after(app, floor).await);
}

/// The ids of all events of the log.
async fn everything_after(app: &App, floor: ChangeId) -> Vec<ChangeId> {
    let ids = change_log::ids_after(&app.db, floor).await.unwrap();
    let rows = change_log::rows(&app.db, &ids).await.unwrap();
    let none = HashMap::new();
    let events = rows
        .into_iter()
        .filter_map(|row| event_of(row, &none, &HashSet::new()));
    events.map(|event| event.id).collect()
}

fn told(events: &mut Receiver<Arc<LiveEvent>>) -> Vec<ChangeId> {
    std::iter::from_fn(|| events.try_recv().ok())
        .map(|event| event.id)
        .collect()
}

#[tokio::test]
async fn after_an_error_the_next_reading_finds_everything() {
    let school = School::empty().await;
    let app = &school.app;
    let mut position = app.first_position().await.unwrap();
    app.fill_demo().await.unwrap().unwrap();
    let mut events = app.live.subscribe();
    let elsewhere = school.another_app().await;
    elsewhere.db.clone().close().await;
    assert!(
        elsewhere
            .read_changes(&mut position, MOST_ROWS)
            .await
            .is_err()
    );
    assert!(events.is_empty());
    app.read_changes(&mut position, MOST_ROWS).await.unwrap();
    assert!(events.try_recv().is_ok());
}

/// Passes bytes on to `server` until it is told to be silent.
async fn gate_to(server: String) -> (u16, Arc<AtomicBool>) {
    let silent = Arc::new(AtomicBool::new(false));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let gate = Arc::clone(&silent);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(pass(from_client, to_server, Arc::clone(&gate)));
            tokio::spawn(pass(from_server, to_client, Arc::clone(&gate)));
        }
    });
    (port, silent)
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, silent: Arc<AtomicBool>) {
    let mut buffer = [0; 4_096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        while silent.load(Ordering::Acquire) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_silent_database_fails_a_reading_and_holds_up_no_stop() {
    let database = gradebook_test_databases::mysql().await;
    database.migrated().await;
    let (credentials, rest) = database.url.rsplit_once('@').unwrap();
    let (server, schema) = rest.split_once('/').unwrap();
    let (port, silent) = gate_to(server.to_owned()).await;
    let url = format!("{credentials}@127.0.0.1:{port}/{schema}");
    let db = Db::connect(&ConnectOptions::new(url)).await.unwrap();
    let school = School::on(db, database);
    let app = &school.app;
    let stop = Notify::new();
    let followed = app.follow_changes(stop.notified());
    let ended = async {
        while app.tail.lost(app.clock.now_ms()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        silent.store(true, Ordering::Release);
        // One reading has failed by then and the next waits.
        tokio::time::sleep(READ_WITHIN + 2 * PERIOD).await;
        silent.store(false, Ordering::Release);
        let before = app.clock.now_ms();
        while app.tail.read_at.load(Ordering::Acquire) <= before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        silent.store(true, Ordering::Release);
        tokio::time::sleep(2 * PERIOD).await;
        stop.notify_one();
        Instant::now()
    };
    let (outcome, asked) = timeout(4 * READ_WITHIN, async { tokio::join!(followed, ended) })
        .await
        .unwrap();
    assert!(matches!(outcome, Ok(TailStopped)));
    assert!(asked.elapsed() < PERIOD);
    silent.store(false, Ordering::Release);
}
