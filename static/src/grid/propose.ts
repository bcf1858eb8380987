/** A dialog that asks for another score where none can be entered any more, and why. */
import { h } from "../common/dom.ts";
import { makeDialog } from "../common/dialog.ts";
import { t } from "../common/i18n.ts";
import { parseEntry, sameMark, type Mark } from "./entry.ts";

export interface Proposal { mark: Mark; reason: string }

export function askProposal(title: string, now: Mark, shown: string, limit: string, closed: () => void): Promise<Proposal | null> {
  return new Promise((resolve) => {
    let answer: Proposal | null = null;
    const { dialog, body, foot, close } = makeDialog(title, t("grid-close"), "", () => {
      resolve(answer);
      closed();
    });
    const field = (id: string, label: string, input: HTMLInputElement): [HTMLElement, HTMLElement] => {
      const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert" });
      return [h("div", { class: "field" }, h("label", { for: id, class: "label" }, label), input, error), error];
    };
    const input = (id: string, most: number): HTMLInputElement =>
      h("input", { type: "text", class: "input", id, maxlength: most, autocomplete: "off", "aria-describedby": `${id}-error` });
    const value = input("propose-value", 24);
    const reason = input("propose-reason", 1000);
    const [valueField, valueError] = field("propose-value", t("grid-propose-value", { now: shown || t("grid-cell-blank"), max: limit }), value);
    const [reasonField, reasonError] = field("propose-reason", t("grid-reason-label"), reason);
    const form = h("form", { method: "dialog", class: "stack", id: "propose-form" }, h("p", { class: "muted" }, t("grid-propose-lead")), valueField, reasonField);
    form.noValidate = true;
    const say = (field: HTMLInputElement, error: HTMLElement, text: string): boolean => {
      error.textContent = text;
      if (text) {
        field.setAttribute("aria-invalid", "true");
        field.focus();
      } else field.removeAttribute("aria-invalid");
      return text === "";
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const entry = parseEntry(value.value, limit);
      const key = entry.ok ? "" : `grid-problem-${entry.problem.replaceAll("_", "-")}`;
      const same = entry.ok && sameMark(entry.mark, now);
      const wrong = same ? t("grid-propose-same") : key && t(key, { typed: value.value, max: limit });
      if (!say(value, valueError, wrong) || !entry.ok) return;
      const why = reason.value.trim();
      if (!say(reason, reasonError, why.length < 2 ? t("grid-reason-empty") : "")) return;
      answer = { mark: entry.mark, reason: why };
      close();
    });
    body.append(form);
    foot.append(
      h("button", { type: "button", class: "button", onclick: close }, t("grid-cancel")),
      h("button", { type: "submit", form: "propose-form", class: "button is-primary" }, t("grid-propose")),
    );
    dialog.showModal();
    value.focus();
  });
}
