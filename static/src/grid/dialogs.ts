import { h } from "../common/dom.ts";
import { makeDialog } from "../common/dialog.ts";
import { has, t, tn } from "../common/i18n.ts";
import type { Preflight } from "./api.ts";
import { decimalText } from "./entry.ts";
import { fixed2 } from "./feet.ts";

const KEYS: [group: string, rows: [keys: string[], text: string][]][] = [
  ["move", [
    [["↑", "↓", "←", "→"], "arrows"], [["Enter", "Shift+Enter"], "enter"], [["Tab", "Shift+Tab"], "tab"], [["Ctrl+↑↓←→"], "jump"],
    [["Shift+↑↓←→"], "select"], [["Ctrl+A"], "select-all"], [["Home", "End", "PgUp", "PgDn"], "ends"], [["F6"], "leave"],
  ]],
  ["edit", [
    [["0–9"], "type"], [["F2"], "edit"], [["Shift+F2"], "remark"], [["Esc"], "cancel"], [["Delete"], "delete"], [["Backspace"], "backspace"], [["Ctrl+D"], "fill"],
    [["Ctrl+C", "Ctrl+X", "Ctrl+V"], "clipboard"], [["Ctrl+Z", "Ctrl+Y"], "undo"],
  ]],
  ["codes", [[["缺考", "abs"], "absent"], [["免考", "ex"], "excused"], [["未交", "mi"], "missing"]]],
  ["more", [
    [["Alt+H"], "history"], [["Shift+F10"], "menu"], [["F8"], "problem"], [["Alt+M", "Alt+T"], "conflict"], [["Alt+↓"], "panel"], [["?"], "help"],
  ]],
];

export function showHelp(closed: () => void): void {
  const { dialog, body } = makeDialog(t("grid-help-title"), t("grid-close"), "is-wide", closed);
  for (const [group, rows] of KEYS) {
    const list = h("dl", { class: "key-list" });
    for (const [keys, text] of rows) {
      const term = h("dt", {});
      keys.forEach((key) => term.append(h("kbd", {}, key)));
      list.append(h("div", {}, term, h("dd", {}, t(`grid-key-${text}`))));
    }
    body.append(h("section", {}, h("h3", {}, t(`grid-keys-${group}`)), list));
  }
  body.classList.add("key-columns");
  dialog.showModal();
}

/** By how many percentage points this mean is above or below the last one. */
function changeText(change: string | null): string {
  const points = fixed2(change);
  if (!points || /^-?[0.]*$/.test(points)) return t("grid-publish-same");
  return points.startsWith("-") ? t("grid-publish-lower", { points: points.slice(1) }) : t("grid-publish-higher", { points });
}

/** Publishing: what would become visible, and a button that only a click or Space on it presses. */
export function askPublish(title: string, preflight: Preflight, closed: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    let yes = false;
    const { dialog, body, foot, close } = makeDialog(t("grid-publish-title", { title }), t("grid-close"), "", () => {
      resolve(yes);
      closed();
    });
    const rest = preflight.expected - preflight.entered;
    body.append(
      h("p", { class: "preflight-lead" }, t(preflight.absent ? "grid-publish-entered-absent" : "grid-publish-entered", { entered: preflight.entered, expected: preflight.expected, absent: preflight.absent })),
      h("div", { class: "meter", role: "presentation" }, bar(preflight.entered, preflight.expected)),
    );
    const facts = h("dl", { class: "facts" });
    const fact = (name: string, value: string | number, strong = false): void =>
      void facts.append(h("div", { class: strong ? "is-strong" : null }, h("dt", {}, t(name)), h("dd", {}, String(value))));
    fact("grid-status-absent", preflight.absent);
    fact("grid-status-excused", preflight.excused);
    fact("grid-status-missing", preflight.missing);
    fact("grid-cell-blank", preflight.blank, preflight.blank > 0);
    const mean = fixed2(decimalText(preflight.mean));
    const full = decimalText(preflight.max_score ?? null);
    fact("grid-stat-mean", mean && full ? t("grid-publish-mean-of", { mean, max: full }) : mean || "–");
    body.append(facts);
    const { previous } = preflight;
    if (previous) {
      const change = decimalText(preflight.mean_change);
      const key = change === null ? "grid-publish-previous" : "grid-publish-previous-change";
      body.append(h("p", {}, t(key, {
        which: t(previous.same_sort === false ? "grid-publish-previous-any" : "grid-publish-previous-same"), title: previous.title, mean: fixed2(decimalText(previous.mean)), max: decimalText(previous.max_score) ?? "", change: changeText(change),
      })));
    }
    if (preflight.blank > 0 || rest > 0) body.append(h("div", { class: "alert is-warning" }, blanks(preflight)));
    const unusual = preflight.unusual ?? [];
    if (unusual.length) {
      body.append(h("div", { class: "alert is-warning" }, h("div", {},
        h("p", {}, h("strong", {}, tn("grid-publish-unusual", unusual.length))),
        h("ul", { class: "plain-list" }, ...unusual.slice(0, 6).map((one) => h("li", {}, t("grid-publish-unusual-line", {
          name: one.student.name,
          what: t(`grid-unusual-${one.own_mean_of ?? "course"}`, {
            value: decimalText(one.value) ?? "", percent: decimalText(one.percentage) ?? "", usual: decimalText(one.own_mean) ?? "", count: one.count ?? 0,
          }),
        })))))));
    }
    const weights = decimalText(preflight.category_weights ?? null);
    if (weights !== null && weights !== "100") {
      const key = Number(weights) === 0 ? "none" : Number(weights) < 100 ? "less" : "more";
      body.append(h("div", { class: "alert is-warning" }, h("p", {}, t(`grid-publish-weights-${key}`, { sum: weights }))));
    }
    body.append(h("p", { class: "muted" }, t("grid-publish-effect")));
    ask(dialog, foot, close, t("grid-publish"), () => (yes = true));
  });
}

/** Locking: what it ends, and who has nothing yet. */
export function askLock(title: string, preflight: Preflight, closed: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    let yes = false;
    const { dialog, body, foot, close } = makeDialog(t("grid-lock-title", { title }), t("grid-close"), "", () => {
      resolve(yes);
      closed();
    });
    if (preflight.blank > 0) body.append(h("div", { class: "alert is-warning" }, h("div", {}, blanks(preflight), h("p", {}, t("grid-lock-blank")))));
    body.append(h("p", {}, t("grid-lock-effect")));
    ask(dialog, foot, close, t("grid-lock"), () => (yes = true));
  });
}

/** How many have nothing entered, and who. */
function blanks(preflight: Preflight): HTMLElement {
  const named = preflight.blank_students ?? [];
  const names = named.map((student) => student.name).join(t("grid-list-separator"));
  const more = preflight.blank - named.length;
  const rest = named.length && more > 0 ? ` ${t("grid-publish-more", { count: more })}` : "";
  return h("p", {}, h("strong", {}, tn("grid-publish-blank", preflight.blank)), " ", names, rest);
}

/** Cancel, and the step itself, which Enter never takes, wherever the focus is. */
function ask(dialog: HTMLDialogElement, foot: HTMLElement, close: () => void, step: string, take: () => void): void {
  const cancel = h("button", { type: "button", class: "button", autofocus: true, onclick: close }, t("grid-cancel"));
  const yes = h("button", {
    type: "button", class: "button is-primary",
    onclick: () => {
      take();
      close();
    },
  }, step);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  });
  foot.append(cancel, yes);
  dialog.showModal();
  cancel.focus();
}

function bar(part: number, whole: number): HTMLElement {
  const inner = h("span", {});
  inner.style.width = `${whole > 0 ? Math.round((100 * part) / whole) : 0}%`;
  return inner;
}

/** Why: one line of words. Digits alone are not a reason (they are somebody typing on into the wrong place). */
export function askReason(
  title: string, lead: string, action: string, closed: () => void,
  cancel = t("grid-cancel"), instead?: { label: string; run(): void },
): Promise<string | null> {
  return new Promise((resolve) => {
    let answer: string | null = null;
    const { dialog, body, foot, close } = makeDialog(title, t("grid-close"), "", () => {
      resolve(answer);
      closed();
    });
    const field = h("input", { type: "text", class: "input", id: "reason-field", maxlength: "500", required: true, autocomplete: "off", "aria-describedby": "reason-error" });
    const error = h("p", { class: "field-error", id: "reason-error", role: "alert" });
    const form = h("form", { method: "dialog", class: "stack" },
      h("p", {}, lead),
      h("div", { class: "field" }, h("label", { for: "reason-field", class: "label" }, t("grid-reason-label")), field, error),
    );
    const chips = h("div", { class: "chips" });
    for (const name of ["grid-reason-marking", "grid-reason-entry", "grid-reason-review", "grid-reason-makeup"]) {
      if (!has(name)) continue;
      chips.append(h("button", {
        type: "button", class: "chip",
        onclick: () => {
          field.value = t(name);
          field.focus();
        },
      }, t(name)));
    }
    form.append(chips);
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text.length < 2 || /^[\d\s.,]+$/.test(text)) {
        error.textContent = t("grid-reason-empty");
        field.setAttribute("aria-invalid", "true");
        field.focus();
        return;
      }
      answer = text;
      close();
    });
    form.id = "reason-form";
    body.append(form);
    if (instead) {
      foot.append(h("button", {
        type: "button", class: "button is-quiet foot-start",
        onclick: () => {
          instead.run();
          close();
        },
      }, instead.label));
    }
    foot.append(
      h("button", { type: "button", class: "button", onclick: close }, cancel),
      h("button", { type: "submit", form: "reason-form", class: "button is-primary" }, action),
    );
    dialog.showModal();
    field.focus();
  });
}
