/** Which key does what: while a cell is open, between cells, and in the header row. */
import { alarm } from "./alarm.ts";
import type { Changes } from "./changes.ts";
import type { Editor } from "./editor.ts";
import { BLANK } from "./entry.ts";
import type { Movement } from "./movement.ts";
import type { Saver } from "./saver.ts";
import type { Selection } from "./selection.ts";
import type { Store } from "./store.ts";
import type { Spot, View } from "./view.ts";

export interface KeyboardHooks {
  help(): void;
  history(spot: Spot): void;
  cellMenu(spot: Spot, element: HTMLElement): void;
  /** The remark to the student. */
  remark(spot: Spot): void;
  moved(): void;
  /** Typed at an end of the list, where nothing is taken. */
  parked(): void;
  /** Out of the grid. */
  leave(): void;
  /** Into the panel under the cell. */
  enterNote(): void;
}

const ARROWS: Record<string, [dr: number, dc: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
};
/** By their place on the keyboard; the others by the letter. */
const PLACED = ["KeyZ", "KeyY", "KeyD", "KeyA"];

const LONGEST_DENIED = 24;

/** Every handler says whether the key was one of its own. */
export class Keyboard {
  lastKeyAt = 0;
  /** What was typed at a cell that takes nothing. */
  private denied: { at: Spot; text: string } | null = null;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly saver: Saver,
    private readonly selection: Selection,
    private readonly movement: Movement,
    private readonly changes: Changes,
    private readonly editor: Editor,
    private readonly hooks: KeyboardHooks,
  ) {
    view.holder.addEventListener("keydown", (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.editor.input) {
      if (this.headerKey(event)) event.preventDefault();
      return;
    }
    this.lastKeyAt = Date.now();
    this.selection.touched = true;
    if (event.isComposing || event.keyCode === 229) return; // the input method's keys, Enter among them
    const mod = event.ctrlKey || event.metaKey;
    const handled = this.editor.open ? this.openKey(event, mod)
      : event.altKey && !mod ? this.altKey(event)
      : this.cellKey(event, mod) || (mod ? this.modKey(event) : this.lockedKey(event));
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** While a cell is open. */
  private openKey({ key, altKey, shiftKey }: KeyboardEvent, mod: boolean): boolean {
    switch (key) {
      case "Enter":
        if (!altKey && !mod && this.editor.commit()) this.movement.enter(shiftKey);
        return true;
      case "Tab":
        return !this.editor.commit() || this.movement.tab(shiftKey);
      case "Escape":
        this.editor.cancel();
        return true;
      case "F2":
        if (!shiftKey) this.editor.switchMode();
        else if (this.editor.commit()) this.remark();
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        if (this.editor.insideText || mod || shiftKey) return false;
        if (this.editor.commit()) this.arrow(key, false, false);
        return true;
      case "ArrowUp":
      case "ArrowDown":
        if (this.editor.commit()) this.movement.afterTyping(key === "ArrowUp");
        return true;
      default:
        return false;
    }
  }

  private altKey({ key, code }: KeyboardEvent): boolean {
    const { active } = this.selection;
    const own = this.selection.activeKey();
    if (code === "KeyH" && active) this.hooks.history(active);
    else if (key === "ArrowDown" && active) this.hooks.enterNote();
    else if (own && code === "KeyM" && this.store.cell(own).state === "conflict") this.saver.keepMine(own);
    else if (own && code === "KeyT" && this.store.cell(own).state === "conflict") this.saver.takeTheirs(own);
    else return false;
    return true;
  }

  /** Between cells. */
  private cellKey({ key, shiftKey }: KeyboardEvent, mod: boolean): boolean {
    switch (key) {
      case "ArrowUp":
        if (!shiftKey && !mod && this.toHeader()) return true;
        this.arrow(key, shiftKey, mod);
        return true;
      case "ArrowDown":
      case "ArrowLeft":
      case "ArrowRight":
        this.arrow(key, shiftKey, mod);
        return true;
      case "Enter":
        if (this.selection.parked === "gone") {
          this.hooks.parked();
          return true;
        }
        if (this.deny("")) return true;
        this.movement.enter(shiftKey);
        return true;
      case "Tab":
        return this.movement.tab(shiftKey);
      case "Home":
      case "End":
        this.movement.end(key === "Home", mod, shiftKey);
        return true;
      case "PageUp":
      case "PageDown":
        this.movement.page(key === "PageUp", shiftKey);
        return true;
      case "F2":
        if (shiftKey) this.remark();
        else this.editor.start();
        return true;
      case "F6":
        this.hooks.leave();
        return true;
      case "F8":
        this.movement.nextProblem();
        return true;
      case "F10":
        if (!shiftKey) return false;
        this.openMenu();
        return true;
      case "ContextMenu":
        this.openMenu();
        return true;
      case "Delete":
        this.changes.fill(BLANK);
        return true;
      case "Backspace":
        if (this.selection.parked) this.hooks.parked();
        else this.editor.startEmpty();
        return true;
      case "Escape":
        this.escape();
        return true;
      case "?":
        this.hooks.help();
        return true;
      default:
        return false;
    }
  }

  private modKey({ key, code, shiftKey }: KeyboardEvent): boolean {
    switch (PLACED.includes(code) ? code : `Key${key.toUpperCase()}`) {
      case "KeyZ":
        if (shiftKey) this.changes.redo();
        else this.changes.undo();
        return true;
      case "KeyY":
        this.changes.redo();
        return true;
      case "KeyD":
        this.changes.fillDown();
        return true;
      case "KeyA":
        this.movement.selectAll();
        return true;
      default:
        return false;
    }
  }

  /** A character goes into the input, and editing begins with it; a column that takes none says so. */
  private lockedKey({ key }: KeyboardEvent): boolean {
    if (key.length !== 1 || !this.editor.input.readOnly) return false;
    if (this.selection.parked) this.hooks.parked();
    else this.deny(key);
    return true;
  }

  /**
   * Says what a cell did not take. Enter says it again instead of going on: the next score would be typed for the
   * next pupil, and this one would be missing. Arrows, Esc and a click go on.
   */
  private deny(key: string): boolean {
    const { active } = this.selection;
    const same = this.denied && this.denied.at.student === active?.student && this.denied.at.field === active.field ? this.denied : null;
    if (!active || (!key && !same)) return false;
    const text = ((same?.text ?? "") + key).slice(0, LONGEST_DENIED);
    this.denied = { at: active, text };
    this.changes.allowed(text);
    if (!key || !same) alarm(this.editor.input);
    return true;
  }

  /** In the header row: the menus of the columns are a row of buttons. */
  private headerKey({ key, target }: KeyboardEvent): boolean {
    const button = target instanceof Element ? target.closest<HTMLElement>(".col-menu") : null;
    if (!button || !this.selection.active) return false;
    if (key === "?") {
      this.hooks.help();
      return true;
    }
    const field = button.closest(".tabulator-col")?.getAttribute("tabulator-field") ?? "";
    const c = this.view.fields.indexOf(field);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const next = this.view.fields[c + (key === "ArrowLeft" ? -1 : 1)];
      if (!next) return true;
      this.view.headerButton(next)?.focus();
      this.view.reveal({ student: this.view.students[0]!, field: next });
      return true;
    }
    if (key !== "ArrowDown" && key !== "Escape" && key !== "Tab") return false;
    const to = this.selection.at(0, c);
    if (to) this.selection.go(to);
    return true;
  }

  private arrow(key: string, extend: boolean, toEdge: boolean): void {
    this.denied = null;
    const [dr, dc] = ARROWS[key]!;
    this.movement.step(dr, dc, extend, toEdge);
  }

  /** From the first row up to the menu of the column. */
  private toHeader(): boolean {
    const { active } = this.selection;
    if (!active || this.selection.index(active).r !== 0) return false;
    const button = this.view.headerButton(active.field);
    button?.focus();
    return !!button;
  }

  private remark(): void {
    if (this.selection.active) this.hooks.remark(this.selection.active);
  }

  private openMenu(): void {
    const { active } = this.selection;
    const element = active && this.view.elementAt(active);
    if (active && element) this.hooks.cellMenu(active, element);
  }

  /** A refused text goes; what is selected is the active cell again. */
  private escape(): void {
    this.denied = null;
    const own = this.selection.activeKey();
    if (own && this.store.cell(own).state === "refused") this.saver.discard(own);
    this.selection.collapse();
    this.hooks.moved();
  }
}
