use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use actix_web::test::TestRequest;

use super::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file below a folder with this ending, with its text.
fn files(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|one| one == ending) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "{}", folder.display());
    found
}

fn keys(locale: Locale) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (path, text) in files(&root().join("locales").join(locale.tag()), "ftl") {
        for line in text.lines() {
            let Some((key, _)) = line.split_once(" =") else {
                continue;
            };
            if key.starts_with(|first: char| first.is_ascii_alphabetic()) {
                assert!(keys.insert(key.to_owned()), "{key} twice, {path:?}");
            }
        }
    }
    keys
}

/// The keys that a source asks for in so many words.
fn asked_for(source: &str) -> Vec<String> {
    ["t.get(", "t.with(", "t.args(", "t.count("]
        .iter()
        .flat_map(|call| source.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn both_languages_have_the_same_keys() {
    assert_eq!(keys(Locale::En), keys(Locale::ZhCn));
    let script = |locale| {
        let texts = [Script::Grid, Script::Student, Script::Shell]
            .map(|script| script_texts(locale, script));
        texts.map(|text| {
            let parsed: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
            assert!(!parsed.is_empty());
            parsed.into_keys().collect::<Vec<_>>()
        })
    };
    assert_eq!(script(Locale::En), script(Locale::ZhCn));
}

#[test]
fn every_key_asked_for_exists_and_none_is_left_over() {
    let known = keys(Locale::En);
    let mut sources = files(&root().join("templates"), "html");
    for folder in ["pages", "exports"] {
        sources.extend(files(&root().join("crates/web/src").join(folder), "rs"));
    }
    let mut all_text = String::from(include_str!("../i18n.rs"));
    for (path, source) in &sources {
        for key in asked_for(source) {
            assert!(known.contains(&key), "{key} of {}", path.display());
        }
        all_text.push_str(source);
    }
    for key in known.iter().filter(|key| !key.starts_with("problem-")) {
        let made_up = key.starts_with("language-");
        assert!(
            made_up || all_text.contains(&format!("\"{key}\"")),
            "{key} is not used"
        );
    }
}

/// What is left of a template without tags, expressions and statements, and the values of the
/// attributes that people read.
fn bare_words(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in [("{#", "#}"), ("{{", "}}"), ("{%", "%}")] {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).unwrap() + start + close.len();
            text.replace_range(start..end, "");
        }
    }
    let mut words = Vec::new();
    for attribute in [
        "aria-label",
        "title",
        "placeholder",
        "alt",
        "data-show",
        "data-hide",
    ] {
        let opening = format!(" {attribute}=\"");
        words.extend(
            text.split(&opening)
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned),
        );
    }
    let mut outside = String::new();
    let mut in_tag = false;
    for letter in text.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => outside.push(letter),
            _ => {}
        }
    }
    words.push(outside);
    words
}

#[test]
fn templates_have_no_words_of_their_own() {
    for (path, template) in files(&root().join("templates"), "html") {
        for words in bare_words(&template) {
            let letters: String = words.chars().filter(|one| one.is_alphabetic()).collect();
            assert_eq!(letters, "", "{}", path.display());
        }
        assert!(
            template.is_ascii() || !template.chars().any(|one| one >= '\u{2e80}'),
            "{path:?}"
        );
    }
}

#[test]
fn the_choice_wins_over_the_browser() {
    let locale = |cookie: &'static str, header: &'static str| {
        let request = TestRequest::default()
            .insert_header(("cookie", cookie))
            .insert_header(("accept-language", header))
            .to_http_request();
        Locale::of(&request)
    };
    assert_eq!(locale("language=zh-CN", "en"), Locale::ZhCn);
    assert_eq!(locale("language=en", "zh-CN"), Locale::En);
    assert_eq!(locale("language=fr", "zh-CN"), Locale::ZhCn);
    assert_eq!(
        Locale::of(&TestRequest::default().to_http_request()),
        Locale::En
    );
}

#[test]
fn the_browser_is_asked_by_weight() {
    for (header, expected) in [
        ("zh-CN,zh;q=0.9,en;q=0.8", Locale::ZhCn),
        ("zh", Locale::ZhCn),
        ("zh-Hans-CN", Locale::ZhCn),
        ("zh-TW", Locale::ZhCn),
        ("en-GB,en;q=0.9,zh;q=0.8", Locale::En),
        ("en;q=0.5, zh;q=0.9", Locale::ZhCn),
        ("zh;q=0, en", Locale::En),
        ("fr-FR, zh;q=0.3", Locale::ZhCn),
        ("fr", Locale::En),
        ("*", Locale::En),
        ("", Locale::En),
        ("\u{fffd};q=x", Locale::En),
    ] {
        let asked = Locale::negotiate(header).unwrap_or(Locale::En);
        assert_eq!(asked, expected, "{header}");
    }
}

#[test]
fn texts_with_values() {
    let (en, zh) = (T(Locale::En), T(Locale::ZhCn));
    assert_eq!(en.date("2026-11-21").text, "21 Nov 2026");
    assert_eq!(zh.date("2026-11-21").text, "2026年11月21日");
    assert_eq!(en.date("soon").text, "soon");
    assert_eq!(en.instant(0).text, "1 Jan 1970, 00:00 UTC");
    assert_eq!(zh.instant(0).iso, "1970-01-01T00:00:00Z");
    assert_eq!(en.count("why-drop-lowest", 1), "without the lowest");
    assert_eq!(en.count("why-drop-lowest", 2), "without the 2 lowest");
    assert_eq!(en.with("out-of", "max", 100), "/ 100");
    assert_eq!(en.list(["Li", "Wang"]), "Li, Wang");
    assert_eq!(zh.list(["李老师", "王老师"]), "李老师、王老师");
    assert_eq!(en.get("no-such-key"), "[[no-such-key]]");
}

#[test]
fn texts_of_scripts_cannot_end_their_element() {
    for locale in Locale::ALL {
        let texts = script_texts(locale, Script::Grid);
        assert!(!texts.contains('<'));
        assert!(texts.contains("{count}"));
    }
}
