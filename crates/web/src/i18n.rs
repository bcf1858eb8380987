//! Languages of the pages: which one a visitor reads, and the texts in it.
//!
//! Texts of the server are Fluent resources in `locales/`; texts of the scripts stay beside them in
//! `static/messages.*.json`, since their `{name}` tokens are filled in the browser.

mod collation;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header;
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy, negotiate_languages};
use fluent_templates::fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::access::school;

pub(crate) use collation::compare_names;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "../../locales",
        fallback_language: "en",
        // The pages are all in one script direction; isolation marks would only get into copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Locale {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// The cookie that remembers a choice.
const COOKIE: &str = "language";

impl Locale {
    /// Every language, in the order in which they are offered.
    pub(crate) const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The language tag.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language with exactly this tag.
    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag)
    }

    /// The language of the answer: the visitor's choice, else what the browser asks for, else
    /// the school's.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let chosen = request
            .cookie(COOKIE)
            .and_then(|cookie| Self::from_tag(cookie.value()));
        let accepted = || {
            let header = request.headers().get(header::ACCEPT_LANGUAGE)?;
            Self::negotiate(header.to_str().ok()?)
        };
        let of_school = || Self::from_tag(&school(request).locale);
        chosen
            .or_else(accepted)
            .or_else(of_school)
            .unwrap_or(Self::En)
    }

    /// The best language for an `Accept-Language` header, if it asks for one of ours.
    fn negotiate(header: &str) -> Option<Self> {
        // "zh" alone, so that zh-TW, zh-Hans-CN and zh all find it.
        static AVAILABLE: LazyLock<Vec<LanguageIdentifier>> = LazyLock::new(|| {
            ["en", "zh"]
                .iter()
                .filter_map(|tag| tag.parse().ok())
                .collect()
        });
        let requested = by_preference(header);
        let found = negotiate_languages(
            &requested,
            AVAILABLE.as_slice(),
            None,
            NegotiationStrategy::Lookup,
        );
        found
            .first()
            .map(|language| match language.language.as_str() {
                "zh" => Self::ZhCn,
                _ => Self::En,
            })
    }

    fn bundle(self) -> &'static fluent_templates::LanguageIdentifier {
        static TAGS: LazyLock<[fluent_templates::LanguageIdentifier; 2]> = LazyLock::new(|| {
            [Locale::En, Locale::ZhCn].map(|one| one.tag().parse().unwrap_or_default())
        });
        match self {
            Self::En => &TAGS[0],
            Self::ZhCn => &TAGS[1],
        }
    }
}

/// The languages of an `Accept-Language` header, the most wanted first. The negotiation itself
/// reads only the order, not the weights.
fn by_preference(header: &str) -> Vec<LanguageIdentifier> {
    let mut weighted: Vec<(u32, LanguageIdentifier)> = header
        .split(',')
        .filter_map(|part| {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(1000, thousandths);
            Some((weight, tag.trim().parse().ok()?)).filter(|(weight, _)| *weight > 0)
        })
        .collect();
    // Stable: of equal weights the first one named is wanted most.
    weighted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighted.into_iter().map(|(_, language)| language).collect()
}

/// A quality value of at most three places as thousandths; anything else is no wish at all.
fn thousandths(quality: &str) -> u32 {
    let (whole, fraction) = quality
        .trim()
        .split_once('.')
        .unwrap_or((quality.trim(), ""));
    match (whole, fraction.len()) {
        ("1", _) => 1000,
        ("0", 0..=3) => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// The texts of one language, for templates: `{{ t.get("login-title") }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct T(pub(crate) Locale);

/// A day with its machine-readable form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateText {
    /// For the `datetime` attribute.
    pub(crate) iso: String,
    /// For people.
    pub(crate) text: String,
}

type Arguments<'a> = HashMap<&'static str, FluentValue<'a>>;

impl T {
    /// The language.
    pub(crate) fn locale(self) -> Locale {
        self.0
    }

    /// The language tag.
    pub(crate) fn tag(self) -> &'static str {
        self.0.tag()
    }

    /// A text.
    pub(crate) fn get(self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// A text with one value in it.
    pub(crate) fn with(self, key: &str, name: &'static str, value: impl Display) -> String {
        self.args(key, &[(name, &value.to_string())])
    }

    /// A text with several values in it.
    pub(crate) fn args(self, key: &str, values: &[(&'static str, &str)]) -> String {
        let arguments: Arguments<'_> = values
            .iter()
            .map(|(name, value)| (*name, FluentValue::String(Cow::Borrowed(value))))
            .collect();
        self.look_up(key, Some(&arguments))
    }

    /// A text that depends on a number, `$count`.
    pub(crate) fn count(self, key: &str, count: u32) -> String {
        self.look_up(key, Some(&HashMap::from([("count", count.into())])))
    }

    /// A text that depends on several numbers, with other values in it.
    pub(crate) fn counted(
        self,
        key: &str,
        numbers: &[(&'static str, u32)],
        values: &[(&'static str, &str)],
    ) -> String {
        let numbers = numbers
            .iter()
            .map(|(name, number)| (*name, (*number).into()));
        let texts = values
            .iter()
            .map(|(name, value)| (*name, FluentValue::String(Cow::Borrowed(*value))));
        let arguments: Arguments<'_> = numbers.chain(texts).collect();
        self.look_up(key, Some(&arguments))
    }

    fn look_up(self, key: &str, arguments: Option<&Arguments<'_>>) -> String {
        TEXTS
            .lookup_single_language(self.0.bundle(), key, arguments)
            .unwrap_or_else(|error| {
                // A test demands every key, so this is a key that was made up at run time.
                tracing::error!(key, %error, "text missing");
                format!("[[{key}]]")
            })
    }

    /// Several names in one text.
    pub(crate) fn list(self, names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
        let names: Vec<String> = names
            .into_iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        names.join(&self.get("list-separator"))
    }

    /// A length of time that somebody has to wait.
    pub(crate) fn seconds(self, seconds: u32) -> String {
        if seconds < 60 {
            self.count("wait-seconds", seconds)
        } else {
            self.count("wait-minutes", seconds.div_ceil(60))
        }
    }

    /// A day from its ISO form; what is no day is shown as it is.
    pub(crate) fn date(self, iso: &str) -> DateText {
        let text = iso
            .parse::<Date>()
            .map_or_else(|_| iso.to_owned(), |date| self.day(date));
        DateText {
            iso: iso.to_owned(),
            text,
        }
    }

    fn day(self, date: Date) -> String {
        let (year, day) = (date.year().to_string(), date.day().to_string());
        let arguments: Arguments<'_> = HashMap::from([
            ("year", FluentValue::from(year)),
            ("month", FluentValue::from(date.month())),
            ("day", FluentValue::from(day)),
        ]);
        self.look_up("date", Some(&arguments))
    }

    /// A point in time from unix milliseconds. Without script it is read as UTC; the script of
    /// every page shows it in the reader's own zone.
    pub(crate) fn instant(self, unix_ms: i64) -> DateText {
        let Ok(at) = Timestamp::from_millisecond(unix_ms) else {
            return DateText {
                iso: String::new(),
                text: String::new(),
            };
        };
        let utc = at.to_zoned(TimeZone::UTC);
        let time = format!("{:02}:{:02}", utc.hour(), utc.minute());
        let date = self.day(utc.date());
        DateText {
            iso: utc.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            text: self.args("instant", &[("date", &date), ("time", &time)]),
        }
    }
}

/// Which script's texts a page carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    /// The grid.
    Grid,
    /// A student's pages.
    Student,
    /// What stands in for a page that is late.
    Shell,
}

/// The texts of a script as JSON for `<script type="application/json">`. `<` is escaped, so that
/// no text can end the element.
pub(crate) fn script_texts(locale: Locale, script: Script) -> String {
    type Texts = BTreeMap<String, String>;
    static EN: LazyLock<Texts> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../static/messages.en.json")).unwrap_or_default()
    });
    static ZH_CN: LazyLock<Texts> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../static/messages.zh-CN.json"))
            .unwrap_or_default()
    });
    let texts: &Texts = match locale {
        Locale::En => &EN,
        Locale::ZhCn => &ZH_CN,
    };
    let prefix = match script {
        Script::Grid => "grid-",
        Script::Student => "student-",
        Script::Shell => "shell-",
    };
    let chosen: BTreeMap<&str, &str> = texts
        .iter()
        .filter(|(key, _)| key.starts_with(prefix))
        .map(|(key, text)| (key.as_str(), text.as_str()))
        .collect();
    serde_json::to_string(&chosen)
        .unwrap_or_else(|_| "{}".to_owned())
        .replace('<', "\\u003c")
}

#[cfg(test)]
mod tests;
