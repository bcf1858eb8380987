//! Which characters a text of a person may hold.

/// Whether one line of text (a name, a number) holds what no reader can see and some program would
/// stumble over: control characters, line breaks, and marks that reverse the order of reading.
pub(crate) fn has_unprintable(line: &str) -> bool {
    line.chars().any(is_unprintable)
}

/// The same for a remark or a reason, which may have several lines.
pub(crate) fn lines_have_unprintable(text: &str) -> bool {
    text.chars()
        .any(|character| is_unprintable(character) && !matches!(character, '\n' | '\r' | '\t'))
}

/// The name of a file as it is kept and shown: without what no reader can see, or what turns its letters
/// around so that it seems to be a file of another kind.
#[must_use]
pub fn plain_file_name(name: &str) -> String {
    name.chars().filter(|sign| is_plain(*sign)).collect()
}

fn is_plain(character: char) -> bool {
    !is_unprintable(character) && !matches!(character, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Whether it holds signs that join or part letters and take no room: of use in a name, a trap in a number.
pub(crate) fn has_invisible(line: &str) -> bool {
    line.chars().any(|sign| {
        matches!(sign, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
    })
}

fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(character,
            // Line and paragraph separators; embeddings, overrides and isolates; byte order mark.
            '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_world_pass_and_tricks_do_not() {
        for name in ["李明", "Zoë O’Neil", "محمد\u{200c}علی", "👩\u{200d}🏫"] {
            assert!(!has_unprintable(name), "{name}");
        }
        for name in [
            "a\0b",
            "a\nb",
            "\u{1b}[2J",
            "a\u{85}b",
            "\u{202e}txt",
            "\u{feff}a",
        ] {
            assert!(has_unprintable(name), "{name:?}");
        }
        let tricky = "月考\u{202e}\u{200f}vsc.xlsx\n\0";
        assert_eq!(plain_file_name(tricky), "月考vsc.xlsx");
        assert!(!lines_have_unprintable("one\r\n\ttwo"));
        assert!(lines_have_unprintable("one\0two"));
    }
}
