/** Mouse, pen and touch: press and drag select, a double click or a second tap edits. */
import { DragScroll } from "./drag_scroll.ts";
import type { Editor } from "./editor.ts";
import type { Movement } from "./movement.ts";
import type { Selection } from "./selection.ts";
import type { Spot, View } from "./view.ts";

export class Pointer {
  private dragging = false;
  /** The grid had the focus when it was pressed: the browser gives it to an input that is tapped, and takes it for a head. */
  private focused = false;
  private readonly dragScroll: DragScroll;

  constructor(
    private readonly view: View,
    private readonly selection: Selection,
    private readonly movement: Movement,
    private readonly editor: Editor,
    private readonly openMenu: (spot: Spot, element: HTMLElement) => void,
  ) {
    const root = view.holder;
    root.addEventListener("pointerdown", (event) => {
      this.focused = document.activeElement === editor.input;
      this.onDown(event);
    });
    root.addEventListener("mousedown", (event) => {
      if (view.spotOf(event.target) && event.target !== editor.input) event.preventDefault(); // the input keeps the focus
    });
    // before Tabulator, which keeps these to itself
    root.addEventListener("mousedown", (event) => {
      if (event.target instanceof Element && event.target.closest(".tabulator-col-resize-handle")) event.preventDefault();
    }, { capture: true });
    this.dragScroll = new DragScroll(view, (element) => this.extend(element));
    root.addEventListener("pointerover", (event) => {
      if (this.drags(event)) this.extend(event.target);
    });
    window.addEventListener("pointermove", (event) => {
      if (this.drags(event)) this.dragScroll.move(event.clientX, event.clientY);
    });
    for (const end of ["pointerup", "pointercancel", "blur"]) window.addEventListener(end, () => this.release());
    // some systems paste where the wheel is pressed: scores would be written by somebody who only looks around
    root.addEventListener("mouseup", (event) => {
      if (event.button === 1 && view.spotOf(event.target)) event.preventDefault();
    });
    root.addEventListener("click", (event) => this.onClick(event));
    // before Tabulator, which selects the cell on the page, and with it takes the caret out of the input
    root.addEventListener("dblclick", (event) => {
      if (!view.spotOf(event.target)) return;
      event.stopPropagation();
      editor.start();
    }, { capture: true });
    root.addEventListener("contextmenu", (event) => this.onContextMenu(event));
  }

  private onDown(event: PointerEvent): void {
    const spot = this.view.spotOf(event.target);
    if (!spot || event.button !== 0) return;
    this.selection.touched = true;
    if (event.target === this.editor.input && this.editor.open) return;
    if (event.pointerType === "touch") return; // may be a scroll: the click decides
    if (!this.editor.free()) return;
    this.movement.press(spot, event.shiftKey);
    this.dragging = true;
  }

  private drags(event: PointerEvent): boolean {
    if (this.dragging && !(event.buttons & 1)) this.release(); // let go outside the window
    return this.dragging;
  }

  private release(): void {
    this.dragging = false;
    this.dragScroll.stop();
  }

  private extend(target: EventTarget | null): void {
    const spot = this.view.spotOf(target);
    const { head } = this.selection;
    if (spot && head && (spot.student !== head.student || spot.field !== head.field)) this.movement.press(spot, true);
  }

  /** A name or a number stands for its pupil: what is typed next goes into that row, not nowhere. */
  private onName(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest(".tabulator-row[data-student] > .tabulator-frozen, .tabulator-row[data-student] > .col-number") : null;
    const { active } = this.selection;
    if (!cell || !active || !getSelection()?.isCollapsed || !this.editor.free()) return;
    this.selection.go({ student: Number(cell.parentElement!.dataset["student"]), field: active.field });
  }

  private onClick(event: MouseEvent): void {
    this.onName(event.target);
    if ((event as PointerEvent).pointerType !== "touch") {
      this.keepFocus(event.target);
      return;
    }
    const spot = this.view.spotOf(event.target);
    if (!spot) return;
    const { input } = this.editor;
    const { active } = this.selection;
    const again = active?.student === spot.student && active.field === spot.field;
    if (this.editor.open && again && event.target === input) return;
    if (!this.editor.free()) return;
    if (again && this.focused && !input.readOnly) this.editor.start();
    else this.selection.go(spot);
  }

  /** A click that sorts, or goes nowhere, does not end typing: the next score would be lost. */
  private keepFocus(target: EventTarget | null): void {
    const elsewhere = document.activeElement !== this.editor.input && target instanceof Element && !target.closest("button, a, input, dialog");
    if (this.focused && elsewhere && getSelection()?.isCollapsed) this.editor.input.focus({ preventScroll: true });
  }

  private onContextMenu(event: MouseEvent): void {
    const spot = this.view.spotOf(event.target);
    if (!spot || (this.editor.open && event.target === this.editor.input)) return; // the browser's menu, for the text
    event.preventDefault();
    if (!this.editor.free()) return;
    if (!this.selection.includes(spot)) this.selection.go(spot);
    this.openMenu(spot, this.view.elementAt(spot)!);
  }
}
