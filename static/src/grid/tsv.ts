/**
 * Reads a block from the clipboard. Excel and Sheets end a block with one line break: exactly one is
 * taken off, otherwise the pupil below the block would be blanked.
 */
export function parseTsv(text: string): string[][] {
  const body = text.replace(/\r\n/g, "\n").replace(/\r/g, "\n").replace(/\n$/, "");
  const rows: string[][] = [[]];
  let at = 0;
  while (at <= body.length) {
    let cell = "";
    if (body[at] === '"') {
      // a quoted cell may hold tabs and line breaks; "" is a quote
      let end = at + 1;
      let closed = false;
      while (end < body.length) {
        if (body[end] === '"' && body[end + 1] === '"') {
          cell += '"';
          end += 2;
        } else if (body[end] === '"') {
          closed = true;
          end += 1;
          break;
        } else cell += body[end++];
      }
      if (closed && (end >= body.length || body[end] === "\t" || body[end] === "\n")) at = end;
      else cell = "";
    }
    if (cell === "") {
      let end = at;
      while (end < body.length && body[end] !== "\t" && body[end] !== "\n") end++;
      cell = body.slice(at, end);
      at = end;
    }
    rows[rows.length - 1]!.push(cell.replace(/\n/g, " "));
    if (at >= body.length) break;
    if (body[at] === "\n") rows.push([]);
    at++;
  }
  return rows;
}

export function formatTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t")).join("\r\n");
}

/** The block laid over a selection: one value fills it, a block repeats when it fits a whole number of times. */
export function layBlock(block: string[][], height: number, width: number): string[][] {
  const rows = block.length;
  const columns = Math.max(...block.map((row) => row.length));
  const tall = height > rows && height % rows === 0 ? height : rows;
  const wide = width > columns && width % columns === 0 ? width : columns;
  return Array.from({ length: tall }, (_, r) =>
    Array.from({ length: wide }, (_, c) => block[r % rows]?.[c % columns] ?? ""),
  );
}
