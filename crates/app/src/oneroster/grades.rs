//! Categories, assessments and scores of a bundle.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{Aggregation, AssessmentState, Points, Score, ScoreLimits, Weight};

use super::error::{Errors, OneRosterError, refusal_code};
use super::files::{CATEGORIES, LINE_ITEMS, RESULTS};
use super::read::{Reading, USUAL_FULL_MARKS, twice, weight};
use super::rows::Fields;
use super::wanted::{Ids, WantedAssessment, WantedCategory, WantedExam, WantedScore};

/// The category of a course for which a bundle names none.
pub(super) const CATEGORY: &str = "考试 Exams";

/// A category as its row has it; a foreign one belongs to no course until an assessment is in both.
struct CategoryRow {
    name: String,
    weight: Weight,
    aggregation: Aggregation,
    drop_lowest: u32,
    drop_highest: u32,
    position: Option<i64>,
}

pub(super) fn read(reading: &mut Reading<'_>) -> Result<(), OneRosterError> {
    let mut grades = Grades::default();
    reading.rows(CATEGORIES, false, |reading, fields, errors| {
        grades.category(reading, fields, errors);
    })?;
    reading.rows(LINE_ITEMS, false, |reading, fields, errors| {
        grades.line_item(reading, fields, errors);
    })?;
    reading.rows(RESULTS, false, |reading, fields, errors| {
        grades.result(reading, fields, errors);
    })?;
    grades.default_categories(reading);
    Ok(())
}

#[derive(Default)]
struct Grades {
    rows: Vec<CategoryRow>,
    row_ids: Ids,
    /// Course and name of each category that is wanted.
    wanted: HashMap<(usize, String), usize>,
    line_items: Ids,
    exams: HashMap<(usize, String), usize>,
    /// Courses that have an assessment of an exam.
    in_exam: HashSet<(usize, usize)>,
    /// Assessments of each course so far.
    counts: HashMap<usize, i64>,
    /// Categories of each course so far.
    category_counts: HashMap<usize, i64>,
    cells: HashSet<(usize, usize)>,
}

impl Grades {
    fn category(&mut self, reading: &mut Reading<'_>, fields: &Fields<'_>, errors: &mut Errors) {
        let (Some(id), Some(name)) = (
            fields.need("sourcedId", 255, errors),
            fields.need("title", 64, errors),
        ) else {
            return;
        };
        let exact = weight(fields, "metadata.gradebook.weight", errors);
        let stated = exact.or_else(|| weight(fields, "weight", errors));
        let row = CategoryRow {
            name,
            weight: stated.unwrap_or(Weight::HUNDRED),
            aggregation: fields
                .one_of("metadata.gradebook.aggregation", errors)
                .unwrap_or(Aggregation::Points),
            drop_lowest: fields
                .one_of("metadata.gradebook.dropLowest", errors)
                .unwrap_or(0),
            drop_highest: fields
                .one_of("metadata.gradebook.dropHighest", errors)
                .unwrap_or(0),
            position: fields.one_of("metadata.gradebook.position", errors),
        };
        self.rows.push(row);
        let at = self.rows.len() - 1;
        if self.row_ids.insert(id.clone(), at).is_some() {
            twice(fields, &id, errors);
        }
        // One of ours is there even if no assessment is in it.
        let column = "metadata.gradebook.class";
        if !fields.get(column).is_empty()
            && let Some(course) = fields.refer(column, &reading.courses, errors)
        {
            self.in_course(reading, at, course);
        }
    }

    /// The category that a row becomes in a course.
    fn in_course(&mut self, reading: &mut Reading<'_>, row: usize, course: usize) -> Option<usize> {
        let row = self.rows.get(row)?;
        let key = (course, row.name.clone());
        if let Some(known) = self.wanted.get(&key) {
            return Some(*known);
        }
        let categories = &mut reading.wanted.categories;
        let nth = self.category_counts.entry(course).or_insert(0);
        *nth += 1;
        categories.push(WantedCategory {
            course,
            name: row.name.clone(),
            weight: row.weight,
            aggregation: row.aggregation,
            drop_lowest: row.drop_lowest,
            drop_highest: row.drop_highest,
            position: row.position.unwrap_or(*nth),
        });
        self.wanted.insert(key, categories.len() - 1);
        Some(categories.len() - 1)
    }

    /// The category of a course where the bundle names none.
    fn default_category(&mut self, reading: &mut Reading<'_>, course: usize) -> usize {
        let categories = &mut reading.wanted.categories;
        *self
            .wanted
            .entry((course, CATEGORY.to_owned()))
            .or_insert_with(|| {
                *self.category_counts.entry(course).or_insert(0) += 1;
                categories.push(WantedCategory {
                    course,
                    name: CATEGORY.to_owned(),
                    weight: Weight::HUNDRED,
                    aggregation: Aggregation::Points,
                    drop_lowest: 0,
                    drop_highest: 0,
                    position: 1,
                });
                categories.len() - 1
            })
    }

    /// A course without any category could take no assessment.
    fn default_categories(&mut self, reading: &mut Reading<'_>) {
        let with: HashSet<usize> = self.wanted.keys().map(|(course, _)| *course).collect();
        for course in 0..reading.wanted.courses.len() {
            if !with.contains(&course) {
                self.default_category(reading, course);
            }
        }
    }

    fn line_item(&mut self, reading: &mut Reading<'_>, fields: &Fields<'_>, errors: &mut Errors) {
        let (Some(id), Some(title), Some(course)) = (
            fields.need("sourcedId", 255, errors),
            fields.need("title", 128, errors),
            fields.refer("classSourcedId", &reading.courses, errors),
        ) else {
            return;
        };
        let category = if fields.get("categorySourcedId").is_empty() {
            Some(self.default_category(reading, course))
        } else {
            fields
                .refer("categorySourcedId", &self.row_ids, errors)
                .and_then(|row| self.in_course(reading, row, course))
        };
        let stated_day = fields
            .day("dueDate", errors)
            .or_else(|| fields.day("assignDate", errors));
        let held_on = stated_day.or_else(|| {
            let term = reading.wanted.courses.get(course)?.term;
            Some(reading.wanted.terms.get(term)?.starts_on.clone())
        });
        let usual = Points::from_whole(USUAL_FULL_MARKS).unwrap_or_default();
        let max_score = fields.points("resultValueMax", errors).unwrap_or(usual);
        if max_score <= Points::ZERO {
            let detail = "full marks are more than zero";
            let shown = fields.get("resultValueMax");
            errors.add(
                fields.place,
                "resultValueMax",
                shown,
                "not_positive",
                detail,
            );
            return;
        }
        let extra = fields.points("metadata.gradebook.extraCredit", errors);
        let exam = self.exam(reading, course, fields, errors);
        let count = self.counts.entry(course).or_insert(0);
        *count += 1;
        let (Some(category), Some(held_on)) = (category, held_on) else {
            return;
        };
        // What comes from elsewhere is shown to students by a person, not by an import.
        let state = fields
            .one_of("metadata.gradebook.state", errors)
            .unwrap_or(AssessmentState::Draft);
        let assessment = WantedAssessment {
            place: fields.place,
            course,
            category,
            exam,
            title,
            limits: ScoreLimits {
                max_score,
                extra_credit_limit: extra.unwrap_or_default().max(Points::ZERO),
            },
            weight: weight(fields, "metadata.gradebook.weight", errors).unwrap_or(Weight::HUNDRED),
            held_on,
            state,
            locked_by_term: state == AssessmentState::Locked
                && fields.get("metadata.gradebook.lockedByTerm") == "true",
            position: fields
                .one_of("metadata.gradebook.position", errors)
                .unwrap_or(*count),
        };
        reading.wanted.assessments.push(assessment);
        let at = reading.wanted.assessments.len() - 1;
        if self.line_items.insert(id.clone(), at).is_some() {
            twice(fields, &id, errors);
        }
    }

    fn exam(
        &mut self,
        reading: &mut Reading<'_>,
        course: usize,
        fields: &Fields<'_>,
        errors: &mut Errors,
    ) -> Option<usize> {
        let name = fields.may("metadata.gradebook.exam", 128, errors)?;
        let term = reading.wanted.courses.get(course)?.term;
        let held_on = fields.day("metadata.gradebook.examDate", errors)?;
        let kind = ["midterm", "final", "monthly", "quiz"]
            .into_iter()
            .find(|kind| *kind == fields.get("metadata.gradebook.examKind"))
            .unwrap_or("quiz");
        let exams = &mut reading.wanted.exams;
        let at = *self.exams.entry((term, name.clone())).or_insert_with(|| {
            exams.push(WantedExam {
                term,
                name,
                kind,
                held_on,
            });
            exams.len() - 1
        });
        if !self.in_exam.insert((at, course)) {
            let detail = "the course has another assessment of this exam";
            let shown = fields.get("metadata.gradebook.exam");
            errors.add(
                fields.place,
                "metadata.gradebook.exam",
                shown,
                "duplicate_assessment",
                detail,
            );
        }
        Some(at)
    }

    fn result(&mut self, reading: &mut Reading<'_>, fields: &Fields<'_>, errors: &mut Errors) {
        let (Some(assessment), Some(person)) = (
            fields.refer("lineItemSourcedId", &self.line_items, errors),
            fields.refer("studentSourcedId", &reading.people, errors),
        ) else {
            return;
        };
        let comment = fields.remark("comment", errors);
        let Some(score) = score(fields, errors) else {
            reading.wanted.skipped.results += 1;
            return;
        };
        if score == Score::Blank && comment.is_none() {
            return;
        }
        let limits = reading
            .wanted
            .assessments
            .get(assessment)
            .map(|one| one.limits);
        if let Some(Err(refusal)) = limits.map(|limits| limits.check(score)) {
            let (code, shown) = (refusal_code(refusal), fields.get("score"));
            errors.add(fields.place, "score", shown, code, refusal.to_string());
            return;
        }
        if !self.cells.insert((assessment, person)) {
            let detail = "an earlier row has the same student and line item";
            errors.add(fields.place, "", "", "duplicate_result", detail);
            return;
        }
        reading.wanted.scores.push(WantedScore {
            place: fields.place,
            assessment,
            person,
            score,
            comment,
            corrected: fields.get("metadata.gradebook.corrected") == "true",
        });
    }
}

/// What a result says; `None` for one that has no counterpart, such as a letter.
fn score(fields: &Fields<'_>, errors: &mut Errors) -> Option<Score> {
    let status = fields.get("scoreStatus").to_ascii_lowercase();
    let text = Score::parse_entry(fields.get("textScore")).ok();
    if status == "exempt" {
        return Some(Score::Excused);
    }
    if !fields.get("score").is_empty() && status != "not submitted" {
        return fields.points("score", errors).map(Score::Scored);
    }
    if let Some(text) = text.filter(|score| *score != Score::Blank) {
        return Some(text);
    }
    if fields.get("missing").eq_ignore_ascii_case("true") {
        return Some(Score::Missing);
    }
    fields.get("textScore").is_empty().then_some(Score::Blank)
}
