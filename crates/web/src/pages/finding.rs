//! What lists that are searched have in common: the text, addresses of their parts, which part is shown.

use gradebook_app::ListCount;
use url::form_urlencoded;

use crate::i18n::T;

/// No search needs more characters.
const LONGEST_SEARCH: usize = 100;

/// What is looked for, as far as anything is.
pub(in crate::pages) fn sought(q: &str) -> String {
    q.chars().take(LONGEST_SEARCH).collect()
}

/// The address of a list with what is chosen in it; empty choices are left out.
pub(in crate::pages) fn address(path: &str, chosen: &[(&str, &str)]) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (name, value) in chosen.iter().filter(|(_, value)| !value.is_empty()) {
        pairs.append_pair(name, value);
    }
    match pairs.finish() {
        none if none.is_empty() => path.to_owned(),
        some => format!("{path}?{some}"),
    }
}

/// The way through the parts of a list.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Pager {
    /// Which of how many this part shows, where there are more.
    pub(in crate::pages) place: Option<String>,
    pub(in crate::pages) first: Option<String>,
    pub(in crate::pages) next: Option<String>,
}

impl Pager {
    /// For a part of `shown` items; `part` makes the address of the part at a cursor, or of the first.
    pub(in crate::pages) fn new(
        t: T,
        count: ListCount,
        shown: usize,
        next: Option<i64>,
        part: impl Fn(Option<i64>) -> String,
    ) -> Self {
        let pages = next.is_some() || count.before > 0;
        let place = (pages && shown > 0).then(|| {
            let from = (count.before + 1).to_string();
            let to = (count.before + shown as u64).to_string();
            let all = count.all.to_string();
            t.args(
                "users-place",
                &[("from", &from), ("to", &to), ("all", &all)],
            )
        });
        Self {
            place,
            first: (count.before > 0).then(|| part(None)),
            next: next.map(|at| part(Some(at))),
        }
    }
}
