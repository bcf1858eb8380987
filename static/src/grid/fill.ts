/** One value for a column: for those who have nothing yet, or for everybody; how many that is, before it is done. */
import { makeDialog } from "../common/dialog.ts";
import { h } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import { sameMark, type Mark } from "./entry.ts";
import { keyOf, type Assessment, type Store } from "./store.ts";
import { readTyped } from "./typed.ts";

export interface Fill { mark: Mark; all: boolean }

/** Who would get it: where nothing is expected of somebody, a blank stays one. */
export function fillTargets(store: Store, assessment: number, students: readonly number[], mark: Mark, all: boolean): { keys: ReturnType<typeof keyOf>[]; overwritten: number } {
  let overwritten = 0;
  const keys = students.filter((student) => {
    const now = store.shown(keyOf(assessment, student));
    if (now.status === "blank") return !store.wasElsewhere(assessment, student) && mark.status !== "blank";
    if (!all || sameMark(now, mark)) return false;
    overwritten++;
    return true;
  }).map((student) => keyOf(assessment, student));
  return { keys, overwritten };
}

export function askFill(title: string, assessment: Assessment, store: Store, students: readonly number[], closed: () => void): Promise<Fill | null> {
  return new Promise((resolve) => {
    let answer: Fill | null = null;
    const { dialog, body, foot, close } = makeDialog(t("grid-fill-title", { title }), t("grid-close"), "", () => {
      resolve(answer);
      closed();
    });
    const field = h("input", { type: "text", class: "input", id: "fill-value", autocomplete: "off", maxlength: 24, "aria-describedby": "fill-hint fill-error" });
    const error = h("p", { class: "field-error", id: "fill-error", role: "alert" });
    const choice = (value: string, checked: boolean): HTMLElement =>
      h("label", { class: "check" }, h("input", { type: "radio", name: "fill-which", value, checked }), ` ${t(`grid-fill-${value}`)}`);
    const preview = h("p", { class: "fill-preview", role: "status" });
    let seen: ReturnType<Store["versions"]> = new Map();
    const submit = h("button", { type: "submit", form: "fill-form", class: "button is-primary" }, t("grid-fill"));
    const form = h("form", { method: "dialog", class: "stack", id: "fill-form" },
      h("div", { class: "field" }, h("label", { for: "fill-value", class: "label" }, t("grid-fill-value", { max: assessment.limit })), field,
        h("p", { class: "hint", id: "fill-hint" }, t("grid-fill-hint")), error),
      h("fieldset", { class: "plain-fields" }, h("legend", { class: "label" }, t("grid-fill-which")), choice("blanks", true), choice("all", false)),
      preview,
      students.length < store.students.length ? h("p", { class: "hint" }, tn("grid-fill-shown", students.length)) : null,
      assessment.state === "published" ? h("p", { class: "hint" }, t("grid-fill-published")) : null,
    );
    form.noValidate = true;
    const all = (): boolean => form.querySelector<HTMLInputElement>("input[value=all]")?.checked ?? false;
    const show = (): void => {
      const typed = readTyped(field.value.trim(), assessment);
      const given = field.value.trim() !== "";
      error.textContent = given && !typed.ok ? typed.message : "";
      if (given && !typed.ok) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      const found = given && typed.ok ? fillTargets(store, assessment.id, students, typed.mark, all()) : null;
      seen = store.versions(students.map((student) => keyOf(assessment.id, student)));
      preview.textContent = found ? [tn("grid-fill-count", found.keys.length), found.overwritten ? tn("grid-fill-overwrites", found.overwritten) : ""].filter(Boolean).join(" ") : "";
      submit.disabled = !found?.keys.length;
    };
    field.addEventListener("input", show);
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = readTyped(field.value.trim(), assessment);
      if (!typed.ok || submit.disabled) return;
      if (store.isNewer(seen)) {
        show();
        preview.prepend(`${t("grid-preview-again")} `);
        return;
      }
      answer = { mark: typed.mark, all: all() };
      close();
    });
    body.append(form);
    foot.append(h("button", { type: "button", class: "button", onclick: close }, t("grid-cancel")), submit);
    show();
    dialog.showModal();
    field.focus();
  });
}
