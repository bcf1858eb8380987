/** Taking a whole batch back: says what will happen, does it, and says what was left and why. */
import { makeDialog } from "../common/dialog.ts";
import { announce, h } from "../common/dom.ts";
import { has, t, timeText, tn } from "../common/i18n.ts";
import type { Api, BatchJson, BatchPlaceJson, SkippedJson, UndoJson } from "./api.ts";
import { decimalText } from "./entry.ts";
import { subjectName } from "./store.ts";

/** Left cells that are named; more are counted. */
const NAMED = 8;
/** Assessments that are named. */
const PLACES = 10;

/** The text of a score, or the word for its status. */
export function scoreText(side: { status: string; value?: number | null } | null | undefined): string {
  if (!side || side.status === "blank") return t("grid-cell-blank");
  return side.status === "scored" ? (decimalText(side.value) ?? "") : t(`grid-status-${side.status}`);
}

/** "Undo this paste (42 scores)". */
export function undoLabel(way: string | null | undefined, source: string | null | undefined, size: number): string {
  const what = way ?? source ?? "";
  return tn(has(`grid-undo-${what}-other`) ? `grid-undo-${what}` : "grid-undo-batch", size);
}

export class BatchUndo {
  constructor(
    private readonly api: Pick<Api, "batch" | "undoBatch">,
    /** Something was put back: the page is behind. */
    private readonly changed: () => void,
    private readonly closed: () => void,
  ) {}

  async open(id: number): Promise<void> {
    const { dialog, title, body, foot, close } = makeDialog(t("grid-undo"), t("grid-close"), "", this.closed);
    body.append(h("p", { class: "muted", role: "status" }, t("grid-loading")));
    dialog.showModal();
    try {
      const batch = await this.api.batch(id);
      title.textContent = t("grid-undo-title", { what: did(batch) });
      this.ask(id, batch, body, foot, close);
    } catch {
      body.replaceChildren(h("p", { role: "alert" }, t("grid-undo-unreachable")));
    }
  }

  private ask(id: number, batch: BatchJson, body: HTMLElement, foot: HTMLElement, close: () => void): void {
    const { restorable, needing_reason: needing, skipped } = batch.undo;
    const cancel = h("button", { type: "button", class: "button", onclick: close }, t(restorable ? "grid-cancel" : "grid-close"));
    if (!restorable) {
      body.replaceChildren(...about(batch), h("p", {}, t("grid-undo-nothing")), left(skipped));
      foot.replaceChildren(cancel);
      cancel.focus();
      return;
    }
    const field = h("input", { type: "text", class: "input", id: "undo-reason", maxlength: "1000", autocomplete: "off", "aria-describedby": "undo-reason-hint undo-error" });
    const error = h("p", { class: "field-error", id: "undo-error", role: "alert" });
    const reason = h("div", { class: "field" },
      h("label", { for: "undo-reason", class: "label" }, t("grid-reason-label")), field,
      h("p", { class: "hint", id: "undo-reason-hint" }, tn("grid-undo-published", needing)));
    body.replaceChildren(...about(batch), h("p", {}, tn("grid-undo-will", restorable)), ...(needing ? [reason] : []), error, left(skipped));
    const submit = h("button", {
      type: "button", class: "button is-primary",
      onclick: () => void run(),
    }, tn("grid-undo-submit", restorable));
    const run = async (): Promise<void> => {
      const text = field.value.trim();
      if (needing && !text) {
        error.textContent = t("grid-undo-reason-missing");
        field.focus();
        return;
      }
      submit.disabled = true;
      try {
        this.tell(await this.api.undoBatch(id, text || undefined), body, foot, close);
      } catch {
        submit.disabled = false;
        error.textContent = t("grid-undo-unreachable");
      }
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") void run();
    });
    foot.replaceChildren(cancel, submit);
    (needing ? field : submit).focus();
  }

  private tell(report: UndoJson, body: HTMLElement, foot: HTMLElement, close: () => void): void {
    const done = report.restored.length ? tn("grid-undo-done", report.restored.length) : t("grid-undo-nothing");
    body.replaceChildren(h("p", { role: "status", class: "undo-done" }, done), left(report.skipped));
    const button = h("button", { type: "button", class: "button is-primary", onclick: close }, t("grid-close"));
    foot.replaceChildren(button);
    button.focus();
    announce(done);
    if (report.restored.length) this.changed();
  }
}

/** "Entered 120 scores". */
function did(batch: BatchJson): string {
  const what = batch.undoes ? "undone" : (batch.way ?? batch.source);
  return tn(has(`grid-did-${what}-other`) ? `grid-did-${what}` : "grid-did-typed", batch.cells);
}

/** Who, when and why, and every assessment with its course and its number of scores. */
function about(batch: BatchJson): HTMLElement[] {
  const who = [batch.actor?.name, timeText(batch.at), batch.reason].filter(Boolean).join(" · ");
  const places = batch.assessments.slice(0, PLACES).map((place) => h("li", {},
    h("span", {}, placeName(place)), h("span", { class: "num" }, tn("grid-undo-scores", place.cells))));
  const more = batch.assessments.length - places.length;
  return [
    h("p", { class: "muted undo-who" }, who),
    h("ul", { class: "plain-list undo-places" }, ...places, more > 0 ? h("li", { class: "muted" }, t("grid-undo-more-places", { count: more })) : null),
  ];
}

function placeName({ title, course }: BatchPlaceJson): string {
  const name = title ?? t("grid-undo-deleted");
  if (!course) return name;
  const { grade_level: level, name: own } = course.class;
  const wide = (letter: string | undefined): boolean => letter !== undefined && letter >= "\u2e80";
  const space = !level || (wide(level.at(-1)) && wide(own[0])) ? "" : " ";
  return [subjectName(course.subject), `${level}${space}${own}`, name].join(" · ");
}

/** The cells that are left as they are, each with why and what stands there. */
function left(skipped: SkippedJson[]): HTMLElement {
  const box = h("div", { class: "undo-left" });
  if (!skipped.length) return box;
  box.append(h("p", {}, tn("grid-undo-left", skipped.length)));
  const list = h("ul", { class: "plain-list" });
  const several = new Set(skipped.map((cell) => cell.assessment)).size > 1;
  for (const cell of skipped.slice(0, NAMED)) {
    const key = `grid-undo-why-${cell.code.replaceAll("_", "-")}`;
    const by = cell.current.updated_by?.name ?? "";
    list.append(h("li", {},
      h("strong", {}, cell.student), several && cell.assessment ? ` · ${cell.assessment}` : "", t("grid-colon"),
      t(has(key) ? key : "grid-undo-why-refused", { by, value: scoreText(cell.current), time: timeText(cell.current.updated_at) })));
  }
  box.append(list);
  if (skipped.length > NAMED) box.append(h("p", { class: "muted" }, t("grid-publish-more", { count: skipped.length - NAMED })));
  return box;
}
