//! Between the two steps of a sign-in: proof that the password was right, for whoever then shows the
//! code. It opens nothing by itself.

use gradebook_auth::mac::MacKey;
use gradebook_domain::UserId;

/// How long somebody may look for their phone.
const LIFETIME_MS: i64 = 5 * 60 * 1000;

/// Whose password was right, and when that is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// The account.
    pub(crate) user: UserId,
    /// Its token counter then: a password that was changed since is not right any more.
    pub(crate) ver: i64,
    until: i64,
}

/// Makes and reads tickets.
pub(crate) struct Tickets(MacKey);

impl Tickets {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(MacKey::derive(secret, "sign-in ticket"))
    }

    /// A ticket for this account from `now` (unix milliseconds) on.
    pub(crate) fn issue(&self, user: UserId, ver: i64, now: i64) -> String {
        let numbers = [user.0, ver, now + LIFETIME_MS].map(i64::to_be_bytes);
        self.0.write(&numbers.concat(), &[])
    }

    /// What a ticket says, if it is one of ours and still holds at `now`.
    pub(crate) fn read(&self, text: &str, now: i64) -> Option<Ticket> {
        let numbers = self.0.read(text, &[])?;
        let mut numbers = numbers
            .chunks_exact(8)
            .filter_map(|bytes| Some(i64::from_be_bytes(bytes.try_into().ok()?)));
        let ticket = Ticket {
            user: UserId(numbers.next()?),
            ver: numbers.next()?,
            until: numbers.next()?,
        };
        (now < ticket.until).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn a_ticket_holds_for_five_minutes() {
        let tickets = Tickets::new(&[1; 32]);
        let text = tickets.issue(UserId(7), 3, NOW);
        let read = |later| tickets.read(&text, NOW + later);
        assert_eq!(read(0).map(|one| (one.user, one.ver)), Some((UserId(7), 3)));
        assert!(read(LIFETIME_MS - 1).is_some());
        assert_eq!(read(LIFETIME_MS), None);
    }

    #[test]
    fn nothing_else_is_a_ticket() {
        let tickets = Tickets::new(&[1; 32]);
        let text = tickets.issue(UserId(7), 3, NOW);
        assert_eq!(Tickets::new(&[2; 32]).read(&text, NOW), None);
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap_or_default();
            assert_eq!(tickets.read(&changed, NOW), None, "{place}");
        }
        for wrong in ["", "AAAA", &text[4..]] {
            assert_eq!(tickets.read(wrong, NOW), None);
        }
    }
}
