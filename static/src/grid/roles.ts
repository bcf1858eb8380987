/** Tabulator's roles, put right for assistive technology: grid, row groups, rows, cells, and nothing between. */
export function repairRoles(grid: HTMLElement, scroller: HTMLElement, label: string): void {
  grid.setAttribute("aria-label", label);
  grid.removeAttribute("aria-owns");
  scroller.setAttribute("role", "rowgroup");
  scroller.removeAttribute("tabindex"); // the cells take the focus
  grid.querySelector(".tabulator-table")?.setAttribute("role", "presentation");
  grid.querySelector(".tabulator-calcs-holder")?.setAttribute("role", "rowgroup");
  for (const element of grid.querySelectorAll(".tabulator-header, .tabulator-footer, .tabulator-header-contents, .tabulator-footer-contents")) {
    if (!element.getAttribute("role")) element.setAttribute("role", "presentation");
  }
  for (const element of grid.querySelectorAll(".tabulator-headers")) element.setAttribute("role", "row");
  grid.querySelector(".tabulator-header")?.setAttribute("role", "rowgroup");
}

/**
 * Where each row and cell stands among all of them, search or not: `all` counts the pupils, `order` lists those shown.
 * The header row is the first, the row of figures the last.
 */
export function numberCells(grid: HTMLElement, order: readonly number[], all: number): void {
  const heads = [...grid.querySelectorAll<HTMLElement>(".tabulator-headers > .tabulator-col")];
  const columns = new Map(heads.map((head, n) => [head.getAttribute("tabulator-field"), String(n + 1)]));
  grid.setAttribute("aria-rowcount", String(all + 2));
  grid.setAttribute("aria-colcount", String(heads.length));
  const number = (row: Element | null, n: number): void => {
    row?.setAttribute("aria-rowindex", String(n));
    for (const cell of row?.children ?? []) {
      const at = columns.get(cell.getAttribute("tabulator-field"));
      if (at) cell.setAttribute("aria-colindex", at);
    }
  };
  number(grid.querySelector(".tabulator-headers"), 1);
  const rows = new Map([...grid.querySelectorAll<HTMLElement>(".tabulator-table > .tabulator-row")].map((row) => [Number(row.dataset["student"]), row]));
  order.forEach((student, n) => number(rows.get(student) ?? null, n + 2));
  number(grid.querySelector(".tabulator-calcs"), all + 2);
}
