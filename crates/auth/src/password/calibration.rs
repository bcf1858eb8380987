//! How much work a password should be on this machine.

use std::hint::black_box;
use std::time::Duration;

use super::scheme::Cost;

/// A sign-in should not take longer than this, and hardly less.
pub const HASH_TARGET: Duration = Duration::from_millis(300);
/// Less work than this is too little on any machine.
const LEAST: u32 = 10;

/// What was measured, and the cost that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibration {
    /// The costs that were tried, with the time of one hash.
    pub measured: Vec<(Cost, Duration)>,
    /// The highest cost that stays within [`HASH_TARGET`]; 10 where none does.
    pub recommended: Cost,
}

/// Tries costs from 10 upwards until one takes longer than [`HASH_TARGET`]. `time` hashes once at a
/// cost (see [`hash_once`]) and says how long it took.
pub fn calibrate(mut time: impl FnMut(Cost) -> Duration) -> Calibration {
    let mut measured = Vec::new();
    let mut recommended = None;
    for cost in (LEAST..).map_while(|number| Cost::new(number).ok()) {
        let took = time(cost);
        measured.push((cost, took));
        if took > HASH_TARGET {
            recommended = recommended.or(Some(cost));
            break;
        }
        recommended = Some(cost);
    }
    Calibration {
        measured,
        recommended: recommended.unwrap_or_default(),
    }
}

/// Does the work of one hash, and keeps nothing of it.
pub fn hash_once(cost: Cost) {
    let seasoned = [b'x'; 64];
    let _ = black_box(bcrypt::hash_with_salt(
        black_box(seasoned),
        cost.get(),
        [0; 16],
    ));
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// A machine that takes so many milliseconds at cost 10.
    fn machine(at_ten: u64) -> impl FnMut(Cost) -> Duration {
        move |cost| Duration::from_millis(at_ten << (cost.get() - LEAST))
    }

    fn recommended(at_ten: u64) -> u32 {
        calibrate(machine(at_ten)).recommended.get()
    }

    #[test]
    fn the_highest_cost_within_the_target_is_recommended() {
        assert_eq!(recommended(62), 12);
        assert_eq!(recommended(75), 12, "300 ms is not too long");
        assert_eq!(recommended(76), 11);
        assert_eq!(recommended(20), 13);
        assert_eq!(recommended(300), 10);
    }

    #[test]
    fn no_machine_gets_less_than_10_or_more_than_can_be_set() {
        assert_eq!(recommended(5000), 10);
        assert_eq!(recommended(1), 15);
    }

    /// Cost 8 is sixteen times the work of cost 4.
    #[test]
    fn a_higher_cost_is_more_work() {
        let fastest = |cost| {
            let cost = Cost::new(cost).unwrap();
            let once = |_| {
                let begin = Instant::now();
                hash_once(cost);
                begin.elapsed()
            };
            (0..5).map(once).min().unwrap()
        };
        assert!(fastest(8) > 3 * fastest(4));
    }

    #[test]
    fn nothing_is_tried_beyond_the_first_that_takes_too_long() {
        let measured = calibrate(machine(62)).measured;
        let costs: Vec<u32> = measured.iter().map(|(cost, _)| cost.get()).collect();
        assert_eq!(costs, [10, 11, 12, 13]);
        assert_eq!(measured[3].1, Duration::from_millis(496));
    }
}
