/** The scrolling of the grid: frozen columns, heads and rows. */

/** Brings a cell into sight, clear of the frozen columns and the edges. */
export function keepClear(holder: HTMLElement, scroller: HTMLElement, cell: HTMLElement): void {
  const box = scroller.getBoundingClientRect();
  const at = cell.getBoundingClientRect();
  let frozen = 0;
  for (const column of holder.querySelectorAll<HTMLElement>(".tabulator-header .tabulator-frozen")) frozen += column.offsetWidth;
  const right = box.left + scroller.clientWidth;
  const bottom = box.top + scroller.clientHeight;
  if (at.left < box.left + frozen) scroller.scrollLeft -= box.left + frozen - at.left;
  else if (at.right > right) scroller.scrollLeft += Math.min(at.right - right, at.left - box.left - frozen);
  if (at.top < box.top) scroller.scrollTop -= box.top - at.top;
  else if (at.bottom > bottom) scroller.scrollTop += at.bottom - bottom;
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
