/** The grid as the page sees it: puts its parts together. Each knows only those above it here. */
import { Changes } from "./changes.ts";
import { Clipboard } from "./clipboard.ts";
import { cellInput, Editor, type EditorHooks } from "./editor.ts";
import type { Mark } from "./entry.ts";
import { Keyboard, type KeyboardHooks } from "./keyboard.ts";
import { Movement } from "./movement.ts";
import { Pointer } from "./pointer.ts";
import type { Saver } from "./saver.ts";
import { Selection, type Edge } from "./selection.ts";
import type { Assessment, CellKey, Store } from "./store.ts";
import type { Spot, View } from "./view.ts";

export interface GridHooks extends EditorHooks, KeyboardHooks {}

export class Grid {
  private readonly selection: Selection;
  private readonly movement: Movement;
  private readonly changes: Changes;
  private readonly editor: Editor;
  private readonly keyboard: Keyboard;

  constructor(store: Store, private readonly view: View, saver: Saver, private readonly hooks: GridHooks) {
    const input = cellInput();
    const note = (message: string | null): void => hooks.note(message);
    this.selection = new Selection(store, view, input, () => hooks.moved(), () => view.openingField());
    this.movement = new Movement(store, view, this.selection);
    this.changes = new Changes(store, view, saver, this.selection, note, (message) => hooks.leftOut(message));
    this.editor = new Editor(input, store, view, this.selection, this.changes, hooks);
    new Clipboard(store, view, saver, this.selection, this.changes, this.editor, (message) => hooks.leftOut(message));
    new Pointer(view, this.selection, this.movement, this.editor, (spot, element) => hooks.cellMenu(spot, element));
    this.keyboard = new Keyboard(store, view, saver, this.selection, this.movement, this.changes, this.editor, hooks);
    window.addEventListener("resize", () => this.keepInSight());
    new ResizeObserver(() => this.keepInSight()).observe(view.holder);
  }

  get spot(): Spot | null { return this.selection.active; }
  /** At an end of the list, where nothing typed is taken. */
  get parked(): Edge | null { return this.selection.parked; }
  get editing(): boolean { return this.editor.open; }
  get lastKeyAt(): number { return this.keyboard.lastKeyAt; }
  get canUndo(): boolean { return this.changes.canUndo; }
  get canRedo(): boolean { return this.changes.canRedo; }

  activeKey(): CellKey | null { return this.selection.activeKey(); }

  /** At the start, and again when the rows have been rearranged. */
  settle(): void {
    const { input } = this.editor;
    const hadFocus = document.activeElement === input || document.activeElement === document.body;
    const before = this.selection.parked;
    if (!this.selection.stands()) this.editor.abandon();
    this.selection.settle(hadFocus && this.selection.touched);
    this.editor.resume();
    if (this.selection.parked === "gone" && before !== "gone") this.hooks.parked();
  }

  /** The window has another size (a soft keyboard has come up): the cell being typed into stays in sight. */
  private keepInSight(): void {
    const { active } = this.selection;
    if (!active || document.activeElement !== this.editor.input) return;
    this.view.elementAt(active)?.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a phone the page scrolls, too
    this.view.reveal(active);
  }

  /** From the search: the first pupil found, in the column where the teacher is. */
  goToFirst(): void {
    const { active } = this.selection;
    const first = active && this.selection.at(0, Math.max(0, this.selection.index(active).c));
    if (first) this.movement.pick(first, false);
    this.editor.focus();
  }

  /** The active cell was painted anew (its text or state has changed). */
  refresh(): void { this.selection.describe(); }

  /** To a cell that the address names; nowhere if it is not there. */
  goTo(spot: Spot): void {
    const { r, c } = this.selection.index(spot);
    if (r >= 0 && c >= 0) this.movement.pick(spot, false);
  }

  focus(): void { this.editor.focus(); }
  startEditing(): void { this.editor.start(); }
  /** False when what is being typed is not a score: it stays open. */
  commit(): boolean { return this.editor.commit(); }

  /** Says why when the active column takes nothing. */
  allowed(): boolean { return this.changes.allowed(); }
  remark(key: CellKey, text: string): void { this.changes.remark(key, text); }
  fillSelection(mark: Mark): void { this.changes.fill(mark); }
  fillDown(): void { this.changes.fillDown(); }
  fillColumn(column: Assessment, students: readonly number[], mark: Mark, all: boolean): number {
    return this.changes.fillColumn(column, students, mark, all);
  }
  undo(): void { this.changes.undo(); }
  redo(): void { this.changes.redo(); }
  /** False when there is none to go to. */
  nextProblem(): boolean { return this.movement.nextProblem(); }
}
