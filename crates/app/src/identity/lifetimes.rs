//! How long tokens and sessions live.

use gradebook_auth::Role;

/// How long tokens and sessions live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// An access token.
    pub access: i64,
    /// A teacher's or admin's session.
    pub staff: SessionLifetime,
    /// A student's session.
    pub student: SessionLifetime,
}

/// How long a session lives, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetime {
    /// Without use.
    pub idle: i64,
    /// In all, however much it is used.
    pub longest: i64,
}

impl Default for Lifetimes {
    /// 5 minutes; staff 60 minutes without use and 12 hours in all; students 14 and 30 days.
    fn default() -> Self {
        const MINUTE: i64 = 60;
        const DAY: i64 = 24 * 60 * MINUTE;
        Self {
            access: 5 * MINUTE,
            staff: SessionLifetime {
                idle: 60 * MINUTE,
                longest: 12 * 60 * MINUTE,
            },
            student: SessionLifetime {
                idle: 14 * DAY,
                longest: 30 * DAY,
            },
        }
    }
}

impl Lifetimes {
    /// When a session that began at `began_at` and is used at `now` ends, unless it is used again;
    /// all in unix milliseconds. Not after `now` when its time is over.
    pub(crate) fn session_ends_at(&self, role: Role, began_at: i64, now: i64) -> i64 {
        let lifetime = match role {
            Role::Admin | Role::Teacher => self.staff,
            Role::Student => self.student,
        };
        let idle_until = now + lifetime.idle * 1000;
        idle_until.min(began_at + lifetime.longest * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_prolongs_a_session_up_to_its_longest_life() {
        let lifetimes = Lifetimes::default();
        let hour = 60 * 60 * 1000;
        let ends = |role, now| lifetimes.session_ends_at(role, 0, now);
        assert_eq!(ends(Role::Teacher, 0), hour);
        assert_eq!(ends(Role::Admin, 10 * hour), 11 * hour);
        assert_eq!(ends(Role::Admin, 11 * hour + 1), 12 * hour);
        assert_eq!(ends(Role::Admin, 13 * hour), 12 * hour);
        let day = 24 * hour;
        assert_eq!(ends(Role::Student, 0), 14 * day);
        assert_eq!(ends(Role::Student, 20 * day), 30 * day);
    }
}
