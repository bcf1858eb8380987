use super::*;

const BLANK: Option<Score> = None;

#[test]
fn names_of_rows_that_are_left_out_are_not_counted() {
    let mut rows = Rows::default();
    for (line, number) in [(2, "S1"), (3, "S2"), (4, "S3")] {
        rows.known(line, number, Some("李雷"));
    }
    rows.doubt(2, "韩梅梅");
    rows.doubt(3, "韩梅梅");
    let mut errors = Errors::default();
    errors.add((3, "语文"), "9O", "not_a_number", "");
    let outcome = rows.outcome(ImportReport::default(), String::new(), errors);
    assert_eq!(outcome.names_differ, 1);
    let told: Vec<usize> = outcome.rows.iter().map(|row| row.changes.len()).collect();
    assert_eq!(told, [1, 0, 0]);
}

#[test]
fn scores_beyond_those_that_are_listed_are_counted_row_by_row() {
    let mut rows = Rows::default();
    let last = 20_001;
    for line in [2, 3] {
        rows.known(line, "S1", None);
    }
    for place in 0..last {
        rows.tell_score(2, (place, "语文"), BLANK, Score::Absent);
    }
    for place in 0..3 {
        rows.tell_score(3, (place, "语文"), BLANK, Score::Absent);
    }
    let outcome = rows.outcome(ImportReport::default(), String::new(), Errors::default());
    let changes = &outcome.rows[0].changes;
    assert_eq!(changes.len(), last);
    assert_eq!(changes.last(), Some(&RowChange::MoreScores { count: 1 }));
    let changes = &outcome.rows[1].changes;
    assert_eq!(changes.as_slice(), [RowChange::MoreScores { count: 3 }]);
}
