//! Pages of what happened, with samples.

use std::collections::HashMap;

use gradebook_app::read::{
    ChangeGroup, ChangeKind, GroupAssessment, LoggedChange, StoredScore, Way,
};
use gradebook_app::{
    BatchView, CellRefusal, CellRestored, CellSkipped, ChangeLogPage, CourseChanges, RefusalCode,
    UndoReport, WhySkipped,
};
use gradebook_domain::*;

use super::*;

fn points(text: &str) -> Score {
    Score::Scored(text.parse::<Points>().unwrap())
}

fn change(id: i64, kind: Option<ChangeKind>) -> LoggedChange {
    let is_score = kind == Some(ChangeKind::Score);
    LoggedChange {
        id: ChangeId(id),
        at: 1_780_000_000_000,
        actor: Some((UserId(1), "王 <b>".to_owned())),
        kind,
        course: Some(CourseId(1)),
        assessment: Some((AssessmentId(3), Some("期中 <b>".to_owned()))),
        student: Some((UserId(7), "李雷 <b>".to_owned())),
        user: None,
        score: is_score.then(|| (points("85"), points("91.5"))),
        comment: is_score.then(|| (Some("<b>".to_owned()), "进步 <b>".to_owned())),
        detail: None,
        version: Some(3),
        reason: Some("数错了 <b>".to_owned()),
        source: "api".to_owned(),
        batch: None,
        way: None,
        undoes: None,
    }
}

fn group(newest: LoggedChange, scores: u64, changes: u64) -> ChangeGroup {
    let titles = ["期中 <b>", "期中 <b>", "小测", "作业", "期末"];
    ChangeGroup {
        scores,
        changes,
        assessments: (0..scores)
            .map(|nth| {
                let title = titles.get(usize::try_from(nth).unwrap());
                let id = i64::try_from(nth).unwrap();
                GroupAssessment {
                    id: AssessmentId(id),
                    title: title.map(|one| (*one).to_owned()),
                    course: (nth < 4).then_some(CourseId(1)),
                    scores: 1,
                }
            })
            .collect(),
        newest,
    }
}

/// One of everything that a line can be.
fn groups() -> gradebook_app::Page<ChangeGroup> {
    let mut items: Vec<ChangeGroup> = Way::ALL
        .iter()
        .map(|way| {
            let newest = LoggedChange {
                batch: Some(BatchId(5)),
                way: Some(*way),
                undoes: (*way == Way::Undo).then_some(BatchId(4)),
                ..change(9, Some(ChangeKind::Score))
            };
            group(newest, 6, 6)
        })
        .collect();
    items.push(group(change(8, Some(ChangeKind::Score)), 1, 1));
    items.extend([typed(8, 2), typed(7, 1)]);
    items.push(group(
        LoggedChange {
            source: "import".to_owned(),
            actor: None,
            comment: Some((None, String::new())),
            ..change(7, Some(ChangeKind::Score))
        },
        2,
        30,
    ));
    for kind in ChangeKind::ALL {
        items.push(group(change(6, Some(*kind)), 0, 1));
    }
    items.push(group(change(5, None), 0, 12));
    gradebook_app::Page {
        items,
        next: Some(5),
    }
}

fn undo(skipped: &[WhySkipped]) -> UndoReport {
    let stored = StoredScore {
        assessment: AssessmentId(3),
        student: UserId(7),
        score: Score::Absent,
        comment: None,
        version: 4,
        corrected: false,
        updated_at: 1_780_000_000_000,
        updated_by: Some(UserId(1)),
    };
    let skipped = skipped.iter().map(|why| CellSkipped {
        assessment: AssessmentId(3),
        student: UserId(7),
        before: points("85"),
        why: *why,
        current: (*why != WhySkipped::Unchanged).then(|| stored.clone()),
    });
    UndoReport {
        undone: BatchId(5),
        batch: None,
        restored: vec![CellRestored {
            assessment: AssessmentId(3),
            student: UserId(8),
            score: points("85"),
            comment: None,
            version: 3,
        }],
        skipped: skipped.collect(),
        titles: HashMap::from([(AssessmentId(3), "期中 <b>".to_owned())]),
        names: HashMap::from([
            (UserId(7), "李雷 <b>".to_owned()),
            (UserId(1), "王 <b>".to_owned()),
        ]),
    }
}

fn every_reason() -> Vec<WhySkipped> {
    let refused = [
        RefusalCode::Locked,
        RefusalCode::TermClosed,
        RefusalCode::ReasonRequired,
        RefusalCode::NotEnrolled,
        RefusalCode::AboveMaximum,
        RefusalCode::UnknownAssessment,
        RefusalCode::CommentTooLong,
    ];
    let refused = refused.map(|code| WhySkipped::Refused(CellRefusal::of(code)));
    [WhySkipped::ChangedSince, WhySkipped::Unchanged]
        .into_iter()
        .chain(refused)
        .collect()
}

/// Every page of this part.
pub(super) fn pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    let at = |path: &str| request(path, locale);
    let t = T(locale);
    let mut pages = Vec::new();
    let none = || gradebook_app::Page {
        items: Vec::new(),
        next: None,
    };
    let (course, _) = (samples::courses().items.remove(0), ());
    for (groups, before) in [(groups(), None), (none(), Some(ChangeId(3)))] {
        let path = at("/courses/1/changes");
        let found = CourseChanges {
            course: course.clone(),
            groups,
            whole: HashMap::new(),
        };
        let view = course_changes::course_changes_page(&path, Role::Teacher, &found, None, before);
        pages.push(("changes of a course", view.render()));
    }
    let log = ChangeLogPage {
        groups: groups(),
        courses: HashMap::from([(CourseId(1), course.clone())]),
    };
    let courses = [course];
    let wrong = HashMap::from([("actor", "changes-nobody"), ("since", "changes-no-day")]);
    for (query, found, wrong) in [
        (Default::default(), Some(&log), HashMap::new()),
        (
            admin::school_changes::ChangesQuery::sample(),
            Some(&log),
            HashMap::new(),
        ),
        (admin::school_changes::ChangesQuery::sample(), None, wrong),
    ] {
        let path = at("/admin/changes");
        let view =
            admin::school_changes::school_changes_page(&path, query, &courses, found, &wrong);
        pages.push(("changes of the school", view.render()));
    }
    let newest = LoggedChange {
        batch: Some(BatchId(5)),
        way: Some(Way::Paste),
        ..change(9, Some(ChangeKind::Score))
    };
    let reason = WhySkipped::Refused(CellRefusal::of(RefusalCode::ReasonRequired));
    for (skipped, error) in [
        (Vec::new(), None),
        (every_reason(), None),
        (vec![reason; 300], Some(t.get("undo-reason-missing"))),
        (vec![WhySkipped::ChangedSince; 300], None),
    ] {
        let mut report = undo(&skipped);
        if error.is_some() || skipped.len() == 300 {
            report.restored.clear();
        }
        let found = BatchView {
            group: group(newest.clone(), 6, 6),
            courses: HashMap::from([(CourseId(1), samples::courses().items.remove(0))]),
            undo: report,
        };
        let path = at("/batches/5");
        let of = (BatchId(5), &found);
        let view = batch::batch_page(&path, Role::Teacher, of, "typed <b>", error);
        pages.push(("a batch", view.render()));
    }
    for skipped in [Vec::new(), every_reason()] {
        let report = undo(&skipped);
        let view = batch::undone_page(
            &at("/batches/5/undo"),
            Role::Admin,
            BatchId(5),
            None,
            report,
        );
        pages.push(("a batch that was undone", view.render()));
    }
    pages
}

/// A score that was typed alone, a batch of its own.
fn typed(id: i64, minute: i64) -> ChangeGroup {
    let newest = LoggedChange {
        at: 1_780_000_000_000 + minute * 60_000,
        batch: Some(BatchId(id)),
        way: Some(Way::Typed),
        source: "web".to_owned(),
        ..change(id, Some(ChangeKind::Score))
    };
    let mut group = group(newest, 1, 1);
    group.assessments = vec![GroupAssessment {
        id: AssessmentId(3),
        title: Some("期中 <b>".to_owned()),
        course: Some(CourseId(1)),
        scores: 1,
    }];
    group
}

#[test]
fn scores_that_were_typed_one_after_the_other_are_one_line() {
    let t = T(Locale::En);
    let whole = HashMap::new();
    let lines = |groups: &[ChangeGroup]| {
        sittings::change_lines(t, groups, change_lines::Around::OneCourse(&whole))
    };
    let sitting = [typed(9, 20), typed(8, 12), typed(7, 3)];
    let one = lines(&sitting);
    assert_eq!(one.len(), 1);
    assert_eq!(
        (one[0].what.as_str(), one[0].about.as_str()),
        ("Entered 3 scores", "期中 <b>")
    );
    assert_eq!(one[0].at, t.instant(sitting[0].newest.at));
    assert!(one[0].href.is_none() && one[0].score.is_none() && one[0].remark.is_none());
    let parts = &one[0].parts;
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[2].href.as_deref(), Some("/batches/7"));
    assert!(parts[2].score.is_some() && parts[2].about.contains("李雷"));

    let mut change_of: Vec<(&str, ChangeGroup)> = Vec::new();
    change_of.push(("a long pause", typed(8, 9)));
    for what in [
        "somebody else",
        "another column",
        "a reason",
        "a paste",
        "a batch",
        "an import",
    ] {
        let mut other = typed(8, 19);
        match what {
            "somebody else" => other.newest.actor = Some((UserId(2), "Li".to_owned())),
            "another column" => other.assessments[0].id = AssessmentId(4),
            "a reason" => other.newest.reason = None,
            "a paste" => other.newest.way = Some(Way::Paste),
            "a batch" => other.changes = 2,
            _ => (other.newest.way, other.newest.source) = (None, "import".to_owned()),
        }
        change_of.push((what, other));
    }
    for (what, other) in change_of {
        let apart = lines(&[typed(9, 20), other]);
        assert_eq!(apart.len(), 2, "{what}");
        assert!(apart.iter().all(|line| line.parts.is_empty()), "{what}");
    }
}

#[test]
fn a_line_tells_who_what_and_where() {
    let at = request("/courses/1/changes", Locale::En);
    let course = samples::courses().items.remove(0);
    let found = CourseChanges {
        course,
        groups: groups(),
        whole: HashMap::from([(BatchId(5), 120)]),
    };
    let view = course_changes::course_changes_page(&at, Role::Teacher, &found, None, None);
    let html = view.render().unwrap();
    for text in [
        "Pasted 6 scores (120 scores in all)",
        "Undid a batch: 6 scores",
        "期中 &#60;b&#62;, 小测, 作业 and 2 more",
        "/batches/5",
        "91.5",
        "Assessment published",
        "Imported 2 scores",
        "Server operator",
        "through another program",
        "and 11 more changes",
        "?before=5",
    ] {
        assert!(html.contains(text), "{text}");
    }
}
