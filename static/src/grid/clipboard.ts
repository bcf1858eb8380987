/** Copy, cut and paste of blocks, as Excel and Sheets exchange them. */
import { announce } from "../common/dom.ts";
import { tn } from "../common/i18n.ts";
import type { Changes } from "./changes.ts";
import type { Editor } from "./editor.ts";
import { BLANK } from "./entry.ts";
import { matchBlock, type Matched } from "./match.ts";
import { layByName, layByPlace, overwrites, type Laid } from "./pasting.ts";
import { askPaste } from "./preview.ts";
import type { Saver } from "./saver.ts";
import type { Selection } from "./selection.ts";
import type { Store } from "./store.ts";
import { formatTsv, parseTsv } from "./tsv.ts";
import type { Target } from "./titled.ts";
import { assessmentOf, type View } from "./view.ts";

export class Clipboard {
  constructor(
    private readonly store: Store,
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
    if (text !== "") this.lay(parseTsv(text), false);
  }

  /** Straight in, or shown first; `again` when a score has changed under the preview. */
  private lay(block: string[][], again: boolean): void {
    const range = this.selection.range();
    if (!range) return;
    const matched = this.match(block, range.left);
    const laid = matched ? layByName(matched, this.store) : layByPlace(block, range, this.selection);
    const seenByStudents = overwrites(laid, this.store).some(({ published }) => published);
    if (!again && !matched && !laid.refused.length && !laid.locked.size && !seenByStudents) {
      this.apply(laid, null);
      return;
    }
    const seen = this.store.versions([...laid.edits, ...laid.refused].map(({ key }) => key));
    askPaste({ laid, matched, again }, this.store, (column) => this.view.titleOf(column), (agreed) => {
      this.editor.focus();
      if (!agreed) return;
      if (this.store.isNewer(seen)) this.lay(block, true);
      else this.apply(laid, matched);
    });
  }

  /** Whether the rows of a block say whose they are. */
  private match(block: string[][], left: number): Matched | null {
    const targets: Target[] = [];
    let from = 0;
    this.view.fields.forEach((field, c) => {
      const column = this.store.assessment(assessmentOf(field) ?? 0);
      if (!column) return;
      if (c < left) from++;
      targets.push({ id: column.id, max: column.maxScore, titles: this.store.assessments.some((one) => one.id !== column.id && one.title === column.title) ? [this.view.titleOf(column)] : [column.title, this.view.titleOf(column)] });
    });
    return matchBlock(block, this.store.students, targets, from);
  }

  /** One step, to be taken back as one. */
  private apply(laid: Laid, matched: Matched | null): void {
    const done = this.changes.put(laid.edits, laid.refused.map(({ key }) => key), "paste");
    for (const { key, raw, message } of laid.refused) this.saver.refuse(key, raw, message);
    if (laid.first && laid.last) this.selection.select(laid.first, laid.last);
    this.tell(laid, matched, done);
  }

  private tell({ refused, locked, outside }: Laid, matched: Matched | null, { changed, erased }: { changed: number; erased: number }): void {
    const parts = [tn("grid-pasted", changed)];
    const closed = [...locked.values()].reduce((sum, n) => sum + n, 0);
    if (erased) parts.push(tn("grid-paste-erased", erased));
    if (refused.length) parts.push(tn("grid-paste-refused", refused.length));
    if (closed) parts.push(tn("grid-paste-locked", closed));
    if (outside) parts.push(tn("grid-paste-outside", outside));
    if (matched?.problems.length) parts.push(tn("grid-paste-unmatched", matched.problems.length));
    announce(parts.join(" "));
    this.leftOut(parts.length > 1 ? parts.join(" ") : null);
  }
}
