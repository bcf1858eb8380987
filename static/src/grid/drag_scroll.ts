/** Dragging beyond an edge scrolls on, the faster the farther, until the button is let go. */
import { sight, type Box } from "./scroll.ts";
import type { View } from "./view.ts";

/** Pixels a frame: a row or so every other frame at the most. */
const FASTEST = 20;
/** Pixels beyond the edge for each pixel of scrolling. */
const REACH = 4;

export class DragScroll {
  private at: { x: number; y: number } | null = null;
  private frame = 0;

  /** `reach` is told what lies at the edge after each step. */
  constructor(private readonly view: Pick<View, "holder" | "scroller">, private readonly reach: (element: Element | null) => void) {}

  /** The pointer, with its button held, is here. In pixels of the window. */
  move(x: number, y: number): void {
    this.at = { x, y };
    if (!this.frame) this.frame = requestAnimationFrame(() => this.step());
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.at = null;
  }

  private step(): void {
    this.frame = 0;
    if (!this.at) return;
    const { x, y } = this.at;
    const { holder, scroller } = this.view;
    const box = sight(holder, scroller);
    const [dx, dy] = [speed(x, box.left, box.right), speed(y, box.top, box.bottom)];
    if (!dx && !dy) return;
    const { scrollLeft, scrollTop } = scroller;
    scroller.scrollBy({ left: dx, top: dy, behavior: "instant" });
    const { px, py } = inside(x, y, box);
    this.reach(document.elementFromPoint(px, py));
    if (scroller.scrollLeft !== scrollLeft || scroller.scrollTop !== scrollTop) this.frame = requestAnimationFrame(() => this.step());
  }
}

function speed(at: number, low: number, high: number): number {
  const beyond = at < low ? at - low : at > high ? at - high : 0;
  return Math.sign(beyond) * Math.min(FASTEST, Math.ceil(Math.abs(beyond) / REACH));
}

/** The nearest point that shows a cell. */
function inside(x: number, y: number, { left, top, right, bottom }: Box): { px: number; py: number } {
  const between = (value: number, low: number, high: number): number => Math.min(Math.max(value, low + 2), high - 2);
  return { px: between(x, left, right), py: between(y, top, bottom) };
}
