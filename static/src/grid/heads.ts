/** The heads of the columns. */
import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import type { Assessment } from "./store.ts";

export function plainHead(text: string, note = ""): HTMLElement {
  return h("span", { class: "col-head" }, h("span", { class: "col-title" }, text), note && h("span", { class: "col-note" }, note));
}

export function markHead(assessment: Assessment, title: string, openMenu: (button: HTMLElement, byMouse: boolean) => void, fold: HTMLElement | null): HTMLElement {
  const button = h("button", {
    type: "button", class: "col-menu", tabindex: "-1", "aria-haspopup": "menu", "aria-label": t("grid-column-menu", { title }),
    onclick: (event) => {
      event.stopPropagation();
      openMenu(button, event instanceof MouseEvent && event.detail > 0 && matchMedia("(pointer: fine)").matches);
    },
  }, icon("more"));
  return h("span", { class: "col-head", title: [assessment.title, assessment.date].filter(Boolean).join(" · ") },
    fold,
    h("span", { class: "col-title" }, title),
    h("span", { class: "col-note" },
      h("span", { class: "col-max" }, t("grid-column-max", { max: assessment.maxScore })),
      !assessment.editable && assessment.state !== "locked"
        ? h("span", { class: "col-state is-locked" }, t("grid-cell-read-only"))
        : h("span", { class: `col-state is-${assessment.state}` }, t(`grid-assessment-${assessment.state}`)),
    ),
    button,
  );
}

/** Folds a category to one column, or unfolds it. */
export function foldButton(category: number, name: string, open: boolean, run: () => void): HTMLElement {
  return h("button", {
    type: "button", class: "col-fold", tabindex: "-1", "aria-expanded": String(open), "aria-label": t(open ? "grid-fold" : "grid-unfold", { name }),
    "data-category": String(category), title: name,
    onclick: (event) => {
      event.stopPropagation();
      run();
    },
  }, icon("chevron"), h("span", {}, name));
}

export function foldedHead(category: number, name: string, columns: number, unfold: () => void): HTMLElement {
  return h("span", { class: "col-head" },
    foldButton(category, name, false, unfold),
    h("span", { class: "col-title" }, t("grid-fold-columns", { count: columns })),
    h("span", { class: "col-note" }, t("grid-total-current-note")));
}
