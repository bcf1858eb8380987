//! A real exam: the figures that the school's own system published come out identical.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use gradebook_domain::{CompositeWeights, Exact, Points, Score, Statistics, mean, rate};

const SCORES: &str = include_str!("data/grade6-monthly-exam.csv");
const LINES: &str = include_str!("data/grade6-monthly-exam.lines.csv");
const PUBLISHED: &str = include_str!("data/grade6-monthly-exam.stats.csv");

fn records(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.split(',').collect())
}

/// The scored values by class and subject.
fn columns() -> BTreeMap<(String, String), Vec<Points>> {
    let mut rows = records(SCORES);
    let header = rows.next().unwrap();
    let mut columns: BTreeMap<_, Vec<Points>> = BTreeMap::new();
    for row in rows {
        for (subject, cell) in header.iter().zip(&row).skip(3) {
            let score = Score::parse_entry(cell).unwrap();
            let column = columns
                .entry((row[1].to_owned(), (*subject).to_owned()))
                .or_default();
            column.extend(score.value());
        }
    }
    columns
}

#[test]
fn every_published_figure_is_reproduced() {
    let lines: BTreeMap<_, _> = records(LINES)
        .skip(1)
        .map(|row| {
            let line = |at: usize| row[at].parse::<Points>().unwrap();
            (row[1].to_owned(), (line(3), line(5)))
        })
        .collect();
    let columns = columns();
    let composite = |(class, subject): &(String, String)| {
        let values = &columns[&(class.clone(), subject.clone())];
        let (excellent, pass) = lines[subject];
        CompositeWeights::USUAL.composite(
            mean(values).unwrap().rounded(),
            rate(values, pass).unwrap().rounded(),
            rate(values, excellent).unwrap().rounded(),
        )
    };

    let class_mean = |key: &(String, String)| mean(&columns[key]).unwrap();
    let class_composite = |key: &(String, String)| Exact::from(composite(key));
    let mut seen = 0;
    for row in records(PUBLISHED).skip(1) {
        let key = (row[1].to_owned(), row[2].to_owned());
        let values = &columns[&key];
        let (excellent, pass) = lines[&key.1];
        let figures = Statistics::of(values).unwrap();
        let percent = |line| format!("{}%", rate(values, line).unwrap().rounded().fixed());
        assert_eq!(figures.count.to_string(), row[3], "{key:?} count");
        assert_eq!(figures.sum, row[4].parse().unwrap(), "{key:?} sum");
        let published: Points = row[5].parse().unwrap();
        assert_eq!(
            class_mean(&key).rounded(),
            Exact::from(published).rounded(),
            "{key:?} mean"
        );
        assert_eq!(percent(pass), row[6], "{key:?} pass rate");
        assert_eq!(percent(excellent), row[7], "{key:?} excellent rate");
        let published: Points = row[8].parse().unwrap();
        assert_eq!(
            composite(&key),
            Exact::from(published).rounded(),
            "{key:?} composite"
        );
        seen += 1;
    }
    assert_eq!(seen, 12);

    // The published ranks include each subject's row that was left out because its figures
    // were of other pupils, so what can be reproduced is the order of the published rows.
    for (figure, column) in [
        (&class_composite as &dyn Fn(&_) -> Exact, 9),
        (&class_mean, 10),
    ] {
        let rows: Vec<_> = records(PUBLISHED).skip(1).collect();
        for (row, other) in rows
            .iter()
            .flat_map(|row| rows.iter().map(move |other| (row, other)))
            .filter(|(row, other)| row[2] == other[2] && row[1] != other[1])
        {
            let ours = [row, other].map(|row| figure(&(row[1].to_owned(), row[2].to_owned())));
            let theirs = [row, other].map(|row| row[column].parse::<u32>().unwrap());
            assert_eq!(
                ours[0] > ours[1],
                theirs[0] < theirs[1],
                "{row:?} before {other:?} by column {column}"
            );
        }
    }
}
