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
