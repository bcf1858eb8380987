//! The order of people's names: Chinese ones by their reading (pinyin), then Latin ones by their letters.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;

/// The rules of Chinese in both languages: they leave Latin letters as they are, and without them
/// Chinese names would stand in the order of their strokes, which nobody reads a list by. The grid
/// sorts by the same rules in the browser. Their default for Chinese is pinyin; `kn` puts 9 before 10.
static RULES: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let rules = Collator::try_new(locale!("zh-u-kn").into(), CollatorOptions::default());
    rules
        .inspect_err(|error| tracing::error!(%error, "names are sorted by their code points"))
        .ok()
});

/// Which of two names comes first. Equal ones keep their order in a stable sort.
pub(crate) fn compare_names(one: &str, other: &str) -> Ordering {
    match &*RULES {
        Some(rules) => rules.compare(one, other),
        None => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::compare_names;

    #[test]
    fn chinese_names_follow_their_reading_and_numbers_their_size() {
        let mut names = [
            "赵诗涵",
            "li wei",
            "Ben Foster",
            "陈思远",
            "王安然",
            "李明",
            "Class 10",
            "Class 9",
        ];
        names.sort_by(|a, b| compare_names(a, b));
        let expected = [
            "陈思远",
            "李明",
            "王安然",
            "赵诗涵",
            "Ben Foster",
            "Class 9",
            "Class 10",
            "li wei",
        ];
        assert_eq!(names, expected);
    }
}
