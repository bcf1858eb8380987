//! A small school with one of everything that a page can show.

use gradebook_app::read::{
    AccountChange, Amendment, Answer, Assessment, Category, ChangeKind, Class, ClassAccounts,
    Course, Decision, EnrolmentDates, Exam, ExamClasses, OpenSession, Person, Proposal, Sight,
    StoredScore, Student, Subject, Term, User,
};
use gradebook_app::{
    AccountEvent, AmendmentView, AssessmentGrade, ClassSlips, ColumnView, CourseGrades,
    EarlierMean, EntryView, ExamResult, ExamSheetView, GradebookView, MyGrades, MyRequest,
    MyReviews, Page, Preflight, ReportView, Reviews, SecondFactorState, StudentReport,
    SubjectReport, TermResult, UnusualScore, UsualOf,
};
use gradebook_auth::{Actor, Role, Via};
use gradebook_domain::*;

use super::account::Account;

pub(super) fn teacher() -> Actor {
    Actor::person(UserId(1), Role::Teacher, SessionId(1), Via::Web)
}

pub(super) fn user(role: Role) -> User {
    User {
        id: UserId(7),
        username: "li".to_owned(),
        name: "李雷".to_owned(),
        role,
        student_number: (role == Role::Student).then(|| "20260001".to_owned()),
        password_change_required: false,
        enabled: true,
        locale: "zh-CN".to_owned(),
        locale_chosen: false,
        ver: 0,
        totp_enabled: role != Role::Student,
        has_password: true,
    }
}

/// One of each state that an account can be in.
pub(super) fn users() -> Page<User> {
    let student = |id, enabled, has_password, password_change_required| User {
        id: UserId(id),
        name: "李雷 <b>".to_owned(),
        enabled,
        has_password,
        password_change_required,
        ..user(Role::Student)
    };
    Page {
        items: vec![
            user(Role::Admin),
            User {
                totp_enabled: false,
                ..user(Role::Teacher)
            },
            student(8, false, true, false),
            student(9, true, false, false),
            student(10, true, true, true),
        ],
        next: Some(10),
    }
}

pub(super) fn account_log() -> Page<AccountEvent> {
    let event = |id, kind, actor: Option<&str>, detail: &str, source: &str| AccountEvent {
        change: AccountChange {
            id: ChangeId(id),
            at: 1_780_000_000_000,
            actor: actor.map(|name| (UserId(1), name.to_owned())),
            kind,
            course: None,
            detail: Some(detail.to_owned()),
            source: source.to_owned(),
        },
        course: (kind == Some(ChangeKind::TeacherAssigned)).then(|| course(1, true)),
    };
    let by = Some("王 <b>");
    Page {
        items: vec![
            event(
                6,
                Some(ChangeKind::RoleChanged),
                by,
                "teacher -> admin",
                "web",
            ),
            event(
                5,
                Some(ChangeKind::UserChanged),
                by,
                "李 <b> (en) -> 雷 (en)",
                "web",
            ),
            event(4, Some(ChangeKind::TeacherAssigned), None, "hush", "cli"),
            event(3, Some(ChangeKind::PasswordReset), by, "hush", "api"),
            event(2, None, by, "hush", "web"),
            event(1, Some(ChangeKind::UserCreated), None, "hush", "import"),
        ],
        next: Some(1),
    }
}

pub(super) fn classes() -> Vec<ClassAccounts> {
    let of = |id, school_year: &str, students, waiting| ClassAccounts {
        class: Class {
            id: ClassId(id),
            school_year: school_year.to_owned(),
            ..class()
        },
        students,
        waiting,
    };
    vec![
        of(2, "2026-2027", 40, 3),
        of(1, "2026-2027", 1, 0),
        of(3, "2025-2026", 0, 0),
    ]
}

pub(super) fn class_slips(waiting: i64) -> ClassSlips {
    let of = |id| User {
        id: UserId(id),
        name: "韩梅 <b>".to_owned(),
        ..user(Role::Student)
    };
    ClassSlips {
        class: class(),
        waiting: (0..waiting).map(|nth| of(20 + nth)).collect(),
        own: vec![of(30), of(31)],
        disabled: vec![of(40)],
    }
}

/// An account page with these sessions: the present one and, if asked for, one of another device.
pub(super) fn account(role: Role, second_factor: bool) -> Account {
    let session = |id: i64, device: &str| OpenSession {
        id: SessionId(id),
        device: device.to_owned(),
        address: "192.0.2.7".to_owned(),
        created_at: 1_790_000_000_000,
        last_used_at: 1_790_000_600_000,
        second_factor,
    };
    let mut sessions = vec![session(1, "Mozilla/5.0 (iPhone) Version/18 Safari/604.1")];
    if second_factor {
        sessions.push(session(2, "curl/8 <script>"));
    }
    Account {
        user: user(role),
        second_factor: SecondFactorState {
            enabled: second_factor,
            required: false,
            recovery_codes_left: if second_factor { 3 } else { 0 },
        },
        sessions,
        current: Some(SessionId(1)),
    }
}

pub(super) fn term(open: bool) -> Term {
    Term {
        id: TermId(if open { 2 } else { 1 }),
        school_year: "2026-2027".to_owned(),
        name: if open { "秋季" } else { "春季" }.to_owned(),
        starts_on: if open { "2026-09-01" } else { "2026-02-01" }.to_owned(),
        ends_on: "2027-01-20".to_owned(),
        open,
        weight: Weight::HUNDRED,
        rank_shown: RankShown::Hidden,
    }
}

/// A class that was left, and one that was joined then.
pub(super) fn days_in_classes() -> Vec<(Class, EnrolmentDates)> {
    let days = |from: &str, to: Option<&str>| EnrolmentDates {
        starts_on: from.to_owned(),
        ends_on: to.map(str::to_owned),
    };
    vec![
        (class(), days("2026-11-09", None)),
        (class(), days("2026-09-01", Some("2026-11-08"))),
    ]
}

pub(super) fn class() -> Class {
    Class {
        id: ClassId(1),
        school_year: "2026-2027".to_owned(),
        grade_level: "六年级".to_owned(),
        name: "三班".to_owned(),
    }
}

pub(super) fn subject(id: i64) -> Subject {
    let (code, zh, en) = [
        ("chinese", "语文", "Chinese"),
        ("maths", "数学", "Mathematics"),
    ][usize::try_from(id % 2).unwrap()];
    Subject {
        id: SubjectId(id),
        code: code.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
        position: id,
    }
}

pub(super) fn course(id: i64, open: bool) -> Course {
    Course {
        id: CourseId(id),
        class: class(),
        subject: subject(id),
        term: term(open),
        teachers: vec![Person {
            id: UserId(1),
            name: "王老师".to_owned(),
        }],
        absent: AbsentPolicy::CountsZero,
        letters: Some(LetterScale::four_grades()),
        show_class_statistics: true,
    }
}

pub(super) fn courses() -> Page<Course> {
    let unattended = Course {
        teachers: Vec::new(),
        ..course(3, true)
    };
    Page {
        items: vec![course(1, true), course(2, false), unattended],
        next: Some(3),
    }
}

pub(super) fn exam() -> Exam {
    Exam {
        id: ExamId(4),
        term: TermId(2),
        name: "期中考试".to_owned(),
        kind: "midterm".to_owned(),
        held_on: "2026-11-06".to_owned(),
    }
}

pub(super) fn exams() -> Page<ExamClasses> {
    Page {
        items: vec![ExamClasses {
            exam: exam(),
            term: term(true),
            classes: vec![class()],
        }],
        next: Some(4),
    }
}

pub(super) fn points(text: &str) -> Points {
    text.parse().unwrap()
}

pub(super) fn assessment(id: i64, title: &str, exam: Option<ExamId>) -> Assessment {
    Assessment {
        id: AssessmentId(id),
        course: CourseId(1),
        category: CategoryId(1),
        exam,
        title: title.to_owned(),
        limits: ScoreLimits {
            max_score: points("100"),
            extra_credit_limit: Points::ZERO,
        },
        weight: Weight::HUNDRED,
        held_on: "2026-11-06".to_owned(),
        state: AssessmentState::Published,
    }
}

fn column(id: i64) -> ColumnView {
    ColumnView {
        assessment: assessment(id, "期中 <b>", Some(ExamId(4))),
        editable: true,
        tenths: [0; 10],
        statistics: None,
    }
}

pub(super) fn student() -> Student {
    Student {
        id: UserId(7),
        student_number: "20260001".to_owned(),
        name: "李雷".to_owned(),
    }
}

pub(super) fn gradebook() -> GradebookView {
    GradebookView {
        stays: Vec::new(),
        course: course(1, false),
        categories: vec![category(1, "50")],
        columns: vec![column(1)],
        students: vec![student()],
        cells: Vec::new(),
        totals: Vec::new(),
        amendments: Vec::new(),
    }
}

/// One column as a list of fields.
pub(super) fn entry(state: AssessmentState, open: bool) -> EntryView {
    EntryView {
        elsewhere: std::iter::once(student().id).collect(),
        course: course(1, open),
        assessment: Assessment {
            state,
            ..column(1).assessment
        },
        editable: open && state != AssessmentState::Locked,
        students: vec![student()],
        scores: Vec::new(),
    }
}

/// What there is to say before publishing: much, or nothing.
pub(super) fn preflight(state: AssessmentState, open: bool) -> Preflight {
    let much = state == AssessmentState::Draft;
    let named = |id| Student {
        id: UserId(id),
        name: "韩梅梅 <b>".to_owned(),
        ..student()
    };
    Preflight {
        assessment: Assessment {
            state,
            ..assessment(1, "期末 <b>", None)
        },
        course: course(1, open),
        expected: 50,
        scored: 24,
        absent: 2,
        excused: 0,
        missing: 1,
        blank: (0..if much { 23 } else { 0 }).map(named).collect(),
        mean: mean(&[points("80"), points("81.5")]),
        previous: much.then(|| EarlierMean {
            assessment: assessment(2, "期中 <b>", None),
            mean: Exact::whole(70),
            same_sort: open,
        }),
        unusual: (0..i64::from(much))
            .map(|id| UnusualScore {
                student: named(id),
                unusual: super::watch_samples::unusual(UsualOf::Course),
            })
            .collect(),
        weights: points(if much { "90" } else { "100" }),
    }
}

/// Report cards: one's own of one term, or those of a class with so many students.
pub(super) fn report(students: Option<usize>) -> ReportView {
    let percent = |value| Percentage::of(points(value), points("100"));
    let result = |id| {
        Some(TermResult {
            course: course(id, true),
            current: percent("88.5"),
            r#final: percent("80"),
            letter: Some("良 <b>".to_owned()),
        })
    };
    let terms = match students {
        None => vec![term(true)],
        Some(_) => vec![term(false), term(true)],
    };
    let of = |id| {
        let results: Vec<Option<TermResult>> = terms
            .iter()
            .map(|one| result(id).filter(|_| one.open))
            .collect();
        let lines = terms.iter().zip(&results);
        let lines: Vec<_> = lines
            .map(|(term, result)| {
                (
                    term.weight,
                    result.as_ref().and_then(|one| one.current.clone()),
                )
            })
            .collect();
        SubjectReport {
            subject: subject(id),
            terms: results,
            current: year_total(&lines),
            r#final: year_total(&[(lines[0].0, None)]),
            letter: None,
        }
    };
    let card = StudentReport {
        student: student(),
        subjects: vec![of(1), of(2)],
    };
    ReportView {
        class: students.map(|_| class()),
        students: vec![card; students.unwrap_or(1)],
        choices: terms.clone(),
        terms,
    }
}

/// The own report card of a year of two terms.
pub(super) fn report_of_a_year() -> ReportView {
    ReportView {
        class: None,
        ..report(Some(1))
    }
}

/// A gradebook whose scheme can be edited: a category in use and an empty one.
pub(super) fn open_gradebook() -> GradebookView {
    GradebookView {
        course: course(1, true),
        categories: vec![category(1, "50"), category(2, "40")],
        columns: vec![column(1), column(2)],
        ..gradebook()
    }
}

pub(super) fn exam_sheet() -> ExamSheetView {
    ExamSheetView {
        stays: Vec::new(),
        exam: exam(),
        class: ClassId(1),
        columns: vec![(column(1), course(1, true)), (column(2), course(2, true))],
        students: vec![student()],
        cells: Vec::new(),
        totals: Vec::new(),
        amendments: Vec::new(),
    }
}

fn category(id: i64, weight: &str) -> Category {
    Category {
        name: "作业 <b>".to_owned(),
        scheme: CategoryScheme {
            id: CategoryId(id),
            weight: weight.parse().unwrap(),
            aggregation: Aggregation::Mean,
            drop_lowest: 1,
            drop_highest: 0,
        },
    }
}

fn grade(id: i64, score: Score, corrected: bool) -> AssessmentGrade {
    AssessmentGrade {
        assessment: assessment(id, "单元测验 <b>", None),
        category: "作业 <b>".to_owned(),
        corrected,
        sight: corrected.then_some(Sight {
            since: 1_780_000_000_000,
            before: Some(Score::Scored(points("80"))),
        }),
        stored: (score != Score::Blank).then(|| StoredScore {
            assessment: AssessmentId(id),
            student: UserId(7),
            score,
            comment: corrected.then(|| "卷面整洁 <b>".to_owned()),
            version: 1,
            corrected,
            updated_at: 1_780_000_000_000,
            updated_by: Some(UserId(1)),
        }),
        class_statistics: corrected.then(|| ClassStatistics {
            count: 40,
            mean: Exact::whole(82),
            tenths: [0, 0, 0, 0, 0, 1, 4, 10, 15, 10],
        }),
    }
}

fn graded(id: i64, scores: &[Score]) -> CourseGrades {
    let categories = vec![category(1, "50"), category(2, "40")];
    let assessments: Vec<AssessmentGrade> = (1..)
        .zip(scores)
        .map(|(number, score)| grade(id * 100 + number, *score, number == 1))
        .collect();
    let scheme = Scheme {
        absent: AbsentPolicy::CountsZero,
        categories: categories.iter().map(|one| one.scheme).collect(),
        assessments: assessments
            .iter()
            .map(|one| one.assessment.scheme())
            .collect(),
    };
    let marks: Marks = assessments
        .iter()
        .map(|one| (one.assessment.id, one.score()))
        .collect();
    CourseGrades {
        current: total(&scheme, &marks, Reading::Current),
        r#final: total(&scheme, &marks, Reading::Final),
        letter: Some("良 <b>".to_owned()),
        course: course(id, true),
        categories,
        assessments,
    }
}

pub(super) fn my_grades() -> MyGrades {
    let scores = [
        Score::Scored(points("88.5")),
        Score::Scored(points("92")),
        Score::Absent,
        Score::Excused,
        Score::Missing,
        Score::Blank,
    ];
    MyGrades {
        as_of: ChangeId(7),
        courses: vec![graded(1, &scores), graded(2, &[])],
        exams: vec![
            ExamResult {
                sat: 3,
                exam: exam(),
                subjects: vec![
                    (subject(1), points("100"), scores[0]),
                    (subject(2), points("120"), Score::Absent),
                ],
                total: Some(points("88.5")),
                full: Some(points("220")),
                band: Some(Band::Good),
            },
            ExamResult {
                sat: 1,
                exam: Exam {
                    id: ExamId(5),
                    kind: "other".to_owned(),
                    ..exam()
                },
                subjects: vec![(subject(1), points("100"), Score::Blank)],
                total: None,
                full: None,
                band: None,
            },
        ],
    }
}

/// An amendment in this state; with an answer of the teacher where it is a review.
pub(super) fn amendment(kind: AmendmentKind, state: AmendmentState) -> AmendmentView {
    let answered = kind == AmendmentKind::Review;
    let open = state == AmendmentState::Open;
    AmendmentView {
        amendment: Amendment {
            id: AmendmentId(3),
            course: CourseId(1),
            assessment: AssessmentId(101),
            student: UserId(7),
            kind,
            state,
            made_by: Some(UserId(1)),
            made_at: 1_780_000_000_000,
            reason: "第 7 题 <b>".to_owned(),
            before: Score::Scored(points("80")),
            version: 1,
            proposed: (!answered || !open).then(|| Proposal {
                score: Score::Scored(points("88.5")),
                comment: None,
            }),
            answer: answered.then(|| Answer {
                stays: open,
                note: "<b>".to_owned(),
                by: Some(UserId(1)),
                at: 1_780_000_000_000,
            }),
            decision: (!open).then(|| Decision {
                by: None,
                at: 1_780_000_000_000,
                note: Some("<b>".to_owned()),
            }),
        },
        assessment: assessment(101, "期中 <b>", None),
        course: course(1, true),
        student: student(),
        current: None,
        made_by: Some("王 <b>".to_owned()),
        answered_by: Some("王 <b>".to_owned()),
        decided_by: None,
        to_student: false,
    }
}

/// One of each.
pub(super) fn reviews() -> Reviews {
    let of = |kind| {
        AmendmentState::ALL
            .iter()
            .map(move |state| amendment(kind, *state))
    };
    let all = of(AmendmentKind::Change).chain(of(AmendmentKind::Review));
    let (open, settled) = all.partition(|one| one.amendment.state == AmendmentState::Open);
    Reviews {
        open,
        settled: Page {
            items: settled,
            next: Some(3),
        },
        as_of: ChangeId(7),
    }
}

/// A request in this state for the first score of [`my_grades`], which was corrected.
pub(super) fn my_reviews(state: AmendmentState) -> MyReviews {
    let one = amendment(AmendmentKind::Review, state).amendment;
    let request = MyRequest {
        answered: one.answer.is_some(),
        amendment: one,
    };
    MyReviews {
        requests: [(request.amendment.assessment, request)].into(),
    }
}

pub(super) fn no_grades() -> MyGrades {
    MyGrades {
        as_of: ChangeId(7),
        courses: Vec::new(),
        exams: Vec::new(),
    }
}

/// What copying a scheme would change, and that its reason is wrong.
pub(super) fn scheme_copied() -> crate::pages::scheme_copy::Said {
    let names = || vec!["作业 <b>".to_owned()];
    crate::pages::scheme_copy::Said {
        preview: Some(gradebook_app::CopiedSchemes {
            plan_hash: "0f".repeat(32),
            courses: vec![gradebook_app::CopiedScheme {
                course: course(2, true),
                added: names(),
                changed: names(),
                removed: names(),
                kept: names(),
                reordered: true,
                moved: 2,
                policy: true,
                weights: points("130"),
                consequence: gradebook_app::Consequence {
                    assessments: 2,
                    students: 40,
                },
            }],
        }),
        refused: Some((Some("reason"), "wrong <b>".to_owned())),
    }
}
