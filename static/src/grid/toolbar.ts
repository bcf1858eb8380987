/** Above the grid: search, order, what is saved, undo and redo, help. */
import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { showHelp } from "./dialogs.ts";
import type { Grid } from "./grid.ts";
import type { Store } from "./store.ts";
import { assessmentOf, categoryOf, type View } from "./view.ts";

export class Toolbar {
  readonly element: HTMLElement;
  private readonly search = h("input", { type: "search", class: "input is-search", placeholder: t("grid-search"), "aria-label": t("grid-search"), autocomplete: "off", id: "grid-search" });
  private readonly sort = h("select", { class: "select", "aria-label": t("grid-sort"), id: "grid-sort" });
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;

  constructor(private readonly store: Store, private readonly view: View, private readonly grid: Grid, present: HTMLElement, status: HTMLElement) {
    const tool = (name: string, label: string, keys: string, run: () => void): HTMLButtonElement =>
      h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": label, title: keys ? `${label} (${keys})` : label, onclick: run }, icon(name));
    this.undo = tool("undo", t("grid-undo"), "Ctrl+Z", () => {
      grid.undo();
      grid.focus();
    });
    this.redo = tool("redo", t("grid-redo"), "Ctrl+Y", () => {
      grid.redo();
      grid.focus();
    });
    this.search.addEventListener("input", () => view.filter(this.search.value));
    this.search.addEventListener("keydown", (event) => this.onSearchKey(event));
    this.sort.addEventListener("change", () => {
      const [field, dir] = this.sort.value.split("|") as [string, "asc" | "desc"];
      view.sortBy(field, dir);
    });
    this.element = h("div", { class: "grid-toolbar", role: "toolbar", "aria-label": t("grid-toolbar") },
      h("span", { class: "search-box" }, icon("search"), this.search),
      h("span", { class: "select-box" }, this.sort),
      h("span", { class: "toolbar-space" }),
      present,
      status,
      h("span", { class: "toolbar-group" }, this.undo, this.redo, tool("keyboard", t("grid-help"), "?", () => showHelp(() => grid.focus()))),
    );
  }

  /** The next pupil's number is typed over the last one's. */
  focusSearch(): void {
    this.search.focus();
    this.search.select();
  }

  private onSearchKey(event: KeyboardEvent): void {
    if (event.isComposing) return; // the input method's keys, Enter among them
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      if (this.search.value.trim()) this.grid.goToFirst();
      else this.grid.focus();
    } else if (event.key === "Escape" && this.search.value) {
      event.preventDefault();
      this.search.value = "";
      this.view.filter("");
    }
  }

  refreshButtons(): void {
    this.undo.disabled = !this.grid.canUndo;
    this.redo.disabled = !this.grid.canRedo;
  }

  refreshSort(): void {
    const { view } = this;
    const current = view.sorting();
    const options: [string, string][] = [
      ["number|asc", t("grid-sort-number")],
      ["name|asc", t("grid-sort-name")],
      ...view.fields.flatMap((field): [string, string][] => {
        const assessment = this.store.assessment(assessmentOf(field) ?? 0);
        if (assessment) return [[`${field}|desc`, view.titleOf(assessment)]];
        return categoryOf(field) === null ? [] : [[`${field}|desc`, view.totalName(field)]];
      }),
      ...view.totalFields().map((field): [string, string] => [`${field}|${field === "rank" ? "asc" : "desc"}`, t(`grid-total-${field}`)]),
    ];
    const value = current ? `${current.field}|${current.dir}` : "number|asc";
    if (!options.some(([key]) => key === value) && current) {
      const named = options.find(([key]) => key.startsWith(`${current.field}|`));
      if (named) options.push([value, `${named[1]} ${current.dir === "asc" ? "↑" : "↓"}`]);
    }
    this.sort.replaceChildren(...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  }
}
