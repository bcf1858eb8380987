/** The scrolling of the grid: frozen columns, heads and rows. */

export interface Box { left: number; top: number; right: number; bottom: number }

/** Where cells can be seen: beside the frozen columns, within the bars. In pixels of the window. */
export function sight(holder: HTMLElement, scroller: HTMLElement): Box {
  const box = scroller.getBoundingClientRect();
  let frozen = 0;
  for (const column of holder.querySelectorAll<HTMLElement>(".tabulator-header .tabulator-frozen")) frozen += column.offsetWidth;
  return { left: box.left + frozen, top: box.top, right: box.left + scroller.clientWidth, bottom: box.top + scroller.clientHeight };
}

/** Brings a cell into sight, clear of the frozen columns and the edges. */
export function keepClear(holder: HTMLElement, scroller: HTMLElement, cell: HTMLElement): void {
  const { left, top, right, bottom } = sight(holder, scroller);
  const at = cell.getBoundingClientRect();
  if (at.left < left) scroller.scrollLeft -= left - at.left;
  else if (at.right > right) scroller.scrollLeft += wholeColumns(cell, left, at.right - right);
  if (at.top < top) scroller.scrollTop -= top - at.top;
  else if (at.bottom > bottom) scroller.scrollTop += at.bottom - bottom;
}

/** How far to scroll to the right, by `least` or more: no column is cut by the frozen ones, and the cell stays clear of them. */
function wholeColumns(cell: HTMLElement, edge: number, least: number): number {
  const most = cell.getBoundingClientRect().left - edge;
  const ends = [...(cell.parentElement?.querySelectorAll<HTMLElement>(".tabulator-cell:not(.tabulator-frozen)") ?? [])].map((one) => one.getBoundingClientRect().right - edge);
  const whole = ends.find((end) => end >= least) ?? least;
  return Math.min(whole, most);
}

/** The browser scrolls the heads by itself to show a focused button; Tabulator only brings heads after the rows. */
export function followHeads(holder: HTMLElement, scroller: HTMLElement): void {
  const heads = holder.querySelector<HTMLElement>(".tabulator-header-contents")!;
  heads.addEventListener("scroll", () => {
    if (heads.scrollLeft === scroller.scrollLeft) return;
    scroller.scrollLeft = heads.scrollLeft;
    heads.scrollLeft = scroller.scrollLeft; // the rows may not reach as far
  }, { passive: true });
}
