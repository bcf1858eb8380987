//! How long passwords take on this machine.

use std::time::{Duration, Instant};

use gradebook_auth::password::{
    Calibration, Cost, HASH_TARGET, HasherSettings, calibrate, hash_once,
};
use serde::Serialize;

use super::report::Check;
use crate::config::Config;

const PASSWORDS: &str = "passwords";
/// Below this a stolen database is guessed through too quickly.
const LEAST: u32 = 10;

/// What was measured.
pub(super) struct Hashing {
    configured: Cost,
    /// One hash at the configured cost.
    takes: Duration,
    /// Hashes that are worked on at the same time.
    threads: usize,
    calibration: Calibration,
}

/// The same as JSON.
#[derive(Serialize)]
pub(super) struct Measured {
    configured: u32,
    recommended: u32,
    hash_ms: f64,
    threads: usize,
    sign_ins_per_second: f64,
    measured: Vec<MeasuredCost>,
}

#[derive(Serialize)]
struct MeasuredCost {
    cost: u32,
    hash_ms: f64,
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

/// The shorter of two tries: whatever else the machine does can only make it slower.
#[expect(
    clippy::disallowed_methods,
    reason = "measures the machine; decides nothing that a test would want to set"
)]
fn time(cost: Cost) -> Duration {
    let once = || {
        let begin = Instant::now();
        hash_once(cost);
        begin.elapsed()
    };
    once().min(once())
}

impl Hashing {
    pub(super) fn measured(config: &Config) -> Self {
        let calibration = calibrate(time);
        let known = calibration.measured.iter();
        let known = known
            .filter(|(cost, _)| *cost == config.bcrypt_cost)
            .map(|(_, took)| *took)
            .next();
        Self {
            configured: config.bcrypt_cost,
            takes: known.unwrap_or_else(|| time(config.bcrypt_cost)),
            threads: HasherSettings::default().threads,
            calibration,
        }
    }

    /// Sign-ins in a second when nothing but them is done. A machine has few threads, so the number
    /// is exact as a float.
    fn per_second(&self, takes: Duration) -> f64 {
        let threads = u32::try_from(self.threads).unwrap_or(u32::MAX);
        f64::from(threads) / takes.as_secs_f64().max(1e-6)
    }

    pub(super) fn check(&self) -> Check {
        let (configured, recommended) = (self.configured.get(), self.calibration.recommended.get());
        let found = format!(
            "bcrypt cost {configured} takes {:.0} ms here, {:.1} sign-ins a second on {} thread{}",
            ms(self.takes),
            self.per_second(self.takes),
            self.threads,
            if self.threads == 1 { "" } else { "s" },
        );
        let with_recommended = self
            .calibration
            .measured
            .iter()
            .find(|(cost, _)| cost.get() == recommended)
            .map(|(_, takes)| {
                format!(
                    " ({:.0} ms, {:.1} sign-ins a second)",
                    ms(*takes),
                    self.per_second(*takes)
                )
            })
            .unwrap_or_default();
        let set = format!(
            "set GRADEBOOK_BCRYPT_COST={recommended}{with_recommended}; stored passwords follow as \
             people sign in"
        );
        if configured < LEAST {
            let found = format!("{found}: too little work for whoever steals the database");
            return Check::warn(PASSWORDS, found, set);
        }
        if self.takes > HASH_TARGET * 2 && configured > recommended {
            let found = format!("{found}: people wait, and a full class cannot sign in at once");
            return Check::warn(PASSWORDS, found, set);
        }
        if configured + 1 < recommended {
            let found = format!("{found}: this machine can do much more");
            return Check::warn(PASSWORDS, found, set);
        }
        Check::ok(PASSWORDS, format!("{found}; best here is {recommended}"))
    }

    pub(super) fn for_programs(&self) -> Measured {
        Measured {
            configured: self.configured.get(),
            recommended: self.calibration.recommended.get(),
            hash_ms: ms(self.takes),
            threads: self.threads,
            sign_ins_per_second: (self.per_second(self.takes) * 10.0).round() / 10.0,
            measured: self
                .calibration
                .measured
                .iter()
                .map(|(cost, took)| MeasuredCost {
                    cost: cost.get(),
                    hash_ms: ms(*took),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Status;
    use super::*;

    /// A machine that takes 60 ms at cost 10, so that 12 is best.
    fn at(configured: u32) -> Check {
        let machine = |cost: Cost| Duration::from_millis(960 << cost.get() >> 14);
        let hashing = Hashing {
            configured: Cost::new(configured).unwrap(),
            takes: machine(Cost::new(configured).unwrap()),
            threads: 1,
            calibration: calibrate(machine),
        };
        assert_eq!(hashing.for_programs().recommended, 12);
        hashing.check()
    }

    #[test]
    fn the_cost_is_judged_by_what_it_takes_here() {
        let fine = at(12);
        assert_eq!(fine.status, Status::Ok);
        assert_eq!(
            fine.found,
            "bcrypt cost 12 takes 240 ms here, 4.2 sign-ins a second on 1 thread; best here is 12"
        );
        assert_eq!(at(11).status, Status::Ok);
        assert_eq!(at(13).status, Status::Ok);
        for (cost, why) in [
            (9, "too little work"),
            (10, "can do much more"),
            (14, "people wait"),
        ] {
            let check = at(cost);
            assert_eq!(check.status, Status::Warn, "{check:?}");
            assert!(check.found.contains(why), "{check:?}");
            let next = check.next.unwrap();
            assert!(
                next.starts_with("set GRADEBOOK_BCRYPT_COST=12 (240 ms, 4.2 "),
                "{next}"
            );
        }
    }
}
