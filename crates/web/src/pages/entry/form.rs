//! The fields of the list: what was sent, and which score that asks for.

use std::collections::HashMap;

use gradebook_app::{CellRefusal, RefusalCode};
use gradebook_domain::{Score, ScoreStatus, UserId};

/// What was sent for one student.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Sent {
    pub(in crate::pages) text: String,
    pub(in crate::pages) status: String,
    pub(super) was: String,
    pub(super) version: i64,
}

/// The fields of each student, and the reason.
pub(super) fn read(pairs: Vec<(String, String)>) -> (HashMap<UserId, Sent>, String) {
    let mut sent: HashMap<UserId, Sent> = HashMap::new();
    let mut reason = String::new();
    for (name, value) in pairs {
        if name == "reason" {
            reason = value;
            continue;
        }
        let Some((field, id)) = name.split_once('.') else {
            continue;
        };
        let Ok(id) = id.parse() else { continue };
        let one = sent.entry(UserId(id)).or_default();
        match field {
            "score" => one.text = value,
            "status" => one.status = value,
            "was" => one.was = value,
            "version" => one.version = value.parse().unwrap_or_default(),
            _ => {}
        }
    }
    (sent, reason)
}

/// A stored score as a form keeps it: what its field and its choice showed.
pub(super) fn kept(score: Score) -> String {
    match score {
        Score::Scored(value) => value.to_string(),
        Score::Blank => String::new(),
        Score::Absent | Score::Excused | Score::Missing => score.status().as_str().to_owned(),
    }
}

/// What the field and the choice beside it show for a score.
pub(super) fn fields(score: Score) -> (String, String) {
    match score {
        Score::Scored(_) | Score::Blank => (kept(score), String::new()),
        Score::Absent | Score::Excused | Score::Missing => (String::new(), kept(score)),
    }
}

impl Sent {
    /// The score that is asked for; nothing where the fields are as they were. The one that was
    /// changed counts, and both only if they agree.
    pub(super) fn wanted(&self) -> Option<Result<Score, CellRefusal>> {
        let was = Score::parse_entry(&self.was).unwrap_or_default();
        let (text_was, status_was) = fields(was);
        let text = self.text.trim();
        let typed = || Score::parse_entry(text).map_err(CellRefusal::from);
        let chosen = || status(&self.status).ok_or(CellRefusal::of(RefusalCode::UnknownStatus));
        match (text != text_was, self.status != status_was) {
            (false, false) => None,
            (true, false) => Some(typed()),
            (false, true) if self.status.is_empty() => Some(Ok(Score::Blank)),
            (false, true) => Some(chosen()),
            (true, true) if self.status.is_empty() => Some(typed()),
            (true, true) if text.is_empty() => Some(chosen()),
            (true, true) => Some(Err(CellRefusal::of(RefusalCode::ValueWithoutStatus))),
        }
    }
}

fn status(name: &str) -> Option<Score> {
    let status: ScoreStatus = name.parse().ok()?;
    Score::from_parts(status, None).ok()
}
