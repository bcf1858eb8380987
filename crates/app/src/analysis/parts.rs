//! The figures of each subject beside the names of its classes.

use std::collections::{HashMap, HashSet};

use gradebook_domain::{
    ClassFigures, ClassId, ExamAnalysis, GradeFigures, SubjectAnalysis, rank_change,
};
use gradebook_persistence::query::analysis::{ExamColumn, ExamResults};
use gradebook_persistence::query::courses::{Class, Subject};
use gradebook_persistence::query::gradebook::Student;

use super::{ClassView, GradeView, Sight, Sitting, StudentView, SubjectView};

/// By subject: the classes in `shown`, and the grade levels that they belong to.
pub(super) fn subjects(
    results: &ExamResults,
    figures: &ExamAnalysis,
    sight: &Sight,
    shown: &HashSet<ClassId>,
) -> Vec<SubjectView> {
    let classes: HashMap<ClassId, &Class> = results
        .classes
        .iter()
        .map(|class| (class.id, class))
        .collect();
    results
        .subjects
        .iter()
        .filter_map(|subject| {
            let of_subject = figures
                .subjects
                .iter()
                .find(|one| one.subject == subject.id)?;
            let view = one_subject(subject, of_subject, results, sight, shown, &classes);
            // A teacher's classes need not sit every subject.
            (!view.classes.is_empty()).then_some(view)
        })
        .collect()
}

fn one_subject(
    subject: &Subject,
    figures: &SubjectAnalysis,
    results: &ExamResults,
    sight: &Sight,
    shown: &HashSet<ClassId>,
    classes: &HashMap<ClassId, &Class>,
) -> SubjectView {
    let columns: HashMap<ClassId, &ExamColumn> = results
        .columns
        .iter()
        .filter(|column| column.subject == subject.id)
        .map(|column| (column.class, column))
        .collect();
    let own: Vec<ClassView> = figures
        .classes
        .iter()
        .filter(|one| shown.contains(&one.class))
        .filter_map(|one| {
            let level = figures
                .grade_levels
                .iter()
                .find(|level| level.grade_level == one.grade_level)?;
            Some(ClassView {
                class: (*classes.get(&one.class)?).clone(),
                state: columns.get(&one.class)?.state,
                lines: level.lines,
                figures: one.clone(),
            })
        })
        .collect();
    let levels: HashSet<&str> = own
        .iter()
        .map(|one| one.class.grade_level.as_str())
        .collect();
    let grade_levels = figures
        .grade_levels
        .iter()
        .filter(|level| levels.contains(level.grade_level.as_str()))
        .map(|level| grade_level(subject, level, &figures.classes, results, sight))
        .collect();
    SubjectView {
        subject: subject.clone(),
        classes: own,
        grade_levels,
    }
}

fn grade_level(
    subject: &Subject,
    level: &GradeFigures,
    classes: &[ClassFigures],
    results: &ExamResults,
    sight: &Sight,
) -> GradeView {
    let of_level = classes
        .iter()
        .filter(|class| class.grade_level == level.grade_level);
    let others: usize = of_level
        .clone()
        .filter(|class| !sight.classes.contains(&class.class))
        .filter_map(|class| class.figures.as_ref())
        .map(|figures| figures.statistics.count)
        .sum();
    let place = (subject.id, level.grade_level.clone());
    let may_tell = sight.may_tell(others);
    GradeView {
        lines: level.lines,
        lines_set: results.rules.lines.contains_key(&place),
        classes: of_level.count(),
        figures: level.figures.clone().filter(|_| may_tell),
        withheld: level.figures.is_some() && !may_tell,
        extremes: sight.whole || others == 0,
        grade_level: place.1,
    }
}

/// How many subjects each class sat.
pub(super) fn subject_counts(results: &ExamResults) -> HashMap<ClassId, usize> {
    let mut counts = HashMap::new();
    for column in &results.columns {
        *counts.entry(column.class).or_default() += 1;
    }
    counts
}

/// The students of the classes in `shown`, beside their places before.
pub(super) fn students(
    now: &Sitting,
    before: Option<&Sitting>,
    students: Vec<Student>,
    shown: &HashSet<ClassId>,
) -> Vec<StudentView> {
    let mut views: Vec<StudentView> = students
        .into_iter()
        .filter_map(|student| {
            let place = *now.places.get(&student.id)?;
            let earlier = before.and_then(|one| Some((one, *one.places.get(&student.id)?)));
            let earlier_rank = earlier.and_then(|(_, place)| place.rank_in_grade);
            shown.contains(&place.class).then(|| StudentView {
                student,
                earlier_rank,
                rank_change: rank_change(place.rank_in_grade, earlier_rank),
                comparable: now.complete(&place)
                    && earlier.is_some_and(|(exam, place)| exam.complete(&place)),
                subjects: now.subjects.get(&place.class).copied().unwrap_or(0),
                place,
            })
        })
        .collect();
    // Stable, so that student numbers stay in order.
    views.sort_by_key(|view| view.place.class);
    views
}
