//! Which scores are written, and which may not be.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{AssessmentId, AssessmentState, ClassId, TermId, UserId};
use gradebook_persistence::query::courses::overlap;
use gradebook_persistence::query::gradebook::Assessment;
use gradebook_persistence::repo::scores::StoredScore;

use super::super::error::{Place, refusal_code};
use super::{PlannedScore, Planning, at};

/// First and last day in a class; without a last day, for good.
type Span<'a> = (&'a str, Option<&'a str>);

impl<'a> Planning<'a> {
    /// First and last day of a term: those of the school's, if it has the term.
    fn days(&self, place: usize) -> Option<(&'a str, &'a str)> {
        let id = at(&self.plan.places.terms, place);
        let mut known = self.school.terms.iter().map(|(term, _)| term);
        if let Some(term) = known.find(|term| Some(term.id) == id) {
            return Some((&term.starts_on, &term.ends_on));
        }
        let term = self.wanted.terms.get(place)?;
        Some((&term.starts_on, &term.ends_on))
    }

    pub(super) fn scores(&mut self) {
        let (wanted, school) = (self.wanted, self.school);
        let stored: HashMap<(AssessmentId, UserId), &StoredScore> = school
            .scores
            .iter()
            .map(|one| ((one.assessment, one.student), one))
            .collect();
        let columns: HashMap<AssessmentId, &Assessment> = school
            .assessments
            .iter()
            .map(|(one, _)| (one.id, one))
            .collect();
        let mut staying: HashMap<(ClassId, UserId), Vec<Span>> = HashMap::new();
        for one in &school.enrolments {
            let of = staying.entry((one.class, one.student)).or_default();
            of.push((&one.starts_on, one.ends_on.as_deref()));
        }
        let mut joining: HashMap<(usize, usize), Vec<Span>> = HashMap::new();
        let joined = self.plan.enrolments.iter();
        for one in joined.filter_map(|place| wanted.enrolments.get(*place)) {
            let of = joining.entry((one.class, one.person)).or_default();
            of.push((&one.starts_on, one.ends_on.as_deref()));
        }
        for (place, one) in wanted.scores.iter().enumerate() {
            let ids = &self.plan.places;
            let column = wanted.assessments.get(one.assessment);
            let course = column.and_then(|column| wanted.courses.get(column.course));
            let Some((class, term)) =
                course.and_then(|course| Some((course.class, self.days(course.term)?)))
            else {
                continue;
            };
            let member = at(&ids.classes, class).zip(at(&ids.people, one.person));
            let stays = member.and_then(|pair| staying.get(&pair));
            let joins = joining.get(&(class, one.person));
            let mut spans = stays.into_iter().chain(joins).flatten();
            if !spans.any(|span| overlap(term, *span)) {
                let detail = "the student was not in the class during the term";
                self.errors
                    .add(one.place, "studentSourcedId", "", "not_enrolled", detail);
                continue;
            }
            let assessment = at(&ids.assessments, one.assessment);
            let cell = assessment.zip(at(&ids.people, one.person));
            let before = cell.and_then(|cell| stored.get(&cell)).copied();
            if before.is_some_and(|it| it.score == one.score && it.comment == one.comment) {
                self.plan.unchanged += 1;
                continue;
            }
            let column = assessment.and_then(|id| columns.get(&id)).copied();
            // The bundle's own maximum says nothing about an assessment that is here already.
            if let Some(Err(refusal)) = column.map(|column| column.limits.check(one.score)) {
                let value = one.score.value().map(|value| value.to_string());
                let (code, shown) = (refusal_code(refusal), value.unwrap_or_default());
                let detail = format!("{refusal}, as the assessment is here");
                self.errors.add(one.place, "score", &shown, code, detail);
                continue;
            }
            let state = column.map(|column| column.state);
            let correction = state == Some(AssessmentState::Published) && before.is_some();
            if state == Some(AssessmentState::Locked) {
                let detail = "the assessment is locked here";
                self.errors.add(one.place, "score", "", "locked", detail);
            } else if correction && !self.has_reason {
                let detail = "this score is published here: changing it needs a reason";
                self.errors
                    .add(one.place, "score", "", "reason_required", detail);
            } else {
                let was = before.is_some_and(|stored| stored.corrected);
                self.plan.scores.push(PlannedScore {
                    at: place,
                    before: before.cloned(),
                    corrected: (correction && before.is_some_and(StoredScore::has_score))
                        || was
                        || one.corrected,
                });
            }
        }
    }

    /// Nothing is added to a term that is closed here.
    pub(super) fn closed_terms(&mut self) {
        let closed: HashSet<TermId> = self
            .school
            .terms
            .iter()
            .filter(|(term, _)| !term.open)
            .map(|(term, _)| term.id)
            .collect();
        let ids = &self.plan.places;
        let is_closed = |course: usize| {
            let term = self.wanted.courses.get(course).map(|course| course.term);
            term.and_then(|term| at(&ids.terms, term))
                .is_some_and(|term| closed.contains(&term))
        };
        let mut refused: Vec<Place> = Vec::new();
        for (place, course) in self.wanted.courses.iter().enumerate() {
            if at(&ids.courses, place).is_none() && is_closed(place) {
                refused.push(course.place);
            }
        }
        for (place, one) in self.wanted.assessments.iter().enumerate() {
            if at(&ids.assessments, place).is_none() && is_closed(one.course) {
                refused.push(one.place);
            }
        }
        for planned in &self.plan.scores {
            let score = self.wanted.scores.get(planned.at);
            let column = score.and_then(|one| self.wanted.assessments.get(one.assessment));
            if let (Some(score), Some(column)) = (score, column)
                && is_closed(column.course)
            {
                refused.push(score.place);
            }
        }
        for place in refused {
            self.errors
                .add(place, "", "", "term_closed", "the term is closed here");
        }
    }
}
