/**
 * Selection, keys, editing, clipboard. One input lives inside the active cell and always has the focus, so
 * that the first key typed (or the first stroke of an input method) lands in it: typing overwrites, nothing
 * waits for a timer, and committing moves on in the same turn.
 */
import { announce, h } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import { BLANK, halfWidth, parseEntry, sameMark, type Mark, type Problem, type Status } from "./entry.ts";
import type { Saver } from "./saver.ts";
import { keyOf, type Assessment, type CellKey, type Store } from "./store.ts";
import { formatTsv, layBlock, parseTsv } from "./tsv.ts";
import { UndoStack, type CellChange, type Outcome } from "./undo.ts";
import { assessmentOf, type Spot, type View } from "./view.ts";

export interface GridHooks {
  help(): void;
  history(spot: Spot): void;
  cellMenu(spot: Spot, element: HTMLElement): void;
  note(message: string | null): void;
  moved(): void;
  leave(): void;
  enterNote(): void;
}

type Mode = "browse" | "type" | "edit";

export class Grid {
  readonly input = h("input", {
    class: "cell-input", type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "next", id: "cell-input",
  });
  readonly undoStack: UndoStack;
  private mode: Mode = "browse";
  private composing = false;
  private active: Spot | null = null;
  /** The far end of the selection; typing goes into the active cell, as in a spreadsheet. */
  private head: Spot | null = null;
  private seeded = "";
  private tabFrom: string | null = null;
  private painted: HTMLElement[] = [];
  private dragging = false;
  lastKeyAt = 0;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly saver: Saver,
    private readonly hooks: GridHooks,
  ) {
    if (matchMedia("(pointer: coarse)").matches) this.input.inputMode = "decimal";
    this.undoStack = new UndoStack(
      store,
      (key, mark) => this.putOne(key, mark),
      (key) => this.saver.discard(key),
    );
    store.isEditing = (key) => this.mode !== "browse" && this.activeKey() === key;
    const root = view.holder;
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("pointerdown", (event) => this.onPointerDown(event));
    root.addEventListener("mousedown", (event) => {
      if (view.spotOf(event.target) && event.target !== this.input) event.preventDefault(); // the input keeps the focus
    });
    root.addEventListener("pointerover", (event) => this.onDrag(event));
    window.addEventListener("pointerup", () => (this.dragging = false));
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("dblclick", (event) => {
      if (view.spotOf(event.target)) this.startEditing();
    });
    root.addEventListener("contextmenu", (event) => {
      const spot = view.spotOf(event.target);
      if (!spot || this.mode !== "browse") return;
      event.preventDefault();
      if (!this.inRange(spot)) this.go(spot);
      this.hooks.cellMenu(spot, view.elementAt(spot)!);
    });
    root.addEventListener("copy", (event) => this.onCopy(event, false));
    root.addEventListener("cut", (event) => this.onCopy(event, true));
    root.addEventListener("paste", (event) => this.onPaste(event));
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("compositionstart", () => {
      this.composing = true;
      if (this.mode === "browse") this.enter("type");
    });
    this.input.addEventListener("compositionend", () => {
      this.composing = false;
    });
    this.input.addEventListener("blur", () => this.onBlur());
  }

  get spot(): Spot | null { return this.active; }
  get editing(): boolean { return this.mode !== "browse"; }

  // ---- where we are -------------------------------------------------------------------------------------

  activeKey(): CellKey | null {
    const assessment = this.active && assessmentOf(this.active.field);
    return this.active && assessment !== null ? keyOf(assessment!, this.active.student) : null;
  }

  private column(spot: Spot): Assessment | undefined {
    const id = assessmentOf(spot.field);
    return id === null ? undefined : this.store.assessment(id);
  }

  private index(spot: Spot): { r: number; c: number } {
    return { r: this.view.students.indexOf(spot.student), c: this.view.fields.indexOf(spot.field) };
  }

  private at(r: number, c: number): Spot | null {
    const student = this.view.students[r];
    const field = this.view.fields[c];
    return student !== undefined && field !== undefined ? { student, field } : null;
  }

  range(): { top: number; left: number; bottom: number; right: number } | null {
    if (!this.active || !this.head) return null;
    const a = this.index(this.active);
    const b = this.index(this.head);
    if (a.r < 0 || b.r < 0 || a.c < 0 || b.c < 0) return null;
    return { top: Math.min(a.r, b.r), left: Math.min(a.c, b.c), bottom: Math.max(a.r, b.r), right: Math.max(a.c, b.c) };
  }

  private inRange(spot: Spot): boolean {
    const range = this.range();
    const { r, c } = this.index(spot);
    return !!range && r >= range.top && r <= range.bottom && c >= range.left && c <= range.right;
  }

  /** The first cell at the start, and again when the rows have been rearranged. */
  settle(): void {
    const hadFocus = document.activeElement === this.input || document.activeElement === document.body;
    const wasEditing = this.mode !== "browse";
    const known = this.active && this.index(this.active);
    if (!known || known.r < 0 || known.c < 0) {
      if (wasEditing) this.leaveEditing();
      this.active = this.head = this.at(0, 0);
    } else if (this.head) {
      const head = this.index(this.head);
      if (head.r < 0 || head.c < 0) this.head = this.active;
    }
    this.place(hadFocus && this.touched);
  }
  private touched = false;

  go(to: Spot, extend = false): void {
    this.head = to;
    if (!extend) this.active = to;
    this.place(true);
    this.view.reveal(to);
    this.hooks.moved();
  }

  focus(): void {
    this.touched = true;
    this.place(true);
    // a closing dialog gives the focus back without a caret, and keys would go nowhere
    if (this.mode !== "browse") return;
    this.input.blur();
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  /** Puts the input into the active cell and shows the selection. */
  private place(focus: boolean): void {
    for (const element of this.painted) element.classList.remove("is-active", "is-selected", "edge-t", "edge-r", "edge-b", "edge-l", "in-active-row", "in-active-column");
    this.painted = [];
    if (!this.active) return;
    const element = this.view.elementAt(this.active);
    if (!element) return;
    if (this.input.parentElement !== element) {
      this.moving = true;
      element.append(this.input);
      this.moving = false;
    }
    const column = this.column(this.active);
    this.input.readOnly = !column?.editable;
    this.input.setAttribute("aria-label", this.view.labelAt(this.active));
    if (focus && document.activeElement !== this.input) this.input.focus({ preventScroll: true });
    const add = (target: Element | null | undefined, ...names: string[]): void => {
      if (!target) return;
      target.classList.add(...names);
      this.painted.push(target as HTMLElement);
    };
    add(element, "is-active");
    add(element.closest(".tabulator-row")?.querySelector(".col-name"), "in-active-row");
    add(this.view.holder.querySelector(`.tabulator-col[tabulator-field="${this.active.field}"]`), "in-active-column");
    const range = this.range();
    if (range && (range.top !== range.bottom || range.left !== range.right)) {
      for (let r = range.top; r <= range.bottom; r++) {
        for (let c = range.left; c <= range.right; c++) {
          const names = ["is-selected"];
          if (r === range.top) names.push("edge-t");
          if (r === range.bottom) names.push("edge-b");
          if (c === range.left) names.push("edge-l");
          if (c === range.right) names.push("edge-r");
          add(this.view.elementAt(this.at(r, c)!), ...names);
        }
      }
    }
  }
  private moving = false;

  /** The active cell was painted anew (its text or state has changed). */
  refresh(): void {
    if (this.active) this.input.setAttribute("aria-label", this.view.labelAt(this.active));
  }

  // ---- moving -------------------------------------------------------------------------------------------

  private move(dr: number, dc: number, extend = false): void {
    const from = extend ? this.head : this.active;
    if (!from) return;
    const { r, c } = this.index(from);
    const to = this.at(
      Math.max(0, Math.min(this.view.students.length - 1, r + dr)),
      Math.max(0, Math.min(this.view.fields.length - 1, c + dc)),
    );
    if (to) this.go(to, extend);
  }

  /** To the edge of the filled cells, as in a spreadsheet. */
  private jump(dr: number, dc: number, extend: boolean): void {
    const from = extend ? this.head : this.active;
    if (!from) return;
    let { r, c } = this.index(from);
    const filled = (y: number, x: number): boolean => this.view.textAt(this.at(y, x)!) !== "";
    const inside = (y: number, x: number): boolean => y >= 0 && x >= 0 && y < this.view.students.length && x < this.view.fields.length;
    if (!inside(r + dr, c + dc)) return;
    const running = filled(r, c) && filled(r + dr, c + dc);
    do {
      r += dr;
      c += dc;
    } while (inside(r + dr, c + dc) && (running ? filled(r + dr, c + dc) : !filled(r, c)));
    this.go(this.at(r, c)!, extend);
  }

  /** Tab goes through the columns that hold scores, row after row; at the ends it leaves the grid. */
  private tab(back: boolean): boolean {
    if (!this.active) return false;
    const columns = this.view.fields.filter((field) => assessmentOf(field) !== null);
    const { r } = this.index(this.active);
    let c = columns.indexOf(this.active.field);
    if (c < 0) c = columns.length; // in the totals
    this.tabFrom ??= this.active.field;
    c += back ? -1 : 1;
    let row = r;
    if (c < 0) [row, c] = [r - 1, columns.length - 1];
    else if (c >= columns.length) [row, c] = [r + 1, 0];
    const student = this.view.students[row];
    const field = columns[c];
    if (student === undefined || field === undefined) return false;
    this.go({ student, field });
    return true;
  }

  /** Enter goes down; after Tabs it goes to the column where they began, as in a spreadsheet. */
  private down(by: 1 | -1): void {
    if (!this.active) return;
    if (this.tabFrom && this.view.fields.includes(this.tabFrom)) this.active = { student: this.active.student, field: this.tabFrom };
    this.tabFrom = null;
    this.move(by, 0);
  }

  // ---- editing ------------------------------------------------------------------------------------------

  startEditing(): void {
    if (!this.active || this.mode !== "browse") return;
    if (!this.canEdit()) return;
    const text = this.view.textAt(this.active);
    this.enter("edit");
    this.input.value = text;
    this.seeded = text;
    this.input.setSelectionRange(text.length, text.length);
  }

  private canEdit(): boolean {
    const column = this.active && this.column(this.active);
    if (column?.editable) return true;
    announce(t("grid-read-only"));
    this.hooks.note(column ? t(column.state === "locked" ? "grid-locked-note" : "grid-read-only") : null);
    return false;
  }

  private enter(mode: "type" | "edit"): void {
    this.mode = mode;
    this.head = this.active;
    this.seeded = "";
    this.place(true);
    this.input.classList.add("is-editing");
    this.input.parentElement?.classList.add("is-editing");
    this.hooks.note(null);
  }

  private leaveEditing(): void {
    this.mode = "browse";
    this.input.value = "";
    this.input.classList.remove("is-editing");
    this.input.removeAttribute("aria-invalid");
    this.input.removeAttribute("aria-describedby");
    for (const cell of this.view.holder.querySelectorAll(".tabulator-cell.is-editing, .tabulator-cell.is-invalid")) cell.classList.remove("is-editing", "is-invalid");
    this.hooks.note(null);
  }

  private onInput(): void {
    if (this.mode === "browse") {
      const typed = halfWidth(this.input.value);
      if (!this.composing && typed === "?") {
        this.input.value = "";
        this.hooks.help();
        return;
      }
      this.enter("type");
    }
    if (this.input.hasAttribute("aria-invalid")) this.invalid(null); // being put right
  }

  private invalid(problem: Problem | null): void {
    const cell = this.input.parentElement;
    if (!problem) {
      this.input.removeAttribute("aria-invalid");
      this.input.removeAttribute("aria-describedby");
      cell?.classList.remove("is-invalid");
      this.hooks.note(null);
      return;
    }
    const column = this.active ? this.column(this.active) : undefined;
    const message = t(`grid-problem-${problem.replaceAll("_", "-")}`, { max: column?.limit ?? "", typed: this.input.value });
    this.input.setAttribute("aria-invalid", "true");
    this.input.setAttribute("aria-describedby", "cell-note");
    cell?.classList.add("is-invalid");
    this.hooks.note(message);
  }

  /**
   * Takes the edit over. False when the value is not a score: the editor stays open, its text stays as it is
   * (not selected: a teacher who types on without looking must not give this pupil the next one's score).
   */
  commit(): boolean {
    if (this.mode === "browse") return true;
    const key = this.activeKey();
    const column = this.active ? this.column(this.active) : undefined;
    if (!key || !column) {
      this.leaveEditing();
      return true;
    }
    const text = this.input.value;
    if (this.mode === "edit" && text === this.seeded && this.store.cell(key).raw === null) {
      this.leaveEditing();
      return true;
    }
    const entry = parseEntry(text, column.limit, this.words());
    if (!entry.ok) {
      this.invalid(entry.problem);
      return false;
    }
    this.leaveEditing();
    this.put([{ key, mark: entry.mark }]);
    return true;
  }

  cancel(): void {
    if (this.mode === "browse") return;
    this.leaveEditing();
  }

  private words(): Record<string, Status> {
    return {
      [t("grid-status-absent").toLowerCase()]: "absent",
      [t("grid-status-excused").toLowerCase()]: "excused",
      [t("grid-status-missing").toLowerCase()]: "missing",
    };
  }

  /** One undoable step. */
  private put(edits: { key: CellKey; mark: Mark }[], refused: CellKey[] = []): void {
    const step: CellChange[] = [];
    for (const { key, mark } of edits) {
      const before = this.store.shown(key);
      const cell = this.store.cell(key);
      if (sameMark(before, mark) && cell.raw === null) {
        if (cell.state === "refused") this.saver.edit(key, mark);
        continue;
      }
      step.push({ key, before, after: mark });
      this.saver.edit(key, mark);
    }
    this.undoStack.record(step, refused);
  }

  private putOne(key: CellKey, mark: Mark): boolean {
    const column = this.store.assessment(Number(key.split(":")[0]));
    if (!column?.editable) return false;
    this.saver.edit(key, mark);
    return true;
  }

  /** Fills the selection with one mark (Delete, a status from the menu). */
  fillSelection(mark: Mark): void {
    const edits: { key: CellKey; mark: Mark }[] = [];
    let locked = 0;
    this.eachSelected((spot) => {
      const column = this.column(spot);
      if (column?.editable) edits.push({ key: keyOf(column.id, spot.student), mark });
      else if (column) locked++;
    });
    if (!edits.length && locked) this.canEdit();
    this.put(edits);
  }

  /** The top row of the selection (or the cell above a single cell) is copied into the rest. */
  fillDown(): void {
    const range = this.range();
    if (!range) return;
    const from = range.top === range.bottom ? range.top - 1 : range.top;
    if (from < 0) return;
    const edits: { key: CellKey; mark: Mark }[] = [];
    for (let c = range.left; c <= range.right; c++) {
      const source = this.at(from, c)!;
      const column = this.column(source);
      if (!column?.editable) continue;
      const mark = this.store.shown(keyOf(column.id, source.student));
      for (let r = from + 1; r <= range.bottom; r++) edits.push({ key: keyOf(column.id, this.at(r, c)!.student), mark });
    }
    this.put(edits);
  }

  undo(): void {
    this.tell(this.undoStack.undo(), "grid-undone");
  }

  redo(): void {
    this.tell(this.undoStack.redo(), "grid-redone");
  }

  private tell(outcome: Outcome | null, key: string): void {
    if (!outcome) {
      announce(t("grid-nothing-to-undo"));
      return;
    }
    const [first] = outcome.done;
    if (first && outcome.done.length === 1) {
      const [assessment, student] = first.split(":");
      if (this.view.students.includes(Number(student))) this.go({ student: Number(student), field: `a${assessment}` });
    }
    announce(tn(key, outcome.done.length) + (outcome.skipped.length ? ` ${tn("grid-undo-skipped", outcome.skipped.length)}` : ""));
    if (outcome.skipped.length) this.hooks.note(tn("grid-undo-skipped", outcome.skipped.length));
  }

  private eachSelected(visit: (spot: Spot) => void): void {
    const range = this.range();
    if (!range) return;
    for (let r = range.top; r <= range.bottom; r++) for (let c = range.left; c <= range.right; c++) visit(this.at(r, c)!);
  }

  // ---- keys ---------------------------------------------------------------------------------------------

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.input) {
      this.onHeaderKey(event);
      return;
    }
    this.lastKeyAt = Date.now();
    this.touched = true;
    if (event.isComposing || event.keyCode === 229) return; // the input method's keys, Enter among them
    const mod = event.ctrlKey || event.metaKey;
    const handled = this.mode === "browse" ? this.browseKey(event, mod) : this.editKey(event, mod);
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private editKey(event: KeyboardEvent, mod: boolean): boolean {
    switch (event.key) {
      case "Enter":
        if (event.altKey || mod) return true;
        if (this.commit()) this.down(event.shiftKey ? -1 : 1);
        return true;
      case "Tab":
        if (!this.commit()) return true;
        return this.tab(event.shiftKey);
      case "Escape":
        this.cancel();
        return true;
      case "F2":
        this.mode = this.mode === "type" ? "edit" : "type";
        return true;
      case "ArrowUp":
      case "ArrowDown":
        if (this.commit()) this.arrow(event.key, false, false);
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        if (this.mode === "edit" || mod || event.shiftKey) return false;
        if (this.commit()) this.arrow(event.key, false, false);
        return true;
      default:
        return false;
    }
  }

  private arrow(key: string, extend: boolean, jump: boolean): void {
    this.tabFrom = null;
    const [dr, dc] = key === "ArrowUp" ? [-1, 0] : key === "ArrowDown" ? [1, 0] : key === "ArrowLeft" ? [0, -1] : [0, 1];
    if (jump) this.jump(dr!, dc!, extend);
    else this.move(dr!, dc!, extend);
  }

  private browseKey(event: KeyboardEvent, mod: boolean): boolean {
    const { key, shiftKey, altKey } = event;
    if (altKey && !mod) {
      if (event.code === "KeyH" && this.active) {
        this.hooks.history(this.active);
        return true;
      }
      if (key === "ArrowDown" && this.active) {
        this.hooks.enterNote();
        return true;
      }
      const cell = this.activeKey() && this.store.cell(this.activeKey()!);
      if (cell?.state === "conflict" && (event.code === "KeyM" || event.code === "KeyT")) {
        if (event.code === "KeyM") this.saver.keepMine(this.activeKey()!);
        else this.saver.takeTheirs(this.activeKey()!);
        return true;
      }
      return false;
    }
    switch (key) {
      case "ArrowUp":
        if (!shiftKey && !mod && this.active && this.index(this.active).r === 0) {
          const button = this.view.headerButton(this.active.field);
          if (button) {
            button.focus();
            return true;
          }
        }
        this.arrow(key, shiftKey, mod);
        return true;
      case "ArrowDown":
      case "ArrowLeft":
      case "ArrowRight":
        this.arrow(key, shiftKey, mod);
        return true;
      case "Enter":
        this.down(shiftKey ? -1 : 1);
        return true;
      case "Tab":
        return this.tab(shiftKey);
      case "Home":
      case "End": {
        const from = shiftKey ? this.head : this.active;
        if (!from) return true;
        const here = this.index(from);
        const last = this.view.students.length - 1;
        const r = mod ? (key === "Home" ? 0 : last) : here.r;
        const to = this.at(r, key === "Home" ? 0 : this.view.fields.length - 1);
        if (to) this.go(to, shiftKey);
        return true;
      }
      case "PageUp":
      case "PageDown": {
        const page = Math.max(1, Math.floor(this.view.scroller.clientHeight / 33) - 1);
        this.move(key === "PageUp" ? -page : page, 0, shiftKey);
        return true;
      }
      case "F2":
        this.startEditing();
        return true;
      case "F6":
        this.hooks.leave();
        return true;
      case "F8":
        this.nextProblem();
        return true;
      case "F10":
        if (!shiftKey) return false;
        this.openMenu();
        return true;
      case "ContextMenu":
        this.openMenu();
        return true;
      case "Delete":
        this.fillSelection(BLANK);
        return true;
      case "Backspace":
        if (this.canEdit()) this.enter("type");
        return true;
      case "Escape": {
        const own = this.activeKey();
        const cell = own ? this.store.cell(own) : null;
        if (own && cell?.state === "refused") this.saver.discard(own);
        this.head = this.active;
        this.place(true);
        this.hooks.moved();
        return true;
      }
      case "?":
        this.hooks.help();
        return true;
    }
    if (mod) {
      switch (event.code === "KeyZ" || event.code === "KeyY" || event.code === "KeyD" || event.code === "KeyA" ? event.code : `Key${key.toUpperCase()}`) {
        case "KeyZ":
          if (shiftKey) this.redo();
          else this.undo();
          return true;
        case "KeyY":
          this.redo();
          return true;
        case "KeyD":
          this.fillDown();
          return true;
        case "KeyA": {
          const first = this.at(0, 0);
          const last = this.at(this.view.students.length - 1, this.view.fields.length - 1);
          if (first && last) {
            this.active = first;
            this.head = last;
            this.place(true);
          }
          return true;
        }
      }
      return false;
    }
    if (key.length === 1 && this.input.readOnly) {
      this.canEdit();
      return true;
    }
    return false; // a character: it goes into the input, and editing begins with it
  }

  private openMenu(): void {
    const element = this.active && this.view.elementAt(this.active);
    if (this.active && element) this.hooks.cellMenu(this.active, element);
  }

  /** In the header row: the menus of the columns are a row of buttons. */
  private onHeaderKey(event: KeyboardEvent): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>(".col-menu") : null;
    if (!button || !this.active) return;
    const field = button.closest(".tabulator-col")?.getAttribute("tabulator-field") ?? "";
    const c = this.view.fields.indexOf(field);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const next = this.view.fields[c + (event.key === "ArrowLeft" ? -1 : 1)];
      if (next) this.view.headerButton(next)?.focus();
      if (next && this.view.elementAt({ student: this.view.students[0]!, field: next })) this.view.reveal({ student: this.view.students[0]!, field: next });
    } else if (event.key === "ArrowDown" || event.key === "Escape" || event.key === "Tab") {
      const to = this.at(0, c);
      if (to) this.go(to);
    } else return;
    event.preventDefault();
  }

  nextProblem(): void {
    const keys = new Set(this.store.keysIn("conflict", "refused", "failed", "reason"));
    if (!keys.size) return;
    const width = this.view.fields.length;
    const here = this.active ? this.index(this.active) : { r: 0, c: -1 };
    const total = this.view.students.length * width;
    for (let step = 1; step <= total; step++) {
      const n = (here.r * width + here.c + step + total) % total;
      const spot = this.at(Math.floor(n / width), n % width)!;
      const assessment = assessmentOf(spot.field);
      if (assessment !== null && keys.has(keyOf(assessment, spot.student))) {
        this.go(spot);
        return;
      }
    }
  }

  // ---- pointer ------------------------------------------------------------------------------------------

  private onPointerDown(event: PointerEvent): void {
    const spot = this.view.spotOf(event.target);
    if (!spot || event.button !== 0) return;
    this.touched = true;
    if (event.target === this.input && this.mode !== "browse") return;
    if (event.pointerType === "touch") return; // may be a scroll: the click decides
    if (!this.commit()) return;
    this.tabFrom = null;
    this.go(spot, event.shiftKey);
    this.dragging = true;
  }

  private onDrag(event: PointerEvent): void {
    if (!this.dragging || !(event.buttons & 1)) return;
    const spot = this.view.spotOf(event.target);
    if (spot && this.head && (spot.student !== this.head.student || spot.field !== this.head.field)) this.go(spot, true);
  }

  private onClick(event: MouseEvent): void {
    if ((event as PointerEvent).pointerType !== "touch") return;
    const spot = this.view.spotOf(event.target);
    if (!spot) return;
    const again = this.active?.student === spot.student && this.active.field === spot.field && document.activeElement === this.input;
    if (this.mode !== "browse" && again) return;
    if (!this.commit()) return;
    if (again && !this.input.readOnly) this.startEditing();
    else this.go(spot);
  }

  private onBlur(): void {
    if (this.moving || this.mode === "browse" || !document.hasFocus()) return;
    this.commit(); // what cannot be saved stays open, with its message
  }

  // ---- clipboard ----------------------------------------------------------------------------------------

  private onCopy(event: ClipboardEvent, cut: boolean): void {
    if (this.mode !== "browse" || event.target !== this.input || !event.clipboardData) return;
    const range = this.range();
    if (!range) return;
    const rows: string[][] = [];
    for (let r = range.top; r <= range.bottom; r++) {
      rows.push([]);
      for (let c = range.left; c <= range.right; c++) rows[rows.length - 1]!.push(this.view.textAt(this.at(r, c)!));
    }
    event.clipboardData.setData("text/plain", formatTsv(rows));
    event.preventDefault();
    const count = rows.length * (rows[0]?.length ?? 0);
    if (cut) this.fillSelection(BLANK);
    else announce(tn("grid-copied", count));
  }

  private onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain");
    if (event.target !== this.input || text === undefined) return;
    if (this.mode !== "browse") {
      if (!/[\t\n]/.test(text.trim())) return; // into the text being edited
      this.cancel();
    }
    event.preventDefault();
    if (text === "") return;
    const range = this.range();
    if (!range) return;
    const block = layBlock(parseTsv(text), range.bottom - range.top + 1, range.right - range.left + 1);
    const words = this.words();
    const edits: { key: CellKey; mark: Mark }[] = [];
    const refused: { key: CellKey; raw: string; problem: string }[] = [];
    let outside = 0;
    let locked = 0;
    let last: Spot | null = null;
    block.forEach((row, dr) =>
      row.forEach((raw, dc) => {
        const spot = this.at(range.top + dr, range.left + dc);
        if (!spot) {
          outside++;
          return;
        }
        last = spot;
        const column = this.column(spot);
        if (!column) outside++; // totals are not pasted into
        else if (!column.editable) locked++;
        else {
          const key = keyOf(column.id, spot.student);
          const entry = parseEntry(raw, column.limit, words);
          if (entry.ok) edits.push({ key, mark: entry.mark });
          else refused.push({ key, raw: raw.trim(), problem: t(`grid-problem-${entry.problem.replaceAll("_", "-")}`, { max: column.limit, typed: raw.trim() }) });
        }
      }),
    );
    this.put(edits, refused.map(({ key }) => key));
    for (const { key, raw, problem } of refused) this.saver.refuse(key, raw, problem);
    if (last) {
      this.active = this.at(range.top, range.left);
      this.head = last;
      this.place(true);
    }
    const parts = [tn("grid-pasted", edits.length)];
    if (refused.length) parts.push(tn("grid-paste-refused", refused.length));
    if (locked) parts.push(tn("grid-paste-locked", locked));
    if (outside) parts.push(tn("grid-paste-outside", outside));
    announce(parts.join(" "));
    if (parts.length > 1) this.hooks.note(parts.join(" "));
  }
}
