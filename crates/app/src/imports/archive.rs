//! What a workbook may hold before its cells are read: the archive's directory and the XML in it,
//! looked through with bounds on everything that the file claims of itself.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::directory::{self, BadDirectory};
use super::error::Unreadable;
use super::table;

/// Entries of the archive; a workbook of a school has a few dozen.
const MOST_ENTRIES: u16 = 1_000;
/// Bytes of one entry, unpacked. A sheet of 20,000 rows with 30 columns has about 27 million.
const LARGEST_ENTRY: u64 = 32 << 20;
/// Bytes of all entries, unpacked.
const LARGEST_CONTENT: u64 = 64 << 20;
/// Different texts.
const MOST_TEXTS: usize = 300_000;
/// Bytes of one tag with its attributes; those of a workbook have a few hundred.
const LONGEST_TAG: usize = 64 << 10;
/// Bytes between the ends of two tags; a cell has at most 32,767 characters.
const LONGEST_TEXT: usize = 4 << 20;
/// Elements of the part with the styles: a reader keeps something for each.
const MOST_STYLES: usize = 100_000;
/// Bytes of the longest tag of the styles, once for each format of cells: a reader copies the font and
/// the rest into each of them.
const LARGEST_STYLES: usize = 16 << 20;
/// Formulas without a result that are told.
const MOST_FORMULAS: usize = 1_000;

/// Places of cells, row and column from 0.
pub(super) type Places = Vec<(u32, u32)>;

/// Looks through the whole archive.
///
/// # Errors
/// What about it is not as in a workbook, or more than one may hold.
pub(super) fn examine(file: &[u8]) -> Result<Places, Unreadable> {
    directory::check(file, MOST_ENTRIES).map_err(|bad| match bad {
        BadDirectory::CutShort => broken("the archive is cut short"),
        BadDirectory::DoesNotFit => broken("its directory does not fit"),
        BadDirectory::TooManyEntries => Unreadable::TooManyEntries {
            most: MOST_ENTRIES.into(),
        },
    })?;
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(broken)?;
    let mut findings = Findings::default();
    let mut content = 0_u64;
    // The parts that tell which sheet is the first are looked into before any sheet.
    let tells = |at: &usize| {
        let name = archive.name_for_index(*at).and_then(Result::ok);
        name.is_some_and(|name| is_book(&name) || is_book_relations(&name))
    };
    let (mut order, others): (Vec<usize>, Vec<usize>) = (0..archive.len()).partition(tells);
    order.extend(others);
    for at in order {
        let mut entry = archive.by_index(at).map_err(broken)?;
        if entry.encrypted() {
            return Err(Unreadable::Encrypted);
        }
        let name = entry.name().map_err(broken)?.into_owned();
        let declared = entry.size();
        if declared > LARGEST_ENTRY || content + declared > LARGEST_CONTENT {
            return Err(Unreadable::TooLarge);
        }
        // What an entry says of its size is no promise.
        let mut bounded = Bounded {
            inner: &mut entry,
            left: LARGEST_ENTRY.min(LARGEST_CONTENT - content),
            overrun: false,
        };
        let read = if is_binary(&name) {
            std::io::copy(&mut bounded, &mut std::io::sink())
                .map(drop)
                .map_err(broken)
        } else {
            findings.look_into(&name, &mut bounded)
        };
        if bounded.overrun {
            return Err(Unreadable::TooLarge);
        }
        content += LARGEST_ENTRY.min(LARGEST_CONTENT - content) - bounded.left;
        read?;
    }
    Ok(findings.of_first_sheet())
}

/// Anything that a damaged or forged archive makes a reader say.
pub(super) fn broken(cause: impl std::fmt::Display) -> Unreadable {
    Unreadable::BrokenWorkbook {
        cause: cause.to_string().chars().take(120).collect(),
    }
}

fn is_book(name: &str) -> bool {
    name.ends_with("workbook.xml")
}

fn is_book_relations(name: &str) -> bool {
    name.ends_with("workbook.xml.rels")
}

fn is_binary(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin", ".tif", ".tiff", ".bmp",
    ]
    .iter()
    .any(|end| name.ends_with(end))
}

/// Gives out no more bytes than agreed.
struct Bounded<'a, R> {
    inner: &'a mut R,
    left: u64,
    overrun: bool,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let take = buffer.len().min(room);
        if take == 0 {
            // Whether there is more decides whether the entry is too large.
            self.overrun = !buffer.is_empty() && self.inner.read(&mut [0])? > 0;
            return Ok(0);
        }
        let got = self
            .inner
            .read(buffer.get_mut(..take).unwrap_or_default())?;
        self.left -= u64::try_from(got).unwrap_or(0);
        Ok(got)
    }
}

/// Gives up where no tag ends for too long: whatever stands between is held in memory.
struct Tagged<'a, R> {
    inner: R,
    since_tag: usize,
    too_long: &'a Cell<bool>,
}

impl<R: Read> Read for Tagged<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.inner.read(buffer)?;
        let bytes = buffer.get(..got).unwrap_or_default();
        self.since_tag = match bytes.iter().rposition(|byte| *byte == b'>') {
            Some(at) => got - at,
            None => self.since_tag + got,
        };
        if self.since_tag > LONGEST_TEXT {
            self.too_long.set(true);
            return Err(std::io::Error::other("no tag ends for too long"));
        }
        Ok(got)
    }
}

#[derive(Default)]
struct Findings {
    texts: usize,
    /// Cells with a formula and no result, by entry.
    formulas: HashMap<String, Places>,
    /// Relationship of the first sheet.
    first_sheet: Option<String>,
    /// Entries by relationship.
    targets: HashMap<String, String>,
}

/// What the styles of a workbook amount to while their elements go by.
#[derive(Default)]
struct Styles {
    elements: usize,
    formats: usize,
    longest: usize,
}

impl Styles {
    /// Counts an element; false when there are more than a workbook has, or their copies take too
    /// much.
    fn take(&mut self, tag: &BytesStart<'_>) -> bool {
        self.elements += 1;
        // The first one declares the namespaces and is copied nowhere.
        if self.elements > 1 {
            self.longest = self.longest.max(tag.len());
        }
        self.formats += usize::from(tag.local_name().as_ref() == "xf");
        self.elements <= MOST_STYLES && self.formats.saturating_mul(self.longest) <= LARGEST_STYLES
    }
}

/// Rows and cells of the table that certainly have something in them: what is too much is told before
/// the rest of the workbook is looked through.
#[derive(Default)]
struct Found {
    rows: usize,
    cells: usize,
    in_row: bool,
}

impl Found {
    fn row_begins(&mut self) {
        self.in_row = false;
    }

    fn cell(&mut self) -> Result<(), Unreadable> {
        self.cells += 1;
        if !std::mem::replace(&mut self.in_row, true) {
            self.rows += 1;
        }
        table::check_size(self.rows, self.cells)
    }
}

/// A cell while its parts go by.
#[derive(Default)]
struct OpenCell {
    place: Option<(u32, u32)>,
    is_text: bool,
    is_shared: bool,
    formula: bool,
    value: bool,
    in_value: bool,
}

impl Findings {
    fn look_into(&mut self, name: &str, entry: &mut impl Read) -> Result<(), Unreadable> {
        let too_long = Cell::new(false);
        let mut reader = Reader::from_reader(BufReader::new(Tagged {
            inner: entry,
            since_tag: 0,
            too_long: &too_long,
        }));
        let config = reader.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        let (is_book, is_book_relations) = (is_book(name), is_book_relations(name));
        let is_table = self.is_first_sheet(name);
        let mut found = Found::default();
        let is_styles = name.to_ascii_lowercase().ends_with("styles.xml");
        let mut styles = Styles::default();
        let mut cell = OpenCell::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer).map_err(|error| {
                if too_long.get() {
                    Unreadable::TooLarge
                } else {
                    broken(error)
                }
            })?;
            if let Event::Start(tag) = &event
                && tag.len() > LONGEST_TAG
            {
                return Err(Unreadable::TooLarge);
            }
            if is_styles
                && let Event::Start(tag) = &event
                && !styles.take(tag)
            {
                return Err(Unreadable::TooLarge);
            }
            match event {
                Event::Eof => return Ok(()),
                Event::DocType(_) => return Err(Unreadable::Doctype),
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "row" => found.row_begins(),
                    "si" => {
                        self.texts += 1;
                        if self.texts > MOST_TEXTS {
                            return Err(Unreadable::TooLarge);
                        }
                    }
                    // A reader makes room for as many texts as are announced.
                    "sst" => {
                        let announced = attribute(&tag, "uniqueCount");
                        let announced = announced.and_then(|count| count.trim().parse().ok());
                        if announced.unwrap_or(0_u64) > MOST_TEXTS as u64 {
                            return Err(Unreadable::TooLarge);
                        }
                    }
                    "c" => {
                        let kind = attribute(&tag, "t");
                        cell = OpenCell {
                            place: attribute(&tag, "r").and_then(|text| place(&text)),
                            is_text: kind.as_deref() == Some("str"),
                            is_shared: kind.as_deref() == Some("s"),
                            ..OpenCell::default()
                        }
                    }
                    "f" => cell.formula = true,
                    "v" => {
                        cell.in_value = true;
                        // Excel writes a formula whose result is an empty text so.
                        cell.value |= cell.is_text;
                    }
                    "is" => cell.value = true,
                    "sheet" if is_book && self.first_sheet.is_none() => {
                        self.first_sheet = attribute(&tag, "id");
                    }
                    "Relationship" if is_book_relations => {
                        if let Some((id, target)) =
                            attribute(&tag, "Id").zip(attribute(&tag, "Target"))
                        {
                            self.targets.insert(id, target);
                        }
                    }
                    _ => {}
                },
                Event::Text(text) if cell.in_value => {
                    cell.value = true;
                    // A shared text may be an empty one; whoever reads the cells will see.
                    if is_table && !cell.is_shared && !text.trim().is_empty() {
                        found.cell()?;
                    }
                }
                Event::End(tag) => match tag.local_name().as_ref() {
                    "v" => cell.in_value = false,
                    "c" => {
                        if let Some(place) = cell.place.filter(|_| cell.formula && !cell.value) {
                            let places = self.formulas.entry(name.to_owned()).or_default();
                            if places.len() < MOST_FORMULAS {
                                places.push(place);
                            }
                        }
                        cell = OpenCell::default();
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Whether this entry is the sheet with the table.
    fn is_first_sheet(&self, name: &str) -> bool {
        let id = self.first_sheet.as_ref();
        let target = id.and_then(|id| self.targets.get(id));
        let target = target.map(|target| target.trim_start_matches('/'));
        target.is_some_and(|target| name == target || name.strip_prefix("xl/") == Some(target))
    }

    fn of_first_sheet(mut self) -> Places {
        let names = self.formulas.keys();
        let name = names.into_iter().find(|name| self.is_first_sheet(name));
        let name = name.cloned();
        name.and_then(|name| self.formulas.remove(&name))
            .unwrap_or_default()
    }
}

/// An attribute by its name without a prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    // Nobody needs to know that an attribute is there twice, which takes room for each.
    tag.attributes()
        .with_checks(false)
        .flatten()
        .find(|one| one.key.local_name().as_ref() == name)
        .map(|one| one.value.to_string())
}

/// `B3` as row 2, column 1.
fn place(reference: &str) -> Option<(u32, u32)> {
    let digits = reference.find(|one: char| one.is_ascii_digit())?;
    let (letters, row) = reference.split_at(digits);
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let nth = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?) + 1;
        column.checked_mul(26)?.checked_add(nth)
    })?;
    Some((
        row.parse::<u32>().ok()?.checked_sub(1)?,
        column.checked_sub(1)?,
    ))
}
