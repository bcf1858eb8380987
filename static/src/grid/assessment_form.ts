/** Title and full marks of a column, changed without leaving the grid. */
import { makeDialog } from "../common/dialog.ts";
import { h } from "../common/dom.ts";
import { has, t } from "../common/i18n.ts";
import { RequestError, type AssessmentChange } from "./api.ts";
import { parseEntry, sameMark } from "./entry.ts";
import type { Assessment } from "./store.ts";

/** True when something was changed. */
export function askAssessment(name: string, assessment: Assessment, save: (change: AssessmentChange) => Promise<unknown>, closed: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    let done = false;
    const { dialog, body, foot, close } = makeDialog(t("grid-assessment-title", { title: name }), t("grid-close"), "", () => {
      resolve(done);
      closed();
    });
    const field = (id: string, label: string, value: string, more: Record<string, string> = {}): { input: HTMLInputElement; box: HTMLElement; wrong(text: string): void } => {
      const input = h("input", { type: "text", class: "input", id, value, autocomplete: "off", "aria-describedby": `${id}-error`, ...more });
      const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert" });
      return {
        input,
        box: h("div", { class: "field" }, h("label", { for: id, class: "label" }, label), input, error),
        wrong(text) {
          error.textContent = text;
          if (text) {
            input.setAttribute("aria-invalid", "true");
            input.focus();
          } else input.removeAttribute("aria-invalid");
        },
      };
    };
    const title = field("assessment-title", t("grid-assessment-name"), assessment.title, { maxlength: "128" });
    const max = field("assessment-max", t("grid-assessment-max"), assessment.maxScore, { inputmode: "decimal", maxlength: "16" });
    const reason = field("assessment-reason", t("grid-reason-label"), "", { maxlength: "500" });
    const wrong = h("p", { class: "field-error", role: "alert" });
    const published = assessment.state === "published";
    const form = h("form", { method: "dialog", class: "stack", id: "assessment-form" },
      title.box, max.box, published ? h("div", {}, reason.box, h("p", { class: "hint" }, t("grid-assessment-reason"))) : null, wrong);
    form.noValidate = true;
    const submit = h("button", { type: "submit", form: "assessment-form", class: "button is-primary" }, t("grid-assessment-save"));
    const clear = (): void => {
      for (const one of [title, max, reason]) one.wrong("");
      wrong.textContent = "";
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clear();
      const typed = parseEntry(max.input.value, null);
      if (!title.input.value.trim()) return title.wrong(t("grid-assessment-name-missing"));
      if (!typed.ok || typed.mark.status !== "scored" || typed.mark.value === "0") return max.wrong(t("grid-assessment-max-wrong"));
      const change: AssessmentChange = {};
      if (title.input.value.trim() !== assessment.title) change.title = title.input.value.trim();
      if (!sameMark(typed.mark, { status: "scored", value: assessment.maxScore })) change.maxScore = typed.mark.value ?? "";
      if (!change.title && !change.maxScore) return close();
      if (published && change.maxScore && !reason.input.value.trim()) return reason.wrong(t("grid-undo-reason-missing"));
      if (published && reason.input.value.trim()) change.reason = reason.input.value.trim();
      submit.disabled = true;
      save(change).then(() => {
        done = true;
        close();
      }, (error: unknown) => {
        submit.disabled = false;
        refused(error);
      });
    });
    const refused = (error: unknown): void => {
      if (!(error instanceof RequestError)) {
        wrong.textContent = t("grid-request-failed");
        return;
      }
      const { code, detail, errors } = error.problem;
      const fields: Record<string, typeof title> = { "/title": title, "/max_score": max, "/reason": reason };
      const first = errors.find((one) => one.pointer in fields);
      const key = `grid-problem-${code.replaceAll("_", "-")}`;
      const text = first?.detail || (has(key) ? t(key) : detail || t("grid-problem-unknown"));
      const at = first && fields[first.pointer];
      if (at?.input.isConnected) at.wrong(text);
      else wrong.textContent = text;
    };
    body.append(form);
    foot.append(h("button", { type: "button", class: "button", onclick: close }, t("grid-cancel")), submit);
    dialog.showModal();
    title.input.select();
  });
}
