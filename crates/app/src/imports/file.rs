//! From the bytes of a file to the rows of a table.

use super::error::Unreadable;
use super::room::Place;
use super::table::{self, Table};
use super::{text, workbook};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 10 << 20;

/// How a zip archive begins, and so every `.xlsx`. No header of a table does.
const ZIP: &[u8] = b"PK";
/// How an old workbook (`.xls`) begins, and one with a password.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0";

/// Reads a file, on a thread where its size holds nobody up.
///
/// # Errors
/// [`Unreadable`].
pub(super) async fn read(file: &[u8], name: &str, place: Place) -> Result<Table, Unreadable> {
    let (file, name) = (file.to_vec(), name.to_owned());
    in_place(place, move || table(&file, &name))
        .await
        // A reader that gave up on a forged file has told nothing to anybody else.
        .unwrap_or_else(|| Err(super::archive::broken("it makes no sense")))
}

/// Does work on a thread of its own; nothing if it gave up. Whoever hangs up does not stop the work, so
/// the place ends with it.
async fn in_place<T: Send + 'static>(
    place: Place,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.ok()
}

pub(super) fn table(file: &[u8], name: &str) -> Result<Table, Unreadable> {
    if file.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    let name = name.to_ascii_lowercase();
    if file.starts_with(OLE) {
        return Err(Unreadable::OldWorkbook);
    }
    if file.starts_with(ZIP) {
        return workbook::read(file);
    }
    if [".xlsx", ".xlsm", ".xls"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return Err(Unreadable::NotAWorkbook);
    }
    table::delimited(&text::text_of(file)?)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use gradebook_auth::Actor;

    use super::super::room::{NoRoom, Room, Waits};
    use super::*;

    #[tokio::test]
    async fn a_place_ends_with_the_parsing_also_when_the_sender_hangs_up() {
        let (room, actor) = (Room::default(), Actor::operator());
        let (goes_on, waits) = mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel();
        let first = room.to_parse(&actor, Waits::Sender).await.unwrap();
        let mut parsing = Box::pin(in_place(first, move || {
            let _ = began.send(());
            let _ = waits.recv();
        }));
        tokio::select! {
            _ = &mut parsing => unreachable!("it waits"),
            _ = begun => {}
        }
        let second = room.to_parse(&actor, Waits::Sender).await.unwrap();
        drop(parsing);
        // The work goes on, and so there is no other place yet.
        assert_eq!(
            room.parsed_at_once(&actor).map(drop),
            Err(NoRoom::ForOneMore)
        );
        goes_on.send(()).unwrap();
        tokio::time::timeout(
            Duration::from_secs(60),
            room.to_parse(&actor, Waits::Sender),
        )
        .await
        .unwrap()
        .unwrap();
        // One that gives up gives its place back, too.
        let gave_up = in_place(second, || std::panic::resume_unwind(Box::new(()))).await;
        assert_eq!(gave_up, None::<()>);
        let all = [room.parsed_at_once(&actor), room.parsed_at_once(&actor)];
        assert!(all.iter().all(Result::is_ok));
    }
}
