/** From cell to cell, as in a spreadsheet: by steps, to the edge of what is filled, by Tab and Enter, to what needs a look. */
import { announce } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import type { Selection } from "./selection.ts";
import { keyOf, type Store } from "./store.ts";
import { assessmentOf, ROW_HEIGHT, type Spot, type View } from "./view.ts";

export class Movement {
  /** The column where a run of Tabs began. */
  private tabFrom: string | null = null;

  constructor(private readonly store: Store, private readonly view: View, private readonly selection: Selection) {}

  private get lastRow(): number { return this.view.students.length - 1; }
  private get lastColumn(): number { return this.view.fields.length - 1; }

  /** To a cell that was pointed at. */
  pick(spot: Spot, extend: boolean): void {
    this.tabFrom = null;
    this.selection.go(spot, extend);
  }

  /** Under the mouse nothing scrolls: the release, or a second click, would meet another cell. Typing brings it into sight. */
  press(spot: Spot, extend: boolean): void {
    this.tabFrom = null;
    this.selection.go(spot, extend, false);
  }

  step(dr: number, dc: number, extend: boolean, toEdge: boolean): void {
    this.tabFrom = null;
    if (toEdge) this.jump(dr, dc, extend);
    else this.move(extend ? this.selection.head : this.selection.active, dr, dc, extend);
  }

  page(up: boolean, extend: boolean): void {
    const rows = Math.max(1, Math.floor(this.view.scroller.clientHeight / ROW_HEIGHT) - 1);
    this.move(extend ? this.selection.head : this.selection.active, up ? -rows : rows, 0, extend);
  }

  /** Home and End: of the row, or of the whole grid. */
  end(first: boolean, whole: boolean, extend: boolean): void {
    const from = extend ? this.selection.head : this.selection.active;
    if (!from) return;
    const row = whole ? (first ? 0 : this.lastRow) : this.selection.index(from).r;
    const to = this.selection.at(row, first ? 0 : this.lastColumn);
    if (to) this.selection.go(to, extend);
  }

  selectAll(): void {
    const first = this.selection.at(0, 0);
    const last = this.selection.at(this.lastRow, this.lastColumn);
    if (first && last) this.selection.select(first, last);
  }

  /** Tab goes through the columns that hold scores, row after row; at the ends it leaves the grid. */
  tab(back: boolean): boolean {
    const { active } = this.selection;
    if (!active) return false;
    const columns = this.view.fields.filter((field) => assessmentOf(field) !== null);
    const { r } = this.selection.index(active);
    let c = columns.indexOf(active.field);
    if (c < 0) c = columns.length; // in the totals
    this.tabFrom ??= active.field;
    c += back ? -1 : 1;
    let row = r;
    if (c < 0) [row, c] = [r - 1, columns.length - 1];
    else if (c >= columns.length) [row, c] = [r + 1, 0];
    const student = this.view.students[row];
    const field = columns[c];
    if (student === undefined || field === undefined) return false;
    this.selection.go({ student, field });
    return true;
  }

  /** Enter goes down; after Tabs it goes to the column where they began, as in a spreadsheet. */
  enter(up: boolean): void {
    let from = this.selection.active;
    if (!from) return;
    if (this.tabFrom && this.view.fields.includes(this.tabFrom)) from = { student: from.student, field: this.tabFrom };
    this.tabFrom = null;
    this.onward(from, up ? -1 : 1);
  }

  /** An arrow that took over what was typed goes on like Enter, but never back to where Tabs began. */
  afterTyping(up: boolean): void {
    this.tabFrom = null;
    if (this.selection.active) this.onward(this.selection.active, up ? -1 : 1);
  }

  /** The next cell, after the active one, that somebody has to decide on; false when there is none on the screen. */
  nextProblem(): boolean {
    const keys = new Set(this.store.keysIn("conflict", "refused", "failed", "reason"));
    if (!keys.size) return false;
    const width = this.view.fields.length;
    const here = this.selection.active ? this.selection.index(this.selection.active) : { r: 0, c: -1 };
    const total = this.view.students.length * width;
    for (let step = 1; step <= total; step++) {
      const n = (here.r * width + here.c + step + total) % total;
      const spot = this.selection.at(Math.floor(n / width), n % width)!;
      const assessment = assessmentOf(spot.field);
      if (assessment !== null && keys.has(keyOf(assessment, spot.student))) {
        this.selection.go(spot);
        return true;
      }
    }
    return false;
  }

  /** To the next pupil; after the last one the cell takes nothing more, or the next score would overwrite this one. */
  private onward(from: Spot, dr: 1 | -1): void {
    const outside = this.selection.outside(from, dr);
    this.move(from, dr, 0, false);
    if (!outside || !this.selection.column(from)?.editable) return;
    const edge = dr > 0 ? "end" : "start";
    this.selection.park(edge);
    announce(t(`grid-edge-${edge}`));
  }

  private move(from: Spot | null, dr: number, dc: number, extend: boolean): void {
    if (!from) return;
    const { r, c } = this.selection.index(from);
    const { active, parked } = this.selection;
    const to = this.selection.at(Math.max(0, Math.min(this.lastRow, r + dr)), Math.max(0, Math.min(this.lastColumn, c + dc)));
    if (to) this.selection.go(to, extend);
    if (parked && to && !extend && to.student === active?.student && to.field === active.field) this.selection.park(parked); // went nowhere
  }

  /** To the edge of the filled cells. */
  private jump(dr: number, dc: number, extend: boolean): void {
    const from = extend ? this.selection.head : this.selection.active;
    if (!from) return;
    let { r, c } = this.selection.index(from);
    const filled = (y: number, x: number): boolean => this.view.textAt(this.selection.at(y, x)!) !== "";
    const inside = (y: number, x: number): boolean => y >= 0 && x >= 0 && y <= this.lastRow && x <= this.lastColumn;
    if (!inside(r + dr, c + dc)) return;
    const running = filled(r, c) && filled(r + dr, c + dc);
    do {
      r += dr;
      c += dc;
    } while (inside(r + dr, c + dc) && (running ? filled(r + dr, c + dc) : !filled(r, c)));
    this.selection.go(this.selection.at(r, c)!, extend);
  }
}
