/**
 * The one input of the grid. It always has the focus, so that the first key typed (or the first stroke of an
 * input method) lands in it: typing overwrites, nothing waits for a timer, and committing moves on in the same turn.
 */
import { h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { alarm } from "./alarm.ts";
import type { Changes } from "./changes.ts";
import { halfWidth } from "./entry.ts";
import type { Selection } from "./selection.ts";
import type { Store } from "./store.ts";
import { readTyped } from "./typed.ts";
import type { View } from "./view.ts";

/** `type`: over the cell, arrows move on. `edit`: inside its text, arrows move the caret. */
type Mode = "browse" | "type" | "edit";

export interface EditorHooks {
  help(): void;
  note(message: string | null): void;
  /** What was typed has no cell any more: it stands beside the grid until it is closed. */
  leftOut(message: string | null): void;
}

/** No score and no word for a status is longer; who types on without looking stops here. */
const LONGEST_ENTRY = 24;

export function cellInput(): HTMLInputElement {
  const input = h("input", {
    class: "cell-input", type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "next", id: "cell-input",
    maxlength: LONGEST_ENTRY,
  });
  if (matchMedia("(pointer: coarse)").matches) input.inputMode = "decimal";
  return input;
}

export class Editor {
  private mode: Mode = "browse";
  private composing = false;
  /** The input method has opened the cell, and nothing of its text has stood yet. */
  private begun = false;
  /** The text that editing began with, and for whom. */
  private seeded = "";
  private whose = "";

  constructor(
    readonly input: HTMLInputElement,
    private readonly store: Store,
    private readonly view: View,
    private readonly selection: Selection,
    private readonly changes: Changes,
    private readonly hooks: EditorHooks,
  ) {
    store.isEditing = (key) => this.open && this.selection.activeKey() === key;
    input.addEventListener("input", () => this.onInput());
    input.addEventListener("compositionstart", () => {
      this.composing = true;
      this.begun = !this.open;
      if (!this.open) this.enter("type");
    });
    input.addEventListener("compositionend", () => {
      this.composing = false;
      // given up before anything was chosen: what is in the cell is not taken away
      if (this.begun && input.value === "") this.cancel();
      this.begun = false;
    });
    input.addEventListener("blur", () => {
      if (this.selection.inputMoves || this.view.redrawing || !this.open || !document.hasFocus()) return;
      this.commit(); // what cannot be saved stays open, with its message
    });
  }

  /** A cell is being typed into. */
  get open(): boolean { return this.mode !== "browse"; }
  get insideText(): boolean { return this.mode === "edit"; }

  focus(): void {
    this.selection.touched = true;
    this.selection.place(true);
    // a closing dialog gives the focus back without a caret, and keys would go nowhere
    if (this.open) return;
    this.input.blur();
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  /** Opens the active cell with its text. */
  start(): void {
    const { active } = this.selection;
    if (!active || this.open) return;
    if (!this.changes.allowed()) return;
    const text = this.view.textAt(active);
    this.enter("edit");
    this.input.value = text;
    this.seeded = text;
    this.input.setSelectionRange(text.length, text.length);
  }

  /** Opens the active cell empty. */
  startEmpty(): void {
    if (this.changes.allowed()) this.enter("type");
  }

  /** F2 while a cell is open: arrows move the caret, or move on. */
  switchMode(): void {
    this.mode = this.mode === "type" ? "edit" : "type";
  }

  /**
   * Takes the edit over. False when the value is not a score: the editor stays open, its text stays as it is
   * (not selected: a teacher who types on without looking must not give this pupil the next one's score).
   */
  commit(): boolean {
    if (!this.open) return true;
    const { active } = this.selection;
    const key = this.selection.activeKey();
    const column = active && this.selection.column(active);
    const text = this.input.value;
    const untouched = this.mode === "edit" && text === this.seeded;
    if (!column) {
      this.abandon();
      return true;
    }
    if (!key || (untouched && this.store.cell(key).raw === null)) {
      this.leave();
      return true;
    }
    const typed = readTyped(text, column);
    if (!typed.ok) {
      this.refuse(typed.message);
      return false;
    }
    this.leave();
    this.changes.put([{ key, mark: typed.mark }]);
    return true;
  }

  /** As `commit`, for a hand that reaches for another cell: what cannot be saved is brought back into sight, and typed on. */
  free(): boolean {
    if (this.commit()) return true;
    const { active } = this.selection;
    if (active) this.view.reveal(active);
    if (document.activeElement !== this.input) this.input.focus({ preventScroll: true });
    return false;
  }

  cancel(): void {
    if (this.open) this.leave();
  }

  /** The cell has gone from under the hand: what was typed there is said. */
  abandon(): void {
    if (!this.open) return;
    const { value } = this.input;
    const lost = value !== "" && value !== this.seeded;
    this.leave();
    if (lost) this.hooks.leftOut(t("grid-typed-gone", { typed: value, what: this.whose }));
  }

  /** The cells were drawn anew around an open edit: the new cell looks as the old one did. */
  resume(): void {
    if (!this.open) return;
    this.input.parentElement?.classList.add("is-editing");
    if (this.input.hasAttribute("aria-invalid")) this.input.parentElement?.classList.add("is-invalid");
  }

  private enter(mode: "type" | "edit"): void {
    this.mode = mode;
    this.seeded = "";
    this.whose = this.store.whose(this.selection.activeKey());
    this.selection.collapse();
    if (this.selection.active) this.view.reveal(this.selection.active);
    this.input.classList.add("is-editing");
    this.input.parentElement?.classList.add("is-editing");
    this.hooks.note(null);
  }

  private leave(): void {
    this.mode = "browse";
    this.input.value = "";
    this.input.classList.remove("is-editing");
    this.input.removeAttribute("aria-invalid");
    this.input.removeAttribute("aria-describedby");
    for (const cell of this.view.holder.querySelectorAll(".tabulator-cell.is-editing, .tabulator-cell.is-invalid")) cell.classList.remove("is-editing", "is-invalid");
    this.hooks.note(null);
  }

  private onInput(): void {
    if (!this.open) {
      if (!this.composing && halfWidth(this.input.value) === "?") {
        this.input.value = "";
        this.hooks.help();
        return;
      }
      this.enter("type");
    }
    if (this.input.hasAttribute("aria-invalid")) this.accept(); // being put right
  }

  private refuse(message: string): void {
    this.input.setAttribute("aria-invalid", "true");
    this.input.setAttribute("aria-describedby", "cell-note");
    this.input.parentElement?.classList.add("is-invalid");
    this.hooks.note(message);
    alarm(this.input);
  }

  private accept(): void {
    this.input.removeAttribute("aria-invalid");
    this.input.removeAttribute("aria-describedby");
    this.input.parentElement?.classList.remove("is-invalid");
    this.hooks.note(null);
  }
}
