/** The sheet for printing: a plain table, so that the browser repeats its head on each page and breaks between rows. */
import { h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { fixed2 } from "./feet.ts";
import type { Store } from "./store.ts";
import { assessmentOf, type View } from "./view.ts";

/** More columns than a landscape page holds go on in a further table, with the names again. */
const COLUMNS = 16;

/** Made when somebody prints, in the order and with the pupils on the screen, and removed after. */
export function printOnPaper(root: HTMLElement, store: Store, view: View): void {
  let tables: HTMLElement[] = [];
  const clear = (): void => {
    for (const one of tables) one.remove();
    tables = [];
  };
  window.addEventListener("beforeprint", () => {
    clear();
    tables = parts(view.fields).map((fields) => table(fields, store, view));
    root.append(...tables);
  });
  window.addEventListener("afterprint", clear);
}

function parts(fields: readonly string[]): string[][] {
  const count = Math.max(1, Math.ceil(fields.length / COLUMNS));
  const each = Math.ceil(fields.length / count);
  return Array.from({ length: count }, (_, n) => fields.slice(n * each, (n + 1) * each));
}

function table(fields: readonly string[], store: Store, view: View): HTMLElement {
  const head = fields.map((field) => {
    const column = store.assessment(assessmentOf(field) ?? 0);
    return h("th", { scope: "col" }, column ? `${view.titleOf(column)} ${t("grid-column-max", { max: column.maxScore })}` : view.totalName(field));
  });
  const rows = view.students.map((id) => {
    const student = store.student(id);
    return h("tr", {}, h("td", { class: "is-text" }, student?.number ?? ""), h("th", { scope: "row" }, student?.name ?? ""),
      ...fields.map((field) => h("td", {}, view.textAt({ student: id, field }))));
  });
  const means = fields.map((field) => h("td", {}, fixed2(store.statistics.get(assessmentOf(field) ?? 0)?.mean)));
  return h("table", { class: "grid-paper" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "is-text" }, t("grid-column-number")), h("th", { scope: "col", class: "is-text" }, t("grid-column-name")), ...head)),
    h("tbody", {}, ...rows),
    h("tfoot", {}, h("tr", {}, h("td", {}), h("th", { scope: "row", class: "is-text" }, t("grid-stat-mean")), ...means)));
}
