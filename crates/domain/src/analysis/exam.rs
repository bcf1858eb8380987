//! A whole exam: figures by subject, class and grade level, ranks of classes and of students.

use std::collections::{BTreeMap, BTreeSet};

use super::composite::CompositeWeights;
use super::figures::Figures;
use super::lines::Lines;
use super::students::{self, Scored, StudentPlace};
use crate::exact::Exact;
use crate::ids::{ClassId, SubjectId, UserId};
use crate::points::Points;
use crate::rank::{RankStyle, ranks};
use crate::score::Score;

/// What one student got in one subject of the exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The class that sat the subject.
    pub class: ClassId,
    /// The subject.
    pub subject: SubjectId,
    /// The student.
    pub student: UserId,
    /// The score.
    pub score: Score,
}

/// Everything that an analysis is made from. Marks of students who are not among the members of the
/// class, or of a subject that the class did not sit, count nowhere.
#[derive(Debug, Clone)]
pub struct ExamScores {
    /// The grade level of each class.
    pub grade_levels: BTreeMap<ClassId, String>,
    /// Who belongs to which class.
    pub members: BTreeSet<(ClassId, UserId)>,
    /// Which class sat which subject.
    pub columns: BTreeSet<(SubjectId, ClassId)>,
    /// The lines of each subject in each grade level; a subject without lines has no figures.
    pub lines: BTreeMap<SubjectId, BTreeMap<String, Lines>>,
    /// What is known of the students.
    pub marks: Vec<Mark>,
    /// How the composite is weighted.
    pub weights: CompositeWeights,
    /// What follows a tie, of classes and of students.
    pub rank_style: RankStyle,
}

/// The analysis of an exam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamAnalysis {
    /// By subject.
    pub subjects: Vec<SubjectAnalysis>,
    /// Over all subjects of each class.
    pub all_subjects: Vec<AllSubjects>,
    /// Totals and ranks, by class and student.
    pub students: Vec<StudentPlace>,
}

/// One subject's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectAnalysis {
    /// The subject.
    pub subject: SubjectId,
    /// By class.
    pub classes: Vec<ClassFigures>,
    /// Over all classes of a grade level.
    pub grade_levels: Vec<GradeFigures>,
}

/// One subject's figures in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassFigures {
    /// The class.
    pub class: ClassId,
    /// Its grade level.
    pub grade_level: String,
    /// `None` while nothing is scored.
    pub figures: Option<Figures>,
    /// The place among the classes of the grade level by mean, unrounded.
    pub rank_by_mean: Option<usize>,
    /// The place among them by composite.
    pub rank_by_composite: Option<usize>,
}

/// One subject's figures in a grade level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradeFigures {
    /// The grade level.
    pub grade_level: String,
    /// The lines that hold there.
    pub lines: Lines,
    /// `None` while nothing is scored.
    pub figures: Option<Figures>,
}

/// How many students of a class reach the lines of all subjects that the class sat (三科及格率).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AllSubjects {
    /// The class.
    pub class: ClassId,
    /// Those who have a score in each subject; the others do not count here.
    pub counted: usize,
    /// Of these, those who pass everything.
    pub passed_all: usize,
    /// Of these, those who are excellent in everything.
    pub excellent_all: usize,
}

/// Puts the figures of an exam together.
#[must_use]
pub fn analyse(exam: &ExamScores) -> ExamAnalysis {
    let mut columns: BTreeMap<(SubjectId, ClassId), Vec<Points>> = BTreeMap::new();
    let mut scored: BTreeMap<UserId, Scored> = BTreeMap::new();
    for (class, student) in &exam.members {
        scored
            .entry(*student)
            .or_default()
            .entry(*class)
            .or_default();
    }
    for mark in &exam.marks {
        let column = (mark.subject, mark.class);
        let counts =
            exam.members.contains(&(mark.class, mark.student)) && exam.columns.contains(&column);
        let (true, Some(value)) = (counts, mark.score.value()) else {
            continue;
        };
        columns.entry(column).or_default().push(value);
        scored
            .entry(mark.student)
            .or_default()
            .entry(mark.class)
            .or_default()
            .insert(mark.subject, value);
    }
    let subjects: BTreeSet<SubjectId> = exam.columns.iter().map(|(subject, _)| *subject).collect();
    ExamAnalysis {
        subjects: subjects
            .into_iter()
            .filter_map(|subject| subject_analysis(exam, subject, &columns))
            .collect(),
        all_subjects: all_subjects(exam, &scored),
        students: students::places(
            &scored,
            |class| exam.grade_levels.get(&class).map(String::as_str),
            exam.rank_style,
        ),
    }
}

fn subject_analysis(
    exam: &ExamScores,
    subject: SubjectId,
    columns: &BTreeMap<(SubjectId, ClassId), Vec<Points>>,
) -> Option<SubjectAnalysis> {
    let lines = exam.lines.get(&subject)?;
    let mut classes = Vec::new();
    let mut levels: BTreeMap<&str, Vec<Points>> = BTreeMap::new();
    for (_, class) in exam.columns.iter().filter(|(of, _)| *of == subject) {
        let Some(level) = exam.grade_levels.get(class) else {
            continue;
        };
        let values = columns
            .get(&(subject, *class))
            .map_or(&[][..], Vec::as_slice);
        levels.entry(level).or_default().extend(values);
        classes.push(ClassFigures {
            class: *class,
            grade_level: level.clone(),
            figures: lines
                .get(level)
                .and_then(|lines| Figures::of(values, lines, &exam.weights)),
            rank_by_mean: None,
            rank_by_composite: None,
        });
    }
    rank_classes(&mut classes, exam.rank_style);
    let grade_levels = levels
        .into_iter()
        .filter_map(|(level, values)| {
            let lines = *lines.get(level)?;
            Some(GradeFigures {
                grade_level: level.to_owned(),
                lines,
                figures: Figures::of(&values, &lines, &exam.weights),
            })
        })
        .collect();
    Some(SubjectAnalysis {
        subject,
        classes,
        grade_levels,
    })
}

fn rank_classes(classes: &mut [ClassFigures], style: RankStyle) {
    let by_mean = rank_in_level(classes, style, |figures| figures.statistics.mean.clone());
    let by_composite = rank_in_level(classes, style, |figures| Exact::from(figures.composite));
    for (row, class) in classes.iter_mut().enumerate() {
        class.rank_by_mean = by_mean.get(&row).copied();
        class.rank_by_composite = by_composite.get(&row).copied();
    }
}

fn rank_in_level(
    classes: &[ClassFigures],
    style: RankStyle,
    key: impl Fn(&Figures) -> Exact,
) -> BTreeMap<usize, usize> {
    let mut levels: BTreeMap<&str, Vec<(usize, Exact)>> = BTreeMap::new();
    for (row, class) in classes.iter().enumerate() {
        if let Some(figures) = &class.figures {
            levels
                .entry(&class.grade_level)
                .or_default()
                .push((row, key(figures)));
        }
    }
    levels
        .into_values()
        .flat_map(|rows| ranks(&rows, style))
        .collect()
}

fn all_subjects(exam: &ExamScores, scored: &BTreeMap<UserId, Scored>) -> Vec<AllSubjects> {
    let mut sat: BTreeMap<ClassId, Vec<SubjectId>> = BTreeMap::new();
    for (subject, class) in &exam.columns {
        sat.entry(*class).or_default().push(*subject);
    }
    let mut found: BTreeMap<ClassId, AllSubjects> = sat
        .keys()
        .map(|class| {
            let none = AllSubjects {
                class: *class,
                counted: 0,
                passed_all: 0,
                excellent_all: 0,
            };
            (*class, none)
        })
        .collect();
    for (class, values) in scored.values().flatten() {
        let (Some(line), Some(subjects), Some(level)) = (
            found.get_mut(class),
            sat.get(class),
            exam.grade_levels.get(class),
        ) else {
            continue;
        };
        if values.len() < subjects.len() {
            continue;
        }
        let reach_all = |line: fn(&Lines) -> Points| {
            values.iter().all(|(subject, value)| {
                let lines = exam.lines.get(subject).and_then(|by| by.get(level));
                lines.is_some_and(|lines| *value >= line(lines))
            })
        };
        line.counted += 1;
        line.passed_all += usize::from(reach_all(Lines::pass));
        line.excellent_all += usize::from(reach_all(Lines::excellent));
    }
    found.into_values().collect()
}
