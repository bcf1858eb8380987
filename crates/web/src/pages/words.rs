//! Names and scores in the visitor's words.

use gradebook_app::AssessmentGrade;
use gradebook_app::read::{Class, Course, Exam, Subject, Term};
use gradebook_domain::{ClassStatistics, Points, Score};

use super::my_review::OwnReview;
use super::reviews::mark;
use crate::i18n::{DateText, Locale, T};

/// A subject's name in the language.
pub(crate) fn subject_name(t: T, subject: &Subject) -> String {
    match t.locale() {
        Locale::En => subject.name_en.clone(),
        Locale::ZhCn => subject.name_zh.clone(),
    }
}

/// Grade level and name as one text, without a space between Chinese characters.
pub(crate) fn class_name(class: &Class) -> String {
    let is_wide = |letter: Option<char>| letter.is_some_and(|letter| letter >= '\u{2e80}');
    let (level, name) = (class.grade_level.trim(), class.name.trim());
    let joined = is_wide(level.chars().last()) && is_wide(name.chars().next());
    let space = if joined || level.is_empty() { "" } else { " " };
    format!("{level}{space}{name}")
}

/// Subject and class.
pub(crate) fn course_name(t: T, course: &Course) -> String {
    let class = class_name(&course.class);
    format!("{} · {class}", subject_name(t, &course.subject))
}

/// School year and name.
pub(crate) fn term_name(term: &Term) -> String {
    format!("{} {}", term.school_year, term.name)
}

/// The names of a course's teachers.
pub(crate) fn teacher_names(t: T, course: &Course) -> String {
    t.list(course.teachers.iter().map(|teacher| &teacher.name))
}

/// What sort of exam it is; nothing for one that has no word.
pub(super) fn exam_kind(t: T, exam: &Exam) -> Option<String> {
    let key = match exam.kind.as_str() {
        "midterm" => "exam-kind-midterm",
        "final" => "exam-kind-final",
        "monthly" => "exam-kind-monthly",
        "quiz" => "exam-kind-quiz",
        _ => return None,
    };
    Some(t.get(key))
}

/// A score as a value or a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScoreText {
    /// The value, if there is one.
    pub(super) value: Option<String>,
    /// Full marks.
    pub(super) max: String,
    /// The status in a word, if there is no value.
    pub(super) status: String,
}

impl ScoreText {
    pub(super) fn new(t: T, score: Score, max: Points) -> Self {
        let status = match score {
            Score::Scored(_) => None,
            Score::Blank => Some("status-blank"),
            Score::Absent => Some("status-absent"),
            Score::Excused => Some("status-excused"),
            Score::Missing => Some("status-missing"),
        };
        Self {
            value: score.value().map(|value| value.to_string()),
            max: t.with("out-of", "max", max),
            status: status.map(|key| t.get(key)).unwrap_or_default(),
        }
    }

    /// On one line.
    pub(super) fn line(&self) -> String {
        match &self.value {
            Some(value) => format!("{value} {}", self.max),
            None => self.status.clone(),
        }
    }
}

/// One published assessment as a student reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GradeRow {
    /// What the page's script knows the row by.
    pub(super) live: String,
    pub(super) title: String,
    /// The subject among all courses, the category in one course.
    pub(super) group: String,
    /// Where the row leads, if anywhere.
    pub(super) href: Option<String>,
    pub(super) date: DateText,
    pub(super) score: ScoreText,
    /// What the script reads out before the new value.
    pub(super) spoken: String,
    pub(super) corrected: bool,
    /// It came into sight since the student looked last.
    pub(super) is_new: bool,
    pub(super) corrected_at: Option<DateText>,
    pub(super) comment: Option<String>,
    /// How the class did, where the course shows it.
    pub(super) class: Option<ClassFigures>,
    /// Where a link to this score leads.
    pub(super) id: Option<String>,
    /// What the score was before it was corrected.
    pub(super) was: Option<String>,
    /// What became of a request for a review.
    pub(super) review: Option<OwnReview>,
    /// Where to ask for one, and what the link says.
    pub(super) ask: Option<(String, String)>,
}

/// How the class did, in words and as ten bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassFigures {
    pub(super) text: String,
    /// What the bars say, for who does not see them.
    pub(super) bars_text: String,
    /// The bars, in a picture of 100 × 20.
    pub(super) bars: Vec<Bar>,
}

/// A tenth of the full marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(super) x: usize,
    pub(super) height: usize,
    /// The own score is in it.
    pub(super) own: bool,
}

impl ClassFigures {
    /// `own` is the tenth of the own score.
    fn new(t: T, figures: &ClassStatistics, own: Option<usize>) -> Self {
        let most = figures.tenths.iter().copied().max().unwrap_or(0).max(1);
        let tenths = figures.tenths.iter().enumerate();
        let spans = tenths.clone().filter(|(_, count)| **count > 0);
        let ends = |place: usize| ((place * 10).to_string(), (place * 10 + 10).to_string());
        let spans = spans.map(|(place, count)| {
            let (from, to) = ends(place);
            let count = count.to_string();
            t.args(
                "class-tenth",
                &[("from", &from), ("to", &to), ("count", &count)],
            )
        });
        let yours = own.map(|place| {
            let (from, to) = ends(place);
            t.args("class-own", &[("from", &from), ("to", &to)])
        });
        Self {
            bars_text: t.list(spans.chain(yours)),
            text: t.args(
                "class-mean",
                &[
                    ("mean", &figures.mean.rounded().fixed()),
                    ("count", &figures.count.to_string()),
                ],
            ),
            // Nobody is invisible: a bar of one has a height.
            bars: tenths
                .map(|(place, count)| Bar {
                    x: place * 10,
                    height: (count * 20).div_ceil(most),
                    own: own == Some(place),
                })
                .collect(),
        }
    }
}

impl GradeRow {
    pub(super) fn new(t: T, course: &Course, grade: &AssessmentGrade) -> Self {
        let assessment = &grade.assessment;
        let stored = grade.stored.as_ref();
        let max = assessment.limits.max_score;
        let own = grade.score().value();
        let own = own.and_then(|value| ClassStatistics::tenth(value, max));
        let corrected_at = grade.correction().map(|correction| correction.at);
        let corrected_at = corrected_at.or(grade.shown_at());
        let subject = subject_name(t, &course.subject);
        Self {
            live: format!("a{}", assessment.id),
            title: assessment.title.clone(),
            group: grade.category.clone(),
            href: None,
            date: t.date(&assessment.held_on),
            score: ScoreText::new(t, grade.score(), max),
            spoken: t.args(
                "grade-of",
                &[("subject", &subject), ("title", &assessment.title)],
            ),
            corrected: grade.corrected,
            is_new: false,
            corrected_at: corrected_at
                .filter(|_| grade.corrected)
                .map(|at| t.instant(at)),
            comment: stored
                .and_then(|stored| stored.comment.clone())
                .filter(|comment| !comment.is_empty()),
            class: grade
                .class_statistics
                .as_ref()
                .map(|figures| ClassFigures::new(t, figures, own)),
            id: None,
            was: grade
                .correction()
                .map(|correction| t.with("my-review-was", "score", mark(t, correction.before))),
            review: None,
            ask: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use gradebook_domain::ClassId;

    use super::*;

    #[test]
    fn a_class_is_named_as_people_write_it() {
        for (level, name, expected) in [
            ("六年级", "三班", "六年级三班"),
            ("Grade 6", "Class 3", "Grade 6 Class 3"),
            ("六年级", "3", "六年级 3"),
            ("", "Chess", "Chess"),
        ] {
            let class = Class {
                id: ClassId(1),
                school_year: String::new(),
                grade_level: level.to_owned(),
                name: name.to_owned(),
            };
            assert_eq!(class_name(&class), expected);
        }
    }
}
