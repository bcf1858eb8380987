/** How one pupil's total came about, beside the grid: both readings, category by category. */
import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import type { Api, AssessmentLineJson, CategoryLineJson, ReadingJson } from "./api.ts";
import { decimalText } from "./entry.ts";
import { fixed2 } from "./feet.ts";

/** Steps from cell to cell that come faster than this ask only about the last one. */
const FOLLOW_MS = 180;

export class TotalPanel {
  private shown: { course: number; student: number; body: HTMLElement } | null = null;
  private panel: HTMLElement | null = null;
  private request = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: HTMLElement, private readonly api: Api, private readonly closed: () => void) {}

  /** With the mouse the focus stays in the grid; from the keyboard it moves into the panel. */
  open(course: number, student: number, name: string, takeFocus: boolean): void {
    this.panel?.remove();
    const body = h("div", { class: "total-why" }, h("p", { class: "muted", role: "status" }, t("grid-loading")));
    const close = h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"), onclick: () => this.close() }, icon("close"));
    const panel = h("aside", { class: "side-panel", "aria-label": t("grid-why-title") },
      h("div", { class: "side-head" }, h("div", {}, h("h2", {}, name), h("p", { class: "muted" }, t("grid-why-title"))), close),
      body,
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.panel = panel;
    this.shown = { course, student, body };
    this.host.append(panel);
    this.host.classList.add("has-panel");
    if (takeFocus) close.focus();
    void this.load();
  }

  /** The teacher went on to another pupil. */
  follow(student: number, name: string): void {
    if (!this.shown || !this.panel || this.shown.student === student) return;
    this.shown.student = student;
    this.panel.querySelector("h2")!.textContent = name;
    this.refresh();
  }

  /** Scores have changed: what is shown may have, too. */
  refresh(): void {
    if (!this.shown) return;
    this.request++; // an answer that is still under way is about something else
    this.shown.body.setAttribute("aria-busy", "true");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), FOLLOW_MS);
  }

  private async load(): Promise<void> {
    if (!this.shown) return;
    const { course, student, body } = this.shown;
    const request = ++this.request;
    let content: HTMLElement[];
    try {
      const { current, final, letter, student_sees: seen } = await this.api.total(course, student);
      content = [
        reading("current", current, "", { percentage: seen.current, letter: "" }),
        reading("final", final, letter ?? "", { percentage: seen.final, letter: seen.letter ?? "" }),
      ];
    } catch {
      content = [h("p", { class: "muted", role: "status" }, t("grid-why-failed"))];
    }
    if (request !== this.request) return;
    body.removeAttribute("aria-busy");
    body.replaceChildren(...content);
  }

  close(): void {
    if (!this.panel) return;
    this.request++;
    clearTimeout(this.timer);
    this.panel.remove();
    this.panel = null;
    this.shown = null;
    this.host.classList.remove("has-panel");
    this.closed();
  }
}

const number = (value: number | null | undefined): string => fixed2(decimalText(value)) || "–";

interface Seen { percentage: number | null | undefined; letter: string }

function reading(name: "current" | "final", json: ReadingJson, letter: string, seen: Seen): HTMLElement {
  const hasDraft = json.explanation.categories.some((one) => one.assessments.some((line) => line.state === "draft"));
  const theirs = [number(seen.percentage), seen.letter].filter(Boolean).join(" · ");
  return h("section", {},
    h("h3", {}, t(`grid-total-${name}`), h("span", { class: "num" }, [number(json.percentage), letter].filter(Boolean).join(" · "))),
    h("p", { class: "muted" }, t(`grid-total-${name}-note`)),
    hasDraft && h("p", { class: "total-seen" }, t("grid-total-draft-note", { total: theirs })),
    ...json.explanation.categories.map(category),
  ) as HTMLElement;
}

function category(line: CategoryLineJson): HTMLElement {
  const weight = decimalText(line.weight) ?? "";
  const effective = decimalText(line.effective_weight) ?? "";
  const scaled = line.percentage != null && effective !== weight;
  const sum = line.percentage == null
    ? t("grid-why-nothing", { weight })
    : t(scaled ? "grid-why-scaled" : "grid-why-category", { percentage: number(line.percentage), weight, effective, points: number(line.contribution) });
  return h("div", { class: "total-category" },
    h("p", {}, h("strong", {}, line.name), h("span", { class: "muted" }, sum)),
    h("ul", {}, ...line.assessments.map(assessment)),
  ) as HTMLElement;
}

function assessment(line: AssessmentLineJson): HTMLElement {
  const value = line.status === "scored" ? `${decimalText(line.value) ?? ""} / ${decimalText(line.max_score) ?? ""}` : "";
  const note = { counted: "", counted_zero: `zero-${line.because}`, left_out: `out-${line.because}`, dropped_lowest: "dropped-lowest", dropped_highest: "dropped-highest", excused: "excused", not_counted: "not-counted" }[line.treatment] ?? "";
  const counts = line.treatment === "counted" || line.treatment === "counted_zero";
  return h("li", { class: line.treatment.startsWith("dropped") ? "is-dropped" : null },
    h("span", { class: "total-item" }, h("span", { class: "item-title" }, line.title),
      line.state === "draft" && h("small", { class: "is-draft" }, t("grid-why-draft")),
      note && h("small", {}, t(`grid-why-${note}`))),
    h("span", { class: "num" }, value),
    h("span", { class: "num" }, counts ? number(line.contribution) : "–"),
  ) as HTMLElement;
}
