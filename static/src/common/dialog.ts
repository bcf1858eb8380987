import { h, icon } from "./dom.ts";

export interface DialogParts { dialog: HTMLDialogElement; title: HTMLElement; body: HTMLElement; foot: HTMLElement; close(): void }

let count = 0;

/** A modal dialog that removes itself when it closes. */
export function makeDialog(heading: string, closeLabel: string, className = "", closed?: () => void): DialogParts {
  const id = `dialog-${++count}`;
  const title = h("h2", { id, class: "dialog-title" }, heading);
  const body = h("div", { class: "dialog-body" });
  const foot = h("div", { class: "dialog-foot" });
  const dialog = h("dialog", { class: `dialog ${className}`.trim(), "aria-labelledby": id },
    h("div", { class: "dialog-head" },
      title,
      h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": closeLabel, onclick: () => dialog.close() }, icon("close")),
    ),
    body,
    foot,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed?.();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  return { dialog, title, body, foot, close: () => dialog.close() };
}
