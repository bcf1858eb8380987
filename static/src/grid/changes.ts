/** What the teacher does to the selected scores: each is one step that can be taken back. */
import { announce } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import { sameMark, type Mark } from "./entry.ts";
import { fillTargets } from "./fill.ts";
import { whyLocked } from "./reading.ts";
import type { Saver, Way } from "./saver.ts";
import type { Selection } from "./selection.ts";
import { keyOf, partsOf, type Assessment, type CellKey, type Store, type Wanted } from "./store.ts";
import { UndoStack, type CellChange, type Outcome } from "./undo.ts";
import { fieldOf, type View } from "./view.ts";

export interface Edit { key: CellKey; mark: Mark }

export class Changes {
  private readonly stack: UndoStack;
  private way: Way = "undo";

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly saver: Saver,
    private readonly selection: Selection,
    private readonly note: (message: string | null) => void,
    /** What stands beside the grid until it is closed. */
    private readonly say: (message: string) => void,
  ) {
    this.stack = new UndoStack(store, (key, wanted) => this.putOne(key, wanted, this.way), (key) => this.saver.discard(key), (key, before) => this.putOne(key, before, undefined), (key, raw, problem) => this.saver.refuse(key, raw, problem));
  }

  get canUndo(): boolean { return this.stack.canUndo; }
  get canRedo(): boolean { return this.stack.canRedo; }

  /** Whether the active column takes scores; says why when it does not, and what was typed for nothing. */
  allowed(typed = ""): boolean {
    const { active } = this.selection;
    const column = active && this.selection.column(active);
    if (column?.editable) return true;
    const why = column ? whyLocked(column, this.store.termClosed) : t("grid-read-only");
    const text = typed && column ? t("grid-not-entered", { typed, why }) : why;
    announce(text);
    this.note(column ? text : null);
    return false;
  }

  /** One undoable step, taken down before `refused` texts cover their cells; how many scores it changed, and how many of these it took away. */
  put(edits: Edit[], refused: CellKey[] = [], way?: Way): { changed: number; erased: number } {
    const step: CellChange[] = [];
    for (const { key, mark } of edits) {
      const before = this.store.shown(key);
      const cell = this.store.cell(key);
      if (sameMark(before, mark) && cell.raw === null) {
        if (cell.state === "refused") this.saver.edit(key, mark, way);
        continue;
      }
      step.push({ key, before: { mark: before }, after: { mark } });
      this.saver.edit(key, mark, way);
    }
    this.stack.record(step, refused);
    const erased = step.filter(({ before, after }) => after.mark?.status === "blank" && before.mark?.status !== "blank");
    return { changed: step.length, erased: erased.length };
  }

  /** Another remark in a cell; empty text takes it away. */
  remark(key: CellKey, text: string): void {
    const before = this.store.shownComment(key);
    if (text === before) return;
    this.saver.want(key, { comment: text });
    this.stack.record([{ key, before: { comment: before }, after: { comment: text } }]);
  }

  /** One mark for the whole selection (Delete, a status from the menu). */
  fill(mark: Mark): void {
    const edits: Edit[] = [];
    let locked = 0;
    for (const spot of this.selection.rows().flat()) {
      const column = this.selection.column(spot);
      if (column?.editable) edits.push({ key: keyOf(column.id, spot.student), mark });
      else if (column) locked++;
    }
    if (!edits.length && locked) this.allowed();
    this.put(edits, [], edits.length < 2 ? undefined : mark.status === "blank" ? "clear" : "fill");
  }

  /** One mark for a column: for its blanks, or for everybody. How many it changed. */
  fillColumn(column: Assessment, students: readonly number[], mark: Mark, all: boolean): number {
    const { keys } = fillTargets(this.store, column.id, students, mark, all);
    return this.put(keys.map((key) => ({ key, mark })), [], "fill").changed;
  }

  /** The top row of the selection (or the cell above a single cell) is copied into the rest. */
  fillDown(): void {
    const range = this.selection.range();
    if (!range) return;
    const from = range.top === range.bottom ? range.top - 1 : range.top;
    if (from < 0) return;
    const edits: Edit[] = [];
    for (let c = range.left; c <= range.right; c++) {
      const source = this.selection.at(from, c)!;
      const column = this.selection.column(source);
      if (!column?.editable) continue;
      const mark = this.store.shown(keyOf(column.id, source.student));
      for (let r = from + 1; r <= range.bottom; r++) edits.push({ key: keyOf(column.id, this.selection.at(r, c)!.student), mark });
    }
    this.put(edits, [], "fill");
  }

  undo(): void {
    this.way = "undo";
    this.tell(this.stack.undo(), "grid-undone");
  }

  redo(): void {
    this.way = "redo";
    this.tell(this.stack.redo(), "grid-redone");
  }

  /** Without a way: a reason is asked for, where one is needed. */
  private putOne(key: CellKey, wanted: Wanted, way: Way | undefined): boolean {
    const [assessment] = partsOf(key);
    if (!this.store.assessment(assessment)?.editable) return false;
    this.saver.want(key, wanted, way);
    return true;
  }

  private tell(outcome: Outcome | null, key: string): void {
    if (!outcome) {
      announce(t("grid-nothing-to-undo"));
      return;
    }
    const [first] = outcome.done;
    if (first && outcome.done.length === 1) {
      const [assessment, student] = partsOf(first);
      if (this.view.students.includes(student)) this.selection.go({ student, field: fieldOf(assessment) });
    }
    const skipped = outcome.skipped.length ? tn("grid-undo-skipped", outcome.skipped.length) : "";
    announce(tn(key, outcome.done.length) + (skipped && ` ${skipped}`));
    if (skipped) this.note(skipped);
    const corrected = outcome.done.filter((one) => this.store.assessment(partsOf(one)[0])?.state === "published");
    if (corrected.length) this.say(tn("grid-own-reason", corrected.length, { reason: t(`grid-own-${this.way}`) }));
  }
}
