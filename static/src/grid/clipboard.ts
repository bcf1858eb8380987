/** Copy, cut and paste of blocks, as Excel and Sheets exchange them. */
import { announce } from "../common/dom.ts";
import { tn } from "../common/i18n.ts";
import type { Changes, Edit } from "./changes.ts";
import type { Editor } from "./editor.ts";
import { BLANK } from "./entry.ts";
import type { Saver } from "./saver.ts";
import type { Range, Selection } from "./selection.ts";
import { keyOf, type CellKey } from "./store.ts";
import { formatTsv, layBlock, parseTsv } from "./tsv.ts";
import { readTyped } from "./typed.ts";
import type { Spot, View } from "./view.ts";

/** Where each pasted text goes, and what becomes of it. */
interface Pasted {
  edits: Edit[];
  /** Not scores: kept in view, not sent. */
  refused: { key: CellKey; raw: string; message: string }[];
  outside: number;
  locked: number;
  /** The last cell of a column of scores. */
  last: Spot | null;
}

export class Clipboard {
  constructor(
    private readonly view: View,
    private readonly saver: Saver,
    private readonly selection: Selection,
    private readonly changes: Changes,
    private readonly editor: Editor,
    /** What the last paste left out; nothing when it left out nothing. */
    private readonly leftOut: (message: string | null) => void,
  ) {
    view.holder.addEventListener("copy", (event) => this.onCopy(event, false));
    view.holder.addEventListener("cut", (event) => this.onCopy(event, true));
    view.holder.addEventListener("paste", (event) => this.onPaste(event));
  }

  private onCopy(event: ClipboardEvent, cut: boolean): void {
    if (this.editor.open || event.target !== this.editor.input || !event.clipboardData) return;
    const rows = this.selection.rows();
    if (!rows.length) return;
    event.clipboardData.setData("text/plain", formatTsv(rows.map((row) => row.map((spot) => this.view.textAt(spot)))));
    event.preventDefault();
    if (cut) this.changes.fill(BLANK);
    else announce(tn("grid-copied", rows.flat().length));
  }

  private onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain");
    if (event.target !== this.editor.input || text === undefined) return;
    if (this.editor.open) {
      if (!/[\t\n]/.test(text.trim())) return; // into the text being edited
      this.editor.cancel();
    }
    event.preventDefault();
    if (text === "") return;
    const range = this.selection.range();
    if (!range) return;
    const pasted = this.lay(text, range);
    const done = this.changes.put(pasted.edits, pasted.refused.map(({ key }) => key), "paste");
    for (const { key, raw, message } of pasted.refused) this.saver.refuse(key, raw, message);
    const first = this.selection.at(range.top, range.left);
    if (first && pasted.last) this.selection.select(first, pasted.last);
    this.tell(pasted, done);
  }

  private lay(text: string, range: Range): Pasted {
    const pasted: Pasted = { edits: [], refused: [], outside: 0, locked: 0, last: null };
    const block = layBlock(parseTsv(text), range.bottom - range.top + 1, range.right - range.left + 1);
    block.forEach((row, dr) => row.forEach((raw, dc) => {
      const spot = this.selection.at(range.top + dr, range.left + dc);
      const column = spot && this.selection.column(spot);
      if (!spot || !column) {
        if (raw.trim()) pasted.outside++; // totals are not pasted into
        return;
      }
      pasted.last = spot;
      if (!column.editable) {
        if (raw.trim()) pasted.locked++;
      }
      else {
        const key = keyOf(column.id, spot.student);
        const typed = readTyped(raw.trim(), column);
        if (typed.ok) pasted.edits.push({ key, mark: typed.mark });
        else pasted.refused.push({ key, raw: raw.trim(), message: typed.message });
      }
    }));
    return pasted;
  }

  private tell({ refused, locked, outside }: Pasted, { changed, erased }: { changed: number; erased: number }): void {
    const parts = [tn("grid-pasted", changed)];
    if (erased) parts.push(tn("grid-paste-erased", erased));
    if (refused.length) parts.push(tn("grid-paste-refused", refused.length));
    if (locked) parts.push(tn("grid-paste-locked", locked));
    if (outside) parts.push(tn("grid-paste-outside", outside));
    announce(parts.join(" "));
    this.leftOut(parts.length > 1 ? parts.join(" ") : null);
  }
}
