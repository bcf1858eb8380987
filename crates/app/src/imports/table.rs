//! Rows of a delimited text with the line on which each begins.

/// One row.
pub(super) struct Record {
    /// Line of the file on which it begins, from 1.
    pub(super) line: u64,
    /// Its fields without the spaces around them.
    pub(super) fields: Vec<String>,
}

impl Record {
    fn is_blank(&self) -> bool {
        self.fields.iter().all(String::is_empty)
    }
}

/// The rows that have anything in them. `text` has `\n` at the end of its lines.
pub(super) fn records(text: &str) -> Vec<Record> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut lines = Lines {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    // Reading a text from memory cannot fail: it is UTF-8 and any number of fields is allowed.
    reader
        .records()
        .map_while(Result::ok)
        .map(|record| Record {
            line: record
                .position()
                .map_or(lines.line, |start| lines.of_record(start.byte())),
            fields: record.iter().map(|field| field.trim().to_owned()).collect(),
        })
        .filter(|record| !record.is_blank())
        .collect()
}

/// Counts lines as the records go by. The reader's own count is of where it began to look for a
/// record, before the empty lines that it skips.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of_record(&mut self, searched_from: u64) -> u64 {
        let searched_from = usize::try_from(searched_from).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            let is_break = *byte == b'\n';
            if self.at >= searched_from && !is_break {
                break;
            }
            self.line += u64::from(is_break);
            self.at += 1;
        }
        self.line
    }
}

/// The delimiter that the header has most of.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty());
    let outside_quotes: String = header.unwrap_or_default().split('"').step_by(2).collect();
    let count = |delimiter: &u8| outside_quotes.bytes().filter(|b| b == delimiter).count();
    let mut best = b',';
    for other in [b';', b'\t'] {
        if count(&other) > count(&best) {
            best = other;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<(u64, Vec<String>)> {
        records(text)
            .into_iter()
            .map(|record| (record.line, record.fields))
            .collect()
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "\n\na,b\n1,\"x\ny\"\n\n,,\n  \n2,\"say \"\"hi\"\"\"\n\"\n3\",z";
        let lines: Vec<u64> = records(text).iter().map(|record| record.line).collect();
        assert_eq!(lines, [3, 4, 9, 10]);
        assert_eq!(shape(text)[1].1, ["1", "x\ny"]);
        assert_eq!(shape(text)[2].1, ["2", "say \"hi\""]);
    }

    #[test]
    fn the_header_shows_the_delimiter() {
        for delimiter in [',', ';', '\t'] {
            let text = format!("a{delimiter}b{delimiter}\"c;,\t;\"\n1{delimiter}2{delimiter}3");
            assert_eq!(shape(&text)[1].1, ["1", "2", "3"], "{delimiter:?}");
        }
    }

    #[test]
    fn spaces_around_fields_do_not_count() {
        assert_eq!(shape(" a ,\u{3000}b\n")[0].1, ["a", "b"]);
    }
}
