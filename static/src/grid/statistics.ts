/** The figures of one column beside the grid. All of them are the server's; only entries are counted here. */
import { h, icon } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import type { Status } from "./entry.ts";
import { fixed2 } from "./feet.ts";
import { keyOf, type Store } from "./store.ts";
import type { View } from "./view.ts";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LABELS] = [280, 96, 14];

export class StatisticsPanel {
  private panel: HTMLElement | null = null;
  private body: HTMLElement | null = null;
  private shown: number | null = null;

  constructor(private readonly host: HTMLElement, private readonly store: Store, private readonly view: View, private readonly closed: () => void) {}

  open(assessment: number): void {
    this.panel?.remove();
    const column = this.store.assessment(assessment);
    const close = h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"), onclick: () => this.close() }, icon("close"));
    const body = h("div", {});
    const panel = h("aside", { class: "side-panel", "aria-label": t("grid-statistics-title") },
      h("div", { class: "side-head" }, h("div", {}, h("h2", {}, this.view.titleOf(column)), h("p", { class: "muted" }, t("grid-statistics-title"))), close),
      body,
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    [this.panel, this.body, this.shown] = [panel, body, assessment];
    this.refresh();
    this.host.append(panel);
    this.host.classList.add("has-panel");
    close.focus();
  }

  /** Scores have changed. */
  refresh(): void {
    const column = this.shown === null ? undefined : this.store.assessment(this.shown);
    if (!this.body || !column) {
      this.close();
      return;
    }
    const figures = this.store.statistics.get(column.id);
    const counts = this.counts(column.id);
    const fact = (name: string, value: string | number): HTMLElement => h("div", {}, h("dt", {}, t(name)), h("dd", {}, String(value)));
    const exact = (name: string, value: string | null | undefined): HTMLElement => fact(name, fixed2(value) || "–");
    this.body.replaceChildren(
      h("dl", { class: "facts is-narrow" },
        fact("grid-statistics-count", figures?.count ?? 0), exact("grid-stat-mean", figures?.mean), exact("grid-statistics-median", figures?.median),
        fact("grid-statistics-highest", figures?.highest ?? "–"), fact("grid-statistics-lowest", figures?.lowest ?? "–"), exact("grid-statistics-deviation", figures?.deviation)),
      h("h3", {}, t("grid-statistics-distribution")),
      figures?.distribution.some((count) => count > 0) ? histogram(figures.distribution, column.maxScore) : h("p", { class: "muted" }, t("grid-statistics-none")),
      h("h3", {}, t("grid-statistics-entries")),
      h("dl", { class: "facts is-narrow" }, ...(["absent", "excused", "missing"] as const).map((status) => fact(`grid-status-${status}`, counts[status])), fact("grid-cell-blank", counts.blank)),
    );
  }

  /** As the server has them; a blank of who was not in the class is none. */
  private counts(assessment: number): Record<Status, number> {
    const counts: Record<Status, number> = { blank: 0, scored: 0, absent: 0, excused: 0, missing: 0 };
    for (const { id } of this.store.students) {
      const { status } = this.store.cell(keyOf(assessment, id)).server;
      if (status !== "blank" || !this.store.wasElsewhere(assessment, id)) counts[status]++;
    }
    return counts;
  }

  get isOpen(): boolean { return this.panel !== null; }

  close(): void {
    if (!this.panel) return;
    this.panel.remove();
    this.panel = this.body = this.shown = null;
    this.host.classList.remove("has-panel");
    this.closed();
  }
}

function svg(tag: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = text;
  return element;
}

/** Bars for the tenths of the full marks; the same in words for those who do not see them. */
function histogram(tenths: readonly number[], max: string): HTMLElement {
  const most = Math.max(...tenths);
  const width = WIDTH / tenths.length;
  const room = HEIGHT - 2 * LABELS;
  const words = tenths.map((count, n) => tn("grid-statistics-tenth", count, { from: n * 10, to: n * 10 + 10 })).join(t("grid-list-separator"));
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "column-histogram", role: "img", "aria-label": words });
  tenths.forEach((count, n) => {
    const height = (room * count) / most;
    picture.append(svg("rect", { x: n * width + 2, y: LABELS + room - height, width: width - 4, height, rx: 2 }));
    if (count) picture.append(svg("text", { x: (n + 0.5) * width, y: LABELS + room - height - 3, "text-anchor": "middle" }, String(count)));
    if (n < 9) picture.append(svg("text", { x: n * width, y: HEIGHT - 2, "text-anchor": n ? "middle" : "start", class: "axis" }, `${n * 10}`));
  });
  picture.append(svg("text", { x: WIDTH, y: HEIGHT - 2, "text-anchor": "end", class: "axis" }, "100%"));
  return h("figure", { class: "plain-figure" }, picture as unknown as Node, h("figcaption", { class: "hint" }, t("grid-statistics-axis", { max })));
}
