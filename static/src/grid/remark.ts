/** The remark to the student that a score carries. */
import { makeDialog } from "../common/dialog.ts";
import { h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";

export const LONGEST_REMARK = 1000;
/** Remarks of the same column that one click takes over. */
const OFFERED = 4;

/** The remark as it is to be, empty to take it away; null when nothing is to change. */
export function askRemark(title: string, now: string, others: readonly string[], closed: () => void): Promise<string | null> {
  return new Promise((resolve) => {
    let answer: string | null = null;
    const { dialog, body, foot, close } = makeDialog(title, t("grid-close"), "", () => {
      resolve(answer);
      closed();
    });
    const field = h("textarea", { class: "textarea", id: "remark-field", rows: 3, maxlength: LONGEST_REMARK, "aria-describedby": "remark-hint" });
    field.value = now;
    const save = (): void => {
      answer = field.value.trim();
      close();
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      save();
    });
    const chips = others.filter((text) => text !== now).slice(0, OFFERED).map((text) => h("button", {
      type: "button", class: "chip", title: text,
      onclick: () => {
        field.value = text;
        field.focus();
      },
    }, text));
    body.append(
      h("div", { class: "field" },
        h("label", { for: "remark-field", class: "label" }, t("grid-remark-label")), field,
        h("p", { class: "hint", id: "remark-hint" }, t("grid-remark-hint"))),
      ...(chips.length ? [h("div", { class: "chips remark-chips", role: "group", "aria-label": t("grid-remark-others") }, ...chips)] : []),
    );
    foot.append(
      h("button", { type: "button", class: "button", onclick: close }, t("grid-cancel")),
      h("button", { type: "button", class: "button is-primary", onclick: save }, t("grid-remark-save")),
    );
    dialog.showModal();
    field.focus();
    field.setSelectionRange(now.length, now.length);
  });
}

/** Where it cannot be changed any more. */
export function showRemark(title: string, text: string, closed: () => void): void {
  const { dialog, body, foot, close } = makeDialog(title, t("grid-close"), "", closed);
  const button = h("button", { type: "button", class: "button is-primary", onclick: close }, t("grid-close"));
  body.append(h("p", { class: "remark-text" }, text));
  foot.append(button);
  dialog.showModal();
  button.focus();
}
