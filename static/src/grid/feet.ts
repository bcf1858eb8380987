/** The feet of the columns: mean, how many are entered, lowest and highest. */
import { h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { keyOf, type Store } from "./store.ts";

/** Two places for totals and means, on the decimal text. */
export function fixed2(value: string | null | undefined): string {
  if (value === null || value === undefined) return "";
  const match = /^(-?\d+)(?:\.(\d*))?$/.exec(value);
  return match ? `${match[1]}.${((match[2] ?? "") + "00").slice(0, Math.max(2, (match[2] ?? "").length))}` : value;
}

export function footLabels(): HTMLElement {
  return h("span", { class: "cell-stats is-labels" }, h("span", {}, t("grid-stat-mean")), h("span", {}, t("grid-stat-count")), h("span", {}, t("grid-stat-range")));
}

export class Feet {
  private readonly lines = new Map<number, HTMLElement[]>();

  constructor(private readonly store: Store) {}

  clear(): void {
    this.lines.clear();
  }

  cell(assessment: number): HTMLElement {
    const lines = [h("span", { class: "stat-mean" }), h("span", {}), h("span", {})];
    this.lines.set(assessment, lines);
    this.paint(assessment);
    return h("span", { class: "cell-stats" }, ...lines);
  }

  paint(assessment: number): void {
    const lines = this.lines.get(assessment);
    if (!lines) return;
    const s = this.store.statistics.get(assessment);
    lines[0]!.textContent = s?.mean ? fixed2(s.mean) : "–";
    // entries of any kind, as publishing counts them; the server's own count is that of the values
    const entered = this.store.students.filter((student) => this.store.cell(keyOf(assessment, student.id)).server.status !== "blank");
    // nobody expects a score of who was elsewhere that day, unless they have one
    const away = this.store.students.filter((student) => this.store.wasElsewhere(assessment, student.id) && !entered.includes(student));
    lines[1]!.textContent = `${entered.length} / ${this.store.students.length - away.length}`;
    lines[2]!.textContent = s?.lowest != null && s.highest != null ? `${s.lowest} – ${s.highest}` : "–";
  }
}
