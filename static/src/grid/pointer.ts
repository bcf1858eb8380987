/** Mouse, pen and touch: press and drag select, a double click or a second tap edits. */
import type { Editor } from "./editor.ts";
import type { Movement } from "./movement.ts";
import type { Selection } from "./selection.ts";
import type { Spot, View } from "./view.ts";

export class Pointer {
  private dragging = false;

  constructor(
    private readonly view: View,
    private readonly selection: Selection,
    private readonly movement: Movement,
    private readonly editor: Editor,
    private readonly openMenu: (spot: Spot, element: HTMLElement) => void,
  ) {
    const root = view.holder;
    root.addEventListener("pointerdown", (event) => this.onDown(event));
    root.addEventListener("mousedown", (event) => {
      if (view.spotOf(event.target) && event.target !== editor.input) event.preventDefault(); // the input keeps the focus
    });
    root.addEventListener("pointerover", (event) => this.onOver(event));
    window.addEventListener("pointerup", () => (this.dragging = false));
    root.addEventListener("click", (event) => this.onClick(event));
    root.addEventListener("dblclick", (event) => {
      if (view.spotOf(event.target)) editor.start();
    });
    root.addEventListener("contextmenu", (event) => this.onContextMenu(event));
  }

  private onDown(event: PointerEvent): void {
    const spot = this.view.spotOf(event.target);
    if (!spot || event.button !== 0) return;
    this.selection.touched = true;
    if (event.target === this.editor.input && this.editor.open) return;
    if (event.pointerType === "touch") return; // may be a scroll: the click decides
    if (!this.editor.commit()) return;
    this.movement.pick(spot, event.shiftKey);
    this.dragging = true;
  }

  private onOver(event: PointerEvent): void {
    if (!this.dragging || !(event.buttons & 1)) return;
    const spot = this.view.spotOf(event.target);
    const { head } = this.selection;
    if (spot && head && (spot.student !== head.student || spot.field !== head.field)) this.selection.go(spot, true);
  }

  private onClick(event: MouseEvent): void {
    if ((event as PointerEvent).pointerType !== "touch") return;
    const spot = this.view.spotOf(event.target);
    if (!spot) return;
    const { input } = this.editor;
    const { active } = this.selection;
    const again = active?.student === spot.student && active.field === spot.field && document.activeElement === input;
    if (this.editor.open && again) return;
    if (!this.editor.commit()) return;
    if (again && !input.readOnly) this.editor.start();
    else this.selection.go(spot);
  }

  private onContextMenu(event: MouseEvent): void {
    const spot = this.view.spotOf(event.target);
    if (!spot || this.editor.open) return;
    event.preventDefault();
    if (!this.selection.includes(spot)) this.selection.go(spot);
    this.openMenu(spot, this.view.elementAt(spot)!);
  }
}
