//! The pages of the set-up with samples in them.

use gradebook_app::read::{Enrolment, EnrolmentDates, ExamCourse, Student, TermContent};
use gradebook_app::{ClassWithSize, ExamDetail, ListCount, Page};
use gradebook_domain::{AssessmentState, ClassId, EnrolmentId, Points, UserId};

use super::setup::{
    Form, SetupQuery, class, classes, course, courses, exam, exams, leaving, promotion, subjects,
    teaching, term, terms,
};
use super::*;

fn enrolment(id: i64, ends_on: Option<&str>) -> Enrolment {
    Enrolment {
        id: EnrolmentId(id),
        class: ClassId(1),
        student: Student {
            id: UserId(id),
            student_number: format!("2026000{id}"),
            name: "李雷 <b>".to_owned(),
        },
        dates: EnrolmentDates {
            starts_on: "2026-09-01".to_owned(),
            ends_on: ends_on.map(str::to_owned),
        },
    }
}

fn sized(id: i64) -> ClassWithSize {
    let mut class = samples::class();
    class.id = ClassId(id);
    ClassWithSize {
        class,
        students: 40,
    }
}

fn marks(id: i64) -> gradebook_app::SubjectWithMarks {
    (samples::subject(id), Points::from_whole(100).unwrap())
}

/// The steps of the first set-up, of an empty school and of one that has everything.
fn begin_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    use setup::begin::{Found, Step, begin_page, first_admin};
    let at = |path: &str| request(path, locale);
    let mut pages = Vec::new();
    for wrong in ["code", "password", ""] {
        let view = first_admin::sample_page(&at("/setup"), wrong);
        pages.push(("first admin", view.render()));
    }
    let listed = vec![samples::term(true)];
    let terms = setup::Terms {
        chosen: listed.first().map(|term| term.id),
        all: listed,
    };
    let empty = || Found {
        today: "2026-11-22".to_owned(),
        school: gradebook_app::read::School::default(),
        counts: gradebook_app::read::SchoolCounts::default(),
        terms: setup::Terms::default(),
        subjects: Vec::new(),
        courses: Vec::new(),
    };
    let full = Found {
        school: every::named_school(),
        counts: gradebook_app::read::SchoolCounts {
            terms: 1,
            classes: 1,
            subjects: 4,
            teachers: 1,
            ..gradebook_app::read::SchoolCounts::default()
        },
        terms,
        subjects: vec![marks(1), marks(2)],
        courses: samples::courses().items,
        ..empty()
    };
    let steps = [
        (Step::School, "name"),
        (Step::Year, "name-1"),
        (Step::Subjects, "more"),
        (Step::Class, "grade_level"),
        (Step::Teacher, "course_ids"),
        (Step::Done, ""),
    ];
    for (step, field) in steps {
        for (found, form, errors) in [
            (&empty(), Form::default(), Vec::new()),
            (&empty(), Form::sample(field), vec!["wrong <b>".to_owned()]),
            (&full, Form::sample(field), vec!["wrong <b>".to_owned()]),
        ] {
            let view = begin_page(&at("/admin/setup/school"), step, found, &form, errors);
            pages.push(("first set-up", view.render()));
        }
    }
    pages
}

/// Every page of the set-up.
pub(super) fn setup_pages(locale: Locale) -> Vec<(&'static str, askama::Result<String>)> {
    let at = |path: &str| request(path, locale);
    let none = SetupQuery::default;
    let mut pages = begin_pages(locale);
    for (query, form) in [
        (SetupQuery::sample("saved"), Form::default()),
        (none(), Form::sample("name")),
    ] {
        let school = every::named_school();
        let view = setup::the_school::school_page(&at("/admin/school"), &school, &query, &form);
        pages.push(("the school", view.render()));
    }
    for (listed, query, form) in [
        (
            vec![samples::term(true), samples::term(false)],
            SetupQuery::sample("added"),
            Form::default(),
        ),
        (Vec::new(), none(), Form::sample("name")),
    ] {
        let view = terms::terms_page(&at("/admin/terms"), listed, &query, &form);
        pages.push(("terms", view.render()));
    }
    for (open, done) in [(true, "closed"), (false, "reopened"), (true, "saved")] {
        let content = TermContent {
            published: 2,
            drafts: 1,
            locked: 1,
            ..TermContent::default()
        };
        let refusals = term::Refusals {
            details: Form::sample("weight"),
            state: Form::sample(if open { "confirm" } else { "reason" }),
        };
        let path = at("/admin/terms/1");
        let query = SetupQuery::sample(done);
        let view = term::term_page(&path, (samples::term(open), content), &query, &refusals);
        pages.push(("term", view.render()));
    }
    for (done, form) in [("added", Form::default()), ("saved", Form::sample("code"))] {
        let query = SetupQuery::sample(done);
        let path = at("/admin/subjects");
        let view = subjects::subjects_page(&path, vec![marks(1), marks(2)], &query, &form);
        pages.push(("subjects", view.render()));
        let view = subjects::subject_page(&at("/admin/subjects/1"), &marks(1), &form);
        pages.push(("subject", view.render()));
    }
    for (listed, next, query) in [
        (vec![sized(1), sized(2)], Some(2), SetupQuery::sample("")),
        (Vec::new(), None, none()),
    ] {
        let found = classes::Found {
            classes: Page {
                items: listed,
                next,
            },
            count: ListCount { all: 2, before: 1 },
            years: vec!["2026-2027".to_owned()],
            year: None,
        };
        let form = Form::sample("name");
        let view = classes::classes_page(&at("/admin/classes"), found, &query, &form);
        pages.push(("classes to set up", view.render()));
    }
    for (query, students) in [
        (
            SetupQuery::of_student(1),
            vec![enrolment(1, None), enrolment(2, Some("2026-10-01"))],
        ),
        (
            SetupQuery::of_student(2),
            vec![enrolment(2, Some("2026-10-01"))],
        ),
        (SetupQuery::sample("moved"), Vec::new()),
    ] {
        let found = class::Found {
            class: samples::class(),
            students,
            others: vec![sized(1), sized(2)],
            terms: vec![samples::term(true)],
            matches: samples::users().items,
        };
        let refusals = class::Refusals {
            details: Form::sample("name"),
            enrol: Form::sample("student_number"),
            student: Form::sample("ends_on"),
            pupils: Form::sample("pupil_number"),
            lines: vec!["wrong <b>".to_owned()],
            promotion: Form::sample("school_year"),
            matches: Vec::new(),
        };
        let view = class::class_page(&at("/admin/classes/1"), found, &query, &refusals);
        pages.push(("class", view.render()));
    }
    for (listed, form) in [
        (
            vec![samples::term(true), samples::term(false)],
            Form::sample("classes"),
        ),
        (vec![samples::term(false)], Form::default()),
        (Vec::new(), Form::default()),
    ] {
        let terms = setup::Terms {
            chosen: listed.first().map(|term| term.id),
            all: listed,
        };
        let found = courses::Found {
            terms: terms.clone(),
            courses: samples::courses(),
            count: ListCount {
                all: 400,
                before: 2,
            },
            classes: vec![samples::class()],
            subjects: vec![samples::subject(1), samples::subject(2)],
            teachers: Vec::new(),
        };
        let query = SetupQuery::sample("added");
        let view = courses::courses_page(&at("/admin/courses"), found, &query, &form);
        pages.push(("courses", view.render()));
        let found = teaching::Found {
            terms: terms.clone(),
            classes: vec![samples::class()],
            subjects: vec![samples::subject(1), samples::subject(2)],
            courses: samples::courses().items,
        };
        let view = teaching::teaching_page(&at("/admin/teaching"), found);
        pages.push(("who teaches what", view.render()));
        let found = exams::Found {
            exams: samples::exams(),
            count: ListCount {
                all: 400,
                before: 2,
            },
            terms,
            subjects: vec![marks(1), marks(2)],
            courses: vec![samples::course(1, true), samples::course(2, true)],
        };
        let view = exams::exams_page(&at("/admin/exams"), found, &query, &form);
        pages.push(("exams", view.render()));
    }
    for to in [None, Some(samples::class())] {
        let leaving = leaving::Leaving {
            student: enrolment(1, None).student.id,
            name: enrolment(1, None).student.name,
            class: samples::class(),
            day: "2026-09-01".to_owned(),
            scored: if to.is_some() {
                samples::courses().items
            } else {
                Vec::new()
            },
            to,
        };
        let typed = vec![("action".to_owned(), "<b>".to_owned())];
        let view = leaving::leaving_page(&at("/admin/classes/1"), &leaving, &typed);
        pages.push(("leaving a class", view.render()));
    }
    for students in [0, 1, 40] {
        let classes = (&samples::class(), &samples::class());
        let view =
            promotion::promotion_page(&at("/admin/classes/1"), classes, students, "2027-09-01");
        pages.push(("promoting a class", view.render()));
    }
    let taught = samples::course(1, true);
    if let Some(teacher) = taught.teachers.first() {
        let view = course::take_page(&at("/admin/courses/1"), &taught, teacher);
        pages.push(("taking a course", view.render()));
    }
    for form in [Form::default(), Form::sample("username")] {
        let path = at("/admin/courses/1");
        let offered = vec![samples::user(Role::Teacher)];
        let query = SetupQuery::sample("saved");
        let view = course::course_page(&path, samples::course(1, true), offered, &query, &form);
        pages.push(("course", view.render()));
    }
    for (open, state) in [
        (true, AssessmentState::Draft),
        (true, AssessmentState::Published),
        (false, AssessmentState::Locked),
    ] {
        let mut assessment = samples::assessment(1, "期中", Some(samples::exam().id));
        assessment.state = state;
        let found = ExamDetail {
            exam: samples::exam(),
            term: samples::term(open),
            courses: vec![ExamCourse {
                course: samples::course(1, open),
                assessment,
                written: 0,
            }],
        };
        let others = vec![samples::course(1, open), samples::course(2, open)];
        let query = SetupQuery::sample("added");
        let form = Form::sample("courses");
        let view = exam::exam_page(&at("/admin/exams/4"), found, others, &query, &form);
        pages.push(("exam", view.render()));
    }
    pages
}
