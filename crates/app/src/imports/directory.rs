//! The end of a zip archive's directory, read by hand before a reader of archives makes room for as
//! many entries as it names.

/// What is wrong with an archive before anything of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadDirectory {
    /// There is no end.
    CutShort,
    /// More entries than there may be.
    TooManyEntries,
    /// Something stands before, behind or between, as in an archive of the long kind (zip64): readers
    /// could see different files in it.
    DoesNotFit,
}

/// Looks at the end of an archive that has at most `most` entries.
///
/// # Errors
/// [`BadDirectory`].
pub(crate) fn check(file: &[u8], most: u16) -> Result<(), BadDirectory> {
    const END: [u8; 4] = *b"PK\x05\x06";
    const END_LENGTH: usize = 22;
    let start = file
        .windows(END.len())
        .rposition(|window| window == END)
        .ok_or(BadDirectory::CutShort)?;
    let end = file.get(start..).unwrap_or_default();
    if end.len() < END_LENGTH {
        return Err(BadDirectory::CutShort);
    }
    let short = |at: usize| {
        let bytes = [end.get(at), end.get(at + 1)];
        u16::from_le_bytes(bytes.map(|byte| byte.copied().unwrap_or(0)))
    };
    let long = |at: usize| u64::from(short(at)) | (u64::from(short(at + 2)) << 16);
    let (disk, first_disk, here, entries) = (short(4), short(6), short(8), short(10));
    let (size, offset, comment) = (long(12), long(16), short(20));
    let position = u64::try_from(start).unwrap_or(u64::MAX);
    if entries > most {
        return Err(BadDirectory::TooManyEntries);
    }
    // One archive, whole, with nothing before, behind or between: then every reader sees the same.
    let whole = disk == 0
        && first_disk == 0
        && here == entries
        && size.checked_add(offset) == Some(position)
        && end.len() == END_LENGTH + usize::from(comment);
    if whole {
        Ok(())
    } else {
        Err(BadDirectory::DoesNotFit)
    }
}
