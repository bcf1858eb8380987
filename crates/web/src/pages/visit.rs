//! Since when a student has not looked at their grades on this device, so that what is new can be marked.
//!
//! A cookie holds it, so that it works without JavaScript and nothing is written to the database for a look.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use gradebook_domain::UserId;

use crate::cookies;

/// Looks that are closer together are one visit, during which what was new stays marked.
const ONE_VISIT_S: i64 = 30 * 60;
/// What is new on a device that was never used.
const FIRST_S: i64 = 7 * 24 * 60 * 60;

/// A visit, on this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visit {
    user: UserId,
    /// The end of the visit before, unix seconds.
    since_s: i64,
    now_s: i64,
}

impl Visit {
    pub(super) fn of(request: &HttpRequest, user: UserId, now_s: i64) -> Self {
        let sent = cookies::visit(request);
        Self::after(sent.as_deref().unwrap_or(""), user, now_s)
    }

    /// The visit after what the cookie says, which is another user's, or nothing, or two moments of this one's.
    fn after(sent: &str, user: UserId, now_s: i64) -> Self {
        let mut parts = sent.split('.').map(|part| part.parse::<i64>().ok());
        let known = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(id)), Some(Some(since)), Some(Some(last)), None) if id == user.0 => {
                Some((since, last))
            }
            _ => None,
        };
        let since_s = match known {
            Some((since, last)) if now_s.saturating_sub(last) < ONE_VISIT_S => since,
            Some((_, last)) => last,
            None => now_s.saturating_sub(FIRST_S),
        };
        Self {
            user,
            since_s,
            now_s,
        }
    }

    /// From when on a grade is new, unix milliseconds.
    pub(super) fn new_since(&self) -> i64 {
        self.since_s.saturating_mul(1000)
    }

    pub(super) fn cookie(&self, request: &HttpRequest) -> Cookie<'static> {
        let value = format!("{}.{}.{}", self.user.0, self.since_s, self.now_s);
        cookies::remember_visit(request, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(7);
    const NOW: i64 = 1_800_000_000;

    fn since(sent: &str) -> i64 {
        Visit::after(sent, ME, NOW).since_s
    }

    #[test]
    fn what_is_new_stays_new_for_a_visit() {
        let before = NOW - 100_000;
        let minutes = |minutes: i64| NOW - minutes * 60;
        assert_eq!(since(&format!("7.{before}.{}", minutes(29))), before);
        assert_eq!(since(&format!("7.{before}.{}", minutes(30))), minutes(30));
        // A clock that was put back makes no new visit.
        assert_eq!(since(&format!("7.{before}.{}", NOW + 60)), before);
    }

    #[test]
    fn a_device_that_knows_nothing_of_this_user_marks_a_week() {
        for sent in ["", "8.1.2", "7", "7.1", "7.1.2.3", "7.x.2", "x"] {
            assert_eq!(since(sent), NOW - FIRST_S, "{sent}");
        }
    }
}
