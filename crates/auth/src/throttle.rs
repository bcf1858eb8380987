//! How long to wait after wrong passwords. Pure: who failed how often is kept
//! by the caller, times are Unix milliseconds.

/// Wrong attempts that cost nothing: people mistype.
const FREE: i64 = 2;
/// Seconds to wait after each further one; the last for all that follow.
const WAITS_S: [i64; 8] = [1, 3, 10, 30, 60, 120, 300, 900];
/// Wrong attempts are forgotten after a day without one.
const FORGOTTEN_MS: i64 = 24 * 60 * 60 * 1000;
/// Wrong attempts from one address until it has to wait: a school is behind one address, and in
/// the morning many mistype.
const ADDRESS_LIMIT: i64 = 100;
/// One of an address's wrong attempts is forgotten each so many milliseconds.
const ADDRESS_FORGETS_MS: i64 = 2_000;

/// The wrong attempts against one thing that is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many count.
    pub count: i64,
    /// When the last one was; of an address, when the next one began to be forgotten.
    pub last_at: i64,
}

/// What is guarded, and so how strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guarded {
    /// One secret of one person: each wrong attempt makes the next wait longer, up to 15 minutes.
    Secret,
    /// Everything that is tried from one address: 100 wrong attempts, and one more every two
    /// seconds.
    Address,
}

impl Guarded {
    /// The failures that still count at `now`.
    fn counted(self, failures: Failures, now: i64) -> i64 {
        let since = now.saturating_sub(failures.last_at).max(0);
        match self {
            Self::Secret if since >= FORGOTTEN_MS => 0,
            Self::Secret => failures.count,
            Self::Address => (failures.count - since / ADDRESS_FORGETS_MS).max(0),
        }
    }

    /// How many milliseconds before the next attempt is looked at; 0 for none.
    #[must_use]
    pub fn wait_ms(self, failures: Failures, now: i64) -> i64 {
        let counted = self.counted(failures, now);
        let since = now.saturating_sub(failures.last_at).max(0);
        match self {
            Self::Secret => {
                let Ok(over) = usize::try_from(counted - FREE - 1) else {
                    return 0;
                };
                let wait = WAITS_S[over.min(WAITS_S.len() - 1)] * 1000;
                (wait - since).max(0)
            }
            Self::Address if counted < ADDRESS_LIMIT => 0,
            Self::Address => {
                (counted - ADDRESS_LIMIT + 1) * ADDRESS_FORGETS_MS - since % ADDRESS_FORGETS_MS
            }
        }
    }

    /// The failures after one more at `now`.
    #[must_use]
    pub fn failed(self, failures: Failures, now: i64) -> Failures {
        let counted = self.counted(failures, now);
        let since = now.saturating_sub(failures.last_at).max(0);
        // What has passed toward forgetting the next one is not lost.
        let begun = match self {
            Self::Address if counted > 0 => since % ADDRESS_FORGETS_MS,
            Self::Secret | Self::Address => 0,
        };
        Failures {
            count: counted.saturating_add(1),
            last_at: now - begun,
        }
    }
}

/// Until when failures have to be kept, in milliseconds after the last one.
pub const KEPT_MS: i64 = FORGOTTEN_MS;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn after(guarded: Guarded, times: usize) -> Failures {
        (0..times).fold(Failures::default(), |failures, _| {
            guarded.failed(failures, NOW)
        })
    }

    #[test]
    fn the_first_mistakes_cost_nothing_and_then_the_wait_grows() {
        let waits: Vec<i64> = (0..13)
            .map(|times| Guarded::Secret.wait_ms(after(Guarded::Secret, times), NOW) / 1000)
            .collect();
        assert_eq!(waits, [0, 0, 0, 1, 3, 10, 30, 60, 120, 300, 900, 900, 900]);
    }

    #[test]
    fn a_wait_passes() {
        let failures = after(Guarded::Secret, 5);
        for (later, wait) in [
            (0, 10_000),
            (1, 9_999),
            (9_999, 1),
            (10_000, 0),
            (60_000, 0),
        ] {
            assert_eq!(Guarded::Secret.wait_ms(failures, NOW + later), wait);
        }
        // Another failure then counts on from there.
        let again = Guarded::Secret.failed(failures, NOW + 60_000);
        assert_eq!(Guarded::Secret.wait_ms(again, NOW + 60_000), 30_000);
    }

    #[test]
    fn a_day_without_failure_forgets() {
        let failures = after(Guarded::Secret, 20);
        let later = NOW + 86_400_000;
        assert_eq!(Guarded::Secret.failed(failures, later).count, 1);
        assert_eq!(Guarded::Secret.failed(failures, later - 1).count, 21);
        assert_eq!(NOW + KEPT_MS, later, "what is forgotten need not be kept");
    }

    #[test]
    fn a_clock_that_went_back_makes_nobody_wait_longer() {
        let failures = after(Guarded::Secret, 3);
        assert_eq!(Guarded::Secret.wait_ms(failures, NOW - 3_600_000), 1_000);
        let many = after(Guarded::Address, 100);
        assert_eq!(Guarded::Address.wait_ms(many, NOW - 3_600_000), 2_000);
    }

    #[test]
    fn an_address_has_a_hundred_mistakes_and_one_every_two_seconds() {
        assert_eq!(
            Guarded::Address.wait_ms(after(Guarded::Address, 99), NOW),
            0
        );
        let full = after(Guarded::Address, 100);
        for (later, wait) in [(0, 2_000), (1_999, 1), (2_000, 0), (200_000, 0)] {
            assert_eq!(Guarded::Address.wait_ms(full, NOW + later), wait, "{later}");
        }
        let over = after(Guarded::Address, 103);
        assert_eq!(Guarded::Address.wait_ms(over, NOW), 8_000);
        assert_eq!(Guarded::Address.failed(full, NOW + 20_000).count, 91);
        assert_eq!(Guarded::Address.failed(full, NOW + 900_000).count, 1);
        // One each 1.9 seconds is hardly more than is forgotten.
        let mut slow = Failures::default();
        for number in 0..200 {
            slow = Guarded::Address.failed(slow, NOW + number * 1_900);
        }
        assert!((10..=12).contains(&slow.count), "{slow:?}");
    }
}
