//! The number by which a plan is recognised.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{self, Context, Digest, SHA256};

/// A file's content in one number.
pub(crate) struct FileDigest(Digest);

impl FileDigest {
    pub(crate) fn of(file: &[u8]) -> Self {
        Self(digest::digest(&SHA256, file))
    }
}

/// Puts a plan into one number. What goes in is written with its length, so that no two different
/// plans read the same.
pub(crate) struct Fingerprint(Context);

impl Fingerprint {
    pub(crate) fn of(kind: &str, file: &FileDigest) -> Self {
        let mut print = Self(Context::new(&SHA256));
        print.text(kind);
        print.bytes(file.0.as_ref());
        print
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(&length.to_le_bytes());
        self.0.update(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Texts in their order.
    pub(crate) fn texts(&mut self, texts: &[String]) {
        self.number(i64::try_from(texts.len()).unwrap_or(i64::MAX));
        for text in texts {
            self.text(text);
        }
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.bytes(&number.to_le_bytes());
    }

    pub(crate) fn optional(&mut self, number: Option<i64>) {
        match number {
            Some(number) => self.number(number),
            None => self.text("none"),
        }
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.number(i64::from(flag));
    }

    /// Places in the file.
    pub(crate) fn places(&mut self, places: impl IntoIterator<Item = usize>) {
        for place in places {
            self.number(i64::try_from(place).unwrap_or(i64::MAX));
        }
        self.text("end");
    }

    /// Which rows are left out.
    pub(crate) fn rejected(&mut self, lines: &BTreeSet<u64>) {
        for line in lines {
            self.number(i64::try_from(*line).unwrap_or(i64::MAX));
        }
        self.text("end");
    }

    pub(crate) fn done(self) -> String {
        let digest = self.0.finish();
        let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
        hex.collect()
    }
}
