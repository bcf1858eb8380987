//! What is wrong with a field, in the visitor's words.

use gradebook_app::{Fault, NotATeacher};

use crate::i18n::T;

pub(in crate::pages) fn fault_text(t: T, fault: &Fault) -> String {
    match fault {
        Fault::Empty => t.get("fault-empty"),
        Fault::TooLong(most) => t.with("fault-too-long", "most", most),
        Fault::Characters => t.get("fault-characters"),
        Fault::NotADate => t.get("fault-date"),
        Fault::NotANumber(_) => t.get("fault-number"),
        Fault::NotOneOf(_) => t.get("fault-choice"),
        Fault::EndsBeforeStart => t.get("fault-ends-before-start"),
        Fault::Overlaps {
            name,
            starts_on,
            ends_on,
        } => {
            let (from, to) = (t.date(starts_on).text, t.date(ends_on).text);
            t.args(
                "fault-overlaps",
                &[("name", name), ("from", &from), ("to", &to)],
            )
        }
        Fault::Unknown(_) => t.get("fault-unknown"),
        Fault::Twice => t.get("fault-twice"),
        Fault::HasCourses => t.get("fault-has-courses"),
        Fault::OtherYear { .. } => t.get("fault-other-year"),
        Fault::OtherTerm => t.get("fault-other-term"),
        Fault::NotAStudent => t.get("fault-not-a-student"),
        Fault::BeforeJoining(day) => t.with("fault-before-joining", "day", t.date(day).text),
        Fault::HasScores { term, starts_on } => {
            let day = t.date(starts_on).text;
            t.args("fault-has-scores", &[("term", term), ("day", &day)])
        }
        Fault::IsThere(day) => t.with("fault-is-there", "day", t.date(day).text),
        Fault::HasLeft(day) => t.with("fault-has-left", "day", t.date(day).text),
        Fault::SameClass => t.get("fault-same-class"),
        Fault::NotATeacher(why) => not_a_teacher(t, *why),
        Fault::TooMany(most) => t.with("fault-too-many", "most", most),
        Fault::TermBegins { term, starts_on } => {
            let day = t.date(starts_on).text;
            t.args("fault-term-begins", &[("term", term), ("day", &day)])
        }
    }
}

pub(super) fn not_a_teacher(t: T, why: NotATeacher) -> String {
    t.get(match why {
        NotATeacher::Unknown => "fault-teacher-unknown",
        NotATeacher::OtherRole => "fault-teacher-role",
        NotATeacher::Disabled => "fault-teacher-disabled",
    })
}
