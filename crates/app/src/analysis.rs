//! An exam's analysis 成绩分析.
//!
//! Reading order: here what is asked and answered; `parts` puts the domain's figures beside the
//! names of subjects and classes and keeps back what tells of single pupils; `rules` sets lines,
//! weights and what follows a tie.

mod parts;
mod rules;

use std::collections::{BTreeMap, HashMap, HashSet};

use gradebook_auth::actions::{ExamAccess, SeeExamAnalysis};
use gradebook_auth::{Actor, Denied, Grant, Role, authorize};
use gradebook_domain::{
    AllSubjects, AssessmentState, ClassFigures, ClassId, ExamAnalysis, ExamId, ExamScores, Figures,
    Lines, StudentPlace, SubjectId, UserId, UsualExcellent, analyse,
};
use gradebook_persistence::query::access;
use gradebook_persistence::query::analysis::{self, ExamResults};
use gradebook_persistence::query::courses::{Class, Subject, Term};
use gradebook_persistence::query::gradebook::{Exam, Student};
use gradebook_persistence::repo::exam_rules::ExamSettings;
use gradebook_persistence::{DatabaseFailure, DbError};

pub use rules::{LineEdit, LineField, LineRefusal, SetRulesError};

use crate::App;

/// With fewer pupils of other classes in it, a teacher is not told a grade level's figures.
const FEWEST_OTHERS: usize = 10;

/// An exam's analysis, as far as the actor may see it.
#[derive(Debug, Clone)]
pub struct ExamAnalysisView {
    /// The exam.
    pub exam: Exam,
    /// Its term.
    pub term: Term,
    /// The composite's weights and what follows a tie.
    pub settings: ExamSettings,
    /// The exam that it is compared with.
    pub earlier: Option<Exam>,
    /// The classes that the actor may see.
    pub classes: Vec<Class>,
    /// The one that was asked for.
    pub class: Option<ClassId>,
    /// Whether these are all that sat the exam.
    pub whole: bool,
    /// Whether the actor may set lines and weights.
    pub may_edit: bool,
    /// By subject, in the order of subjects.
    pub subjects: Vec<SubjectView>,
    /// Over all subjects, by class.
    pub all_subjects: Vec<(Class, AllSubjects)>,
    /// By class and student number.
    pub students: Vec<StudentView>,
}

/// One subject of an exam.
#[derive(Debug, Clone)]
pub struct SubjectView {
    /// The subject.
    pub subject: Subject,
    /// By class.
    pub classes: Vec<ClassView>,
    /// By grade level.
    pub grade_levels: Vec<GradeView>,
}

/// One subject's figures in a class.
#[derive(Debug, Clone)]
pub struct ClassView {
    /// The class.
    pub class: Class,
    /// Whether students see these scores.
    pub state: AssessmentState,
    /// The lines of its grade level.
    pub lines: Lines,
    /// The figures.
    pub figures: ClassFigures,
}

/// One subject's figures in a grade level.
#[derive(Debug, Clone)]
pub struct GradeView {
    /// The grade level.
    pub grade_level: String,
    /// The lines that hold there.
    pub lines: Lines,
    /// Whether somebody set them; otherwise they follow from full marks.
    pub lines_set: bool,
    /// How many classes of it sat the subject.
    pub classes: usize,
    /// `None` while nothing is scored, or when it would tell of single pupils.
    pub figures: Option<Figures>,
    /// Whether figures exist that the actor is not told.
    pub withheld: bool,
    /// Whether highest and lowest may be told: they are single pupils' scores.
    pub extremes: bool,
}

/// One student's total and ranks.
#[derive(Debug, Clone)]
pub struct StudentView {
    /// The student.
    pub student: Student,
    /// Total and ranks; no rank in the grade level where that would tell of single pupils.
    pub place: StudentPlace,
    /// Subjects that the class sat.
    pub subjects: usize,
    /// The rank in the grade level at the earlier exam.
    pub earlier_rank: Option<usize>,
    /// By how many places they went up or down in the grade level.
    pub rank_change: Option<i64>,
    /// Whether a score in every subject stands behind both ranks, so that they can be compared.
    pub comparable: bool,
}

/// What became of an exam's students, and how many subjects each class sat.
struct Sitting {
    places: HashMap<UserId, StudentPlace>,
    subjects: HashMap<ClassId, usize>,
}

impl Sitting {
    /// Whether the student has a score in every subject of the class.
    fn complete(&self, place: &StudentPlace) -> bool {
        let subjects = self.subjects.get(&place.class);
        subjects.is_some_and(|subjects| place.counted >= *subjects)
    }
}

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// No such exam, or no such class in it, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// The actor may know of it but not see it.
    #[error("not allowed")]
    Forbidden,
    /// The exam to compare with does not exist, or the actor may not know of it.
    #[error("there is no such exam to compare with")]
    UnknownEarlierExam,
    /// An exam is not compared with itself.
    #[error("an exam is compared with another one")]
    SameExam,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl DatabaseFailure for AnalysisError {
    fn database_failure(&self) -> Option<&DbError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Denied> for AnalysisError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Hidden => Self::NotFound,
            Denied::Visible => Self::Forbidden,
        }
    }
}

impl App {
    /// The analysis of an exam: of all its classes for an admin, of the taught ones for a teacher;
    /// of one of them if `class` is given. Scores of drafts count: staff see them anyway.
    ///
    /// # Errors
    /// [`AnalysisError::NotFound`] for an exam or a class that the actor may not see.
    pub async fn exam_analysis(
        &self,
        actor: &Actor,
        exam: ExamId,
        class: Option<ClassId>,
        compare_to: Option<ExamId>,
    ) -> Result<ExamAnalysisView, AnalysisError> {
        let (grant, results) = self
            .exam_results(actor, exam)
            .await?
            .ok_or(AnalysisError::NotFound)?;
        let earlier = match compare_to {
            None => None,
            Some(other) if other == exam => return Err(AnalysisError::SameExam),
            Some(other) => Some(
                self.exam_results(actor, other)
                    .await?
                    .ok_or(AnalysisError::UnknownEarlierExam)?,
            ),
        };
        let sight = Sight::of(&grant, &results);
        if class.is_some_and(|class| !sight.classes.contains(&class)) {
            return Err(AnalysisError::NotFound);
        }
        let shown: HashSet<ClassId> = match class {
            Some(class) => HashSet::from([class]),
            None => sight.classes.clone(),
        };
        let day = &results.term.starts_on;
        let students = analysis::students(&self.db, &grant, &shown, day).await?;
        let figures = analyse(&exam_scores(&results));
        let sitting = |sight: &Sight, results: &ExamResults, figures: &ExamAnalysis| Sitting {
            places: sight.places(results, figures),
            subjects: parts::subject_counts(results),
        };
        let before = earlier.as_ref().map(|(grant, results)| {
            let figures = analyse(&exam_scores(results));
            sitting(&Sight::of(grant, results), results, &figures)
        });
        let now = sitting(&sight, &results, &figures);
        let students = parts::students(&now, before.as_ref(), students, &shown);
        let named = |class: ClassId| results.classes.iter().find(|one| one.id == class);
        Ok(ExamAnalysisView {
            subjects: parts::subjects(&results, &figures, &sight, &shown),
            all_subjects: figures
                .all_subjects
                .iter()
                .filter(|line| shown.contains(&line.class))
                .filter_map(|line| Some((named(line.class)?.clone(), *line)))
                .collect(),
            students,
            classes: results
                .classes
                .iter()
                .filter(|class| sight.classes.contains(&class.id))
                .cloned()
                .collect(),
            class,
            whole: sight.whole,
            may_edit: actor.role == Role::Admin,
            settings: results.rules.settings.unwrap_or_default(),
            earlier: earlier.map(|(_, results)| results.exam),
            exam: results.exam,
            term: results.term,
        })
    }

    /// The results of an exam that the actor may see; `None` if there is none.
    async fn exam_results(
        &self,
        actor: &Actor,
        exam: ExamId,
    ) -> Result<Option<(Grant<SeeExamAnalysis>, ExamResults)>, AnalysisError> {
        let Some(facts) = access::exam(&self.db, actor, exam).await? else {
            return Ok(None);
        };
        let grant = match authorize::<SeeExamAnalysis>(actor, facts) {
            Ok(grant) => grant,
            Err(Denied::Hidden) => return Ok(None),
            Err(denied @ Denied::Visible) => return Err(denied.into()),
        };
        let results = analysis::exam_results(&self.db, &grant).await?;
        Ok(results.map(|results| (grant, results)))
    }
}

/// What of an exam an actor may see.
struct Sight {
    classes: HashSet<ClassId>,
    /// All classes that sat it.
    whole: bool,
}

impl Sight {
    fn of(grant: &Grant<SeeExamAnalysis>, results: &ExamResults) -> Self {
        let all: HashSet<ClassId> = results.classes.iter().map(|class| class.id).collect();
        let ExamAccess { taught_classes, .. } = grant.on();
        let classes = if grant.actor().role == Role::Admin {
            all.clone()
        } else {
            taught_classes.iter().copied().collect()
        };
        Self {
            whole: classes.is_superset(&all),
            classes,
        }
    }

    /// Whether figures over a group with so many pupils of other classes tell nothing of single ones.
    fn may_tell(&self, others: usize) -> bool {
        self.whole || others == 0 || others >= FEWEST_OTHERS
    }

    /// The places of the pupils of these classes.
    fn places(
        &self,
        results: &ExamResults,
        figures: &ExamAnalysis,
    ) -> HashMap<UserId, StudentPlace> {
        let level: HashMap<ClassId, &str> = results
            .classes
            .iter()
            .map(|class| (class.id, class.grade_level.as_str()))
            .collect();
        let mut others: HashMap<&str, usize> = HashMap::new();
        for place in &figures.students {
            if place.total.is_some() && !self.classes.contains(&place.class) {
                let level = level.get(&place.class).copied().unwrap_or_default();
                *others.entry(level).or_default() += 1;
            }
        }
        figures
            .students
            .iter()
            .filter(|place| self.classes.contains(&place.class))
            .map(|place| {
                let level = level.get(&place.class).copied().unwrap_or_default();
                let mut place = *place;
                if !self.may_tell(others.get(level).copied().unwrap_or(0)) {
                    place.rank_in_grade = None;
                }
                (place.student, place)
            })
            .collect()
    }
}

/// What the domain calculates from, with the usual lines where nobody set any.
fn exam_scores(results: &ExamResults) -> ExamScores {
    let settings = results.rules.settings.unwrap_or_default();
    ExamScores {
        grade_levels: results
            .classes
            .iter()
            .map(|class| (class.id, class.grade_level.clone()))
            .collect(),
        members: results.members.clone(),
        columns: results
            .columns
            .iter()
            .map(|column| (column.subject, column.class))
            .collect(),
        lines: lines(results),
        marks: results.marks.clone(),
        weights: settings.weights,
        rank_style: settings.rank_style,
    }
}

fn lines(results: &ExamResults) -> BTreeMap<SubjectId, BTreeMap<String, Lines>> {
    let levels: HashMap<ClassId, &str> = results
        .classes
        .iter()
        .map(|class| (class.id, class.grade_level.as_str()))
        .collect();
    let mut lines: BTreeMap<SubjectId, BTreeMap<String, Lines>> = BTreeMap::new();
    for subject in &results.subjects {
        // Classes of one grade level may have been given different full marks; the highest count.
        let mut full = BTreeMap::new();
        for column in results
            .columns
            .iter()
            .filter(|one| one.subject == subject.id)
        {
            if let Some(level) = levels.get(&column.class) {
                let highest = full.entry(*level).or_insert(column.max_score);
                *highest = column.max_score.max(*highest);
            }
        }
        for (level, full) in full {
            let set = results.rules.lines.get(&(subject.id, level.to_owned()));
            let usual = || Lines::usual(full, usual_excellent(subject)).ok();
            if let Some(found) = set.copied().or_else(usual) {
                let of_subject = lines.entry(subject.id).or_default();
                of_subject.insert(level.to_owned(), found);
            }
        }
    }
    lines
}

/// Schools call a Chinese paper excellent from 85 % on, others from 90 % on.
fn usual_excellent(subject: &Subject) -> UsualExcellent {
    if subject.code == "chinese" {
        UsualExcellent::Percent85
    } else {
        UsualExcellent::Percent90
    }
}
