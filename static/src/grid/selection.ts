/**
 * Where we are: the active cell, the far end of the selection, and how both are shown. The one input sits in the
 * active cell, so it moves with it.
 */
import { keyOf, type Assessment, type CellKey, type Store } from "./store.ts";
import { assessmentOf, type Spot, type View } from "./view.ts";

/** Typing has come to an end of the list, or its column or pupil has gone from under the hand. */
export type Edge = "start" | "end" | "gone";

export interface Range { top: number; left: number; bottom: number; right: number }

const SHOWN = ["is-active", "is-selected", "edge-t", "edge-r", "edge-b", "edge-l", "in-active-row", "in-active-column"];

export class Selection {
  private current: Spot | null = null;
  private end: Spot | null = null;
  /** The column of the active cell, which outlives a search that finds nobody. */
  private field = "";
  private painted: HTMLElement[] = [];
  private moving = false;
  private edge: Edge | null = null;
  /** The teacher has been in the grid, so it may take the focus back when its rows move. */
  touched = false;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly input: HTMLInputElement,
    private readonly moved: () => void,
    /** The column to begin with. */
    private readonly begin: () => string,
  ) {}

  /** Typing goes into this cell, however much is selected, as in a spreadsheet. */
  get active(): Spot | null { return this.current; }
  /** The far end of the selection. */
  get head(): Spot | null { return this.end; }
  /**
   * Set when Enter (or an arrow that takes a value over) found no further pupil: the next value typed would overwrite
   * this one, so the cell takes none until somebody goes to a cell or opens this one.
   */
  get parked(): Edge | null { return this.edge; }
  /** The input loses the focus only because it is being put into another cell. */
  get inputMoves(): boolean { return this.moving; }

  activeKey(): CellKey | null {
    const column = this.current && assessmentOf(this.current.field);
    return this.current && column !== null ? keyOf(column, this.current.student) : null;
  }

  /** The assessment of a cell; none for a total. */
  column(spot: Spot): Assessment | undefined {
    const id = assessmentOf(spot.field);
    return id === null ? undefined : this.store.assessment(id);
  }

  index(spot: Spot): { r: number; c: number } {
    return { r: this.view.students.indexOf(spot.student), c: this.view.fields.indexOf(spot.field) };
  }

  at(r: number, c: number): Spot | null {
    const student = this.view.students[r];
    const field = this.view.fields[c];
    return student !== undefined && field !== undefined ? { student, field } : null;
  }

  range(): Range | null {
    if (!this.current || !this.end) return null;
    const a = this.index(this.current);
    const b = this.index(this.end);
    if (a.r < 0 || b.r < 0 || a.c < 0 || b.c < 0) return null;
    return { top: Math.min(a.r, b.r), left: Math.min(a.c, b.c), bottom: Math.max(a.r, b.r), right: Math.max(a.c, b.c) };
  }

  includes(spot: Spot): boolean {
    const range = this.range();
    const { r, c } = this.index(spot);
    return !!range && r >= range.top && r <= range.bottom && c >= range.left && c <= range.right;
  }

  /** The selected cells, row by row. */
  rows(): Spot[][] {
    const range = this.range();
    const rows: Spot[][] = [];
    if (!range) return rows;
    for (let r = range.top; r <= range.bottom; r++) {
      const row: Spot[] = [];
      for (let c = range.left; c <= range.right; c++) row.push(this.at(r, c)!);
      rows.push(row);
    }
    return rows;
  }

  /** False when the active cell is not on the screen any more (or there has been none yet). */
  stands(): boolean {
    const known = this.current && this.index(this.current);
    return !!known && known.r >= 0 && known.c >= 0;
  }

  /**
   * At the start, the column to begin with; when the active pupil has gone (filtered out, say), the first one left,
   * in the same column.
   */
  settle(focus: boolean): void {
    const first = this.current === null;
    if (!this.stands()) {
      // the next score was meant for somebody else: it is not typed over the one who stands here now
      this.edge = this.current && !this.exists(this.current) ? "gone" : null;
      const kept = this.view.fields.indexOf(this.field);
      this.current = this.end = this.at(0, kept >= 0 ? kept : Math.max(0, this.view.fields.indexOf(this.begin())));
    } else if (this.end) {
      if (this.current && this.edge && this.edge !== "gone" && !this.outside(this.current, this.edge === "end" ? 1 : -1)) this.edge = null;
      const end = this.index(this.end);
      if (end.r < 0 || end.c < 0) this.end = this.current;
    }
    this.place(focus);
    if (first && this.current) this.view.reveal(this.current);
  }

  go(to: Spot, extend = false, reveal = true): void {
    this.edge = null;
    this.end = to;
    if (!extend) this.current = to;
    this.place(true);
    if (reveal) this.view.reveal(to);
    this.moved();
  }

  /** Whether a step down (or up, below zero) from a cell leaves the list. */
  outside(from: Spot, rows: number): boolean {
    return this.at(this.index(from).r + rows, 0) === null;
  }

  /** Whether there is such a cell, on the screen or not. */
  private exists({ student, field }: Spot): boolean {
    const id = assessmentOf(field);
    return this.store.student(student) !== undefined && (id === null || this.store.assessment(id) !== undefined);
  }

  /** At an end of the list: the active cell takes no typed value. */
  park(edge: Edge): void {
    this.edge = edge;
    this.place(true);
    this.moved();
  }

  select(from: Spot, to: Spot): void {
    this.edge = null;
    this.current = from;
    this.end = to;
    this.place(true);
  }

  /** Back to the active cell alone, which takes what is typed. */
  collapse(): void {
    this.edge = null;
    this.end = this.current;
    this.place(true);
  }

  /** Puts the input into the active cell and shows the selection. */
  place(focus: boolean): void {
    for (const element of this.painted) element.classList.remove(...SHOWN);
    this.painted = [];
    if (!this.current) return;
    this.field = this.current.field;
    const element = this.view.elementAt(this.current);
    if (!element) return;
    if (this.input.parentElement !== element) {
      this.moving = true;
      element.append(this.input);
      this.moving = false;
    }
    // a column that is locked while a cell is open still takes the rest of what is typed: Enter says why it is not saved
    const open = this.store.isEditing(this.activeKey() ?? keyOf(0, 0));
    this.input.readOnly = this.edge !== null || !(open || this.column(this.current)?.editable);
    this.describe();
    if (focus && document.activeElement !== this.input) this.input.focus({ preventScroll: true });
    this.paint(element, "is-active");
    this.paint(element.closest(".tabulator-row")?.querySelector(".col-name"), "in-active-row");
    this.paint(this.view.holder.querySelector(`.tabulator-col[tabulator-field="${this.current.field}"]`), "in-active-column");
    const rows = this.rows();
    if (rows.length < 2 && (rows[0]?.length ?? 0) < 2) return;
    rows.forEach((row, r) => row.forEach((spot, c) => {
      const names = ["is-selected"];
      if (r === 0) names.push("edge-t");
      if (r === rows.length - 1) names.push("edge-b");
      if (c === 0) names.push("edge-l");
      if (c === row.length - 1) names.push("edge-r");
      this.paint(this.view.elementAt(spot), ...names);
    }));
  }

  /** Names the input after the active cell, whose text or state may have changed. */
  describe(): void {
    if (this.current) this.input.setAttribute("aria-label", this.view.labelAt(this.current));
  }

  private paint(target: Element | null | undefined, ...names: string[]): void {
    if (!target) return;
    target.classList.add(...names);
    this.painted.push(target as HTMLElement);
  }
}
