//! What a plan comes to, in figures, and the number by which it is recognised.

use gradebook_domain::BatchId;

use super::plan::{Plan, gaps};
use super::wanted::{Skipped, Wanted};
use crate::imports::{FileDigest, Fingerprint};

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OneRosterReport {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// The batch of the change log; `None` when nothing was written.
    pub batch: Option<BatchId>,
    /// Names this plan.
    pub plan_hash: String,
    /// Terms created.
    pub terms: usize,
    /// Subjects created.
    pub subjects: usize,
    /// Classes created.
    pub classes: usize,
    /// Accounts created, without a password yet.
    pub people: usize,
    /// Memberships created.
    pub enrolments: usize,
    /// Courses created.
    pub courses: usize,
    /// Courses given to teachers.
    pub teachers: usize,
    /// Exams created.
    pub exams: usize,
    /// Categories created.
    pub categories: usize,
    /// Assessments created.
    pub assessments: usize,
    /// Cells that had no score before.
    pub scores_new: usize,
    /// Cells that had another score before.
    pub scores_changed: usize,
    /// Cells that were as the bundle says already.
    pub scores_unchanged: usize,
    /// Rows that have no counterpart here.
    pub skipped: Skipped,
    /// Usernames of administrators whom the school does not know. No bundle makes one, so they were
    /// left out, with what they teach.
    pub administrators: Vec<String>,
}

impl OneRosterReport {
    pub(super) fn of(file: &FileDigest, wanted: &Wanted, plan: &Plan) -> Self {
        let places = &plan.places;
        let changed = plan.scores.iter().filter(|one| one.before.is_some());
        let changed = changed.count();
        let left_out = plan.left_out.iter();
        let left_out = left_out.filter_map(|place| wanted.people.get(*place));
        Self {
            terms: gaps(&places.terms),
            subjects: gaps(&places.subjects),
            classes: gaps(&places.classes),
            people: gaps(&places.people) - plan.left_out.len(),
            enrolments: plan.enrolments.len(),
            courses: gaps(&places.courses),
            teachers: plan.teachers.len(),
            exams: gaps(&places.exams),
            categories: gaps(&places.categories),
            assessments: gaps(&places.assessments),
            scores_new: plan.scores.len() - changed,
            scores_changed: changed,
            scores_unchanged: plan.unchanged,
            skipped: wanted.skipped,
            administrators: left_out.map(|person| person.username.clone()).collect(),
            plan_hash: fingerprint(file, plan),
            ..Self::default()
        }
    }

    fn created(&self) -> [usize; 10] {
        [
            self.terms,
            self.subjects,
            self.classes,
            self.people,
            self.enrolments,
            self.courses,
            self.teachers,
            self.exams,
            self.categories,
            self.assessments,
        ]
    }

    /// Whether the school has all of it already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.created().iter().all(|count| *count == 0) && self.scores_new + self.scores_changed == 0
    }
}

/// The file, what is there of it and what is not, and every score that is written with what it was.
fn fingerprint(file: &FileDigest, plan: &Plan) -> String {
    let mut print = Fingerprint::of("oneroster", file);
    let places = &plan.places;
    let mut known = |ids: &mut dyn Iterator<Item = Option<i64>>| {
        for id in ids {
            print.optional(id);
        }
        print.text("end");
    };
    known(&mut places.terms.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.subjects.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.classes.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.people.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.courses.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.exams.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.categories.iter().map(|id| id.map(|id| id.0)));
    known(&mut places.assessments.iter().map(|id| id.map(|id| id.0)));
    print.places(plan.left_out.iter().copied());
    print.places(plan.enrolments.iter().copied());
    print.places(plan.teachers.iter().copied());
    for score in &plan.scores {
        print.places([score.at]);
        print.optional(score.before.as_ref().map(|before| before.version));
        print.flag(score.corrected);
    }
    print.done()
}
