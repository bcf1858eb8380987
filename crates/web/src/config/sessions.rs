//! How long sessions live and who needs a second factor.

use std::time::Duration;

use gradebook_app::{Lifetimes, SessionLifetime};
use gradebook_auth::Role;

use super::source::Sources;
use super::{ConfigError, Refusal, parsed};
use crate::config::settings::{
    REQUIRE_TOTP, STAFF_SESSION_IDLE, STAFF_SESSION_MAX, STUDENT_SESSION_IDLE, STUDENT_SESSION_MAX,
};

/// Shorter, and people are signed out while they type; an access token lives five minutes.
const SHORTEST: Duration = Duration::from_secs(5 * 60);
/// Longer, and a lost phone stays signed in for ever.
const LONGEST: Duration = Duration::from_secs(400 * 24 * 60 * 60);

pub(super) fn lifetimes(sources: &Sources<'_>) -> Result<Lifetimes, ConfigError> {
    let usual = Lifetimes::default();
    Ok(Lifetimes {
        staff: SessionLifetime {
            idle: parsed(sources, &STAFF_SESSION_IDLE, seconds)?.unwrap_or(usual.staff.idle),
            longest: parsed(sources, &STAFF_SESSION_MAX, seconds)?.unwrap_or(usual.staff.longest),
        },
        student: SessionLifetime {
            idle: parsed(sources, &STUDENT_SESSION_IDLE, seconds)?.unwrap_or(usual.student.idle),
            longest: parsed(sources, &STUDENT_SESSION_MAX, seconds)?
                .unwrap_or(usual.student.longest),
        },
        ..usual
    })
}

pub(super) fn totp_required_of(sources: &Sources<'_>) -> Result<Vec<Role>, ConfigError> {
    Ok(parsed(sources, &REQUIRE_TOTP, roles)?.unwrap_or_default())
}

fn seconds(text: &str) -> Result<i64, Refusal> {
    let advice = "write a time from 5m to 400days, like 45m, 12h or 14days".to_owned();
    let duration = humantime::parse_duration(text).map_err(|error| {
        (
            format!("{text:?} is no length of time ({error})"),
            advice.clone(),
        )
    })?;
    if !(SHORTEST..=LONGEST).contains(&duration) {
        return Err((format!("{text:?} is too short or too long"), advice));
    }
    i64::try_from(duration.as_secs()).map_err(|_| (format!("{text:?} is too long"), advice))
}

fn roles(text: &str) -> Result<Vec<Role>, Refusal> {
    text.split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(|one| match one.parse() {
            Ok(role @ (Role::Admin | Role::Teacher)) => Ok(role),
            Ok(Role::Student) | Err(_) => Err((
                format!("{one:?} is no role that can need a second factor"),
                "write admin, or admin,teacher".to_owned(),
            )),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_as_people_write_them() {
        assert_eq!(seconds("45m").unwrap(), 45 * 60);
        assert_eq!(seconds("12h").unwrap(), 12 * 60 * 60);
        assert_eq!(seconds("14days").unwrap(), 14 * 24 * 60 * 60);
        assert_eq!(seconds("1h 30m").unwrap(), 90 * 60);
        for wrong in ["", "12", "0s", "4m", "2years", "-1h", "an hour"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn roles_that_can_need_a_second_factor() {
        assert_eq!(roles("").unwrap(), []);
        assert_eq!(
            roles("admin, teacher").unwrap(),
            [Role::Admin, Role::Teacher]
        );
        for wrong in ["student", "Admin", "admin;teacher", "all"] {
            assert!(roles(wrong).is_err(), "{wrong}");
        }
    }
}
