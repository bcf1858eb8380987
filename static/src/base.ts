/** Small help on every page. Nothing here is needed: each page works without it. */
import { app } from "./app.ts";
import { h } from "./common/dom.ts";
import { localTimes } from "./common/times.ts";
import { watchUnsaved } from "./common/unsaved.ts";

/** Menus are <details class="menu">: close on Esc, on a click elsewhere and when the focus leaves. */
function menus(): void {
  const open = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")];
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
}

/** `data-dialog-open="#id"` opens a <dialog>, `data-dialog-close` closes the one it is in. */
function dialogs(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const opener = target?.closest<HTMLElement>("[data-dialog-open]");
    if (opener) {
      const dialog = document.querySelector(opener.dataset["dialogOpen"] ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = target?.closest("[data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
      return;
    }
    if (target instanceof HTMLDialogElement && target.matches(".dialog[data-light-dismiss]")) target.close();
  });
}

/** `<button data-password-toggle="field-id" data-show="Show" data-hide="Hide" hidden>` beside a password. */
function passwords(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-password-toggle]")) {
    const field = document.getElementById(button.dataset["passwordToggle"] ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      const label = shown ? button.dataset["show"] : button.dataset["hide"];
      if (label) button.setAttribute("aria-label", label);
      const mark = button.querySelector(".icon");
      mark?.classList.toggle("icon-eye", shown);
      mark?.classList.toggle("icon-eye-off", !shown);
      field.focus();
    });
    field.form?.addEventListener("submit", () => (field.type = "password"));
  }
  // `<p data-caps-warning="field-id" hidden role="status">` shows while Caps Lock is on
  for (const warning of document.querySelectorAll<HTMLElement>("[data-caps-warning]")) {
    const field = document.getElementById(warning.dataset["capsWarning"] ?? "");
    if (!field) continue;
    const check = (event: Event): void => {
      const key = event as KeyboardEvent;
      if (typeof key.getModifierState === "function") warning.hidden = !key.getModifierState("CapsLock");
    };
    field.addEventListener("keydown", check);
    field.addEventListener("keyup", check);
    field.addEventListener("blur", () => (warning.hidden = true));
  }
}

/** A form is sent once: its button waits (and comes back when the page is restored). */
function forms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank" || form.dataset["busy"] === "true") {
      if (form.dataset["busy"] === "true") event.preventDefault();
      return;
    }
    if (form.method === "get" || form.dataset["download"] !== undefined) return;
    form.dataset["busy"] = "true";
    form.setAttribute("aria-busy", "true");
  });
  const again = (): void => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-busy]")) {
      delete form.dataset["busy"];
      form.removeAttribute("aria-busy");
    }
  };
  window.addEventListener("pageshow", again);
  // "Leave this page?" was asked, and this page is still here to run it: the answer may have been "stay".
  // (Was it "leave", the form may be sent again while the answer is slow, and the question comes again.)
  window.addEventListener("beforeunload", (event) => {
    setTimeout(() => {
      if (event.defaultPrevented || event.returnValue) again();
    }, 0);
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement && field.matches("[data-autosubmit]")) field.form?.requestSubmit();
  });
  // the first wrong field takes the focus
  document.querySelector<HTMLElement>(".field [aria-invalid=true]")?.focus();
}

/** `<button data-copy="text" data-copied="Copied" hidden>`: one-time passwords and recovery codes. */
function copies(): void {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const source = button.dataset["copy"] ?? "";
      const text = source.startsWith("#") ? (document.querySelector<HTMLElement>(source)?.innerText.trim() ?? "") : source;
      void navigator.clipboard.writeText(text).then(() => toast(button.dataset["copied"] ?? "✓"));
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

function toast(text: string): void {
  let host = document.querySelector<HTMLElement>(".toasts");
  if (!host) {
    host = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(host);
  }
  const item = h("p", { class: "toast" }, text);
  host.append(item);
  setTimeout(() => item.remove(), 4000);
}

const NOTE_MS = 8000;

/**
 * What the server says was done. It stays while it is read (pointer or focus on it), can be closed, and is not
 * said again when the page is loaded anew.
 */
function notes(): void {
  const host = document.querySelector<HTMLElement>("[data-toast]");
  if (!host) return;
  const address = new URL(location.href);
  for (const name of ["done", "many", "saved"]) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
  host.querySelector("[data-toast-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    if (host.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
    host.remove();
  });
  // A live region speaks only of what changes in it.
  const text = host.querySelector("p");
  const said = text?.textContent ?? "";
  setTimeout(() => {
    if (text) text.textContent = said;
  }, 100);
  const go = (): void => {
    if (host.matches(":hover, :focus-within")) setTimeout(go, NOTE_MS);
    else host.remove();
  };
  setTimeout(go, NOTE_MS);
}

/**
 * `data-form-page` marks a page that is also the answer to its own form, at the same address. Going back to
 * it asks for the page again, not for the form to be sent again, which browsers refuse.
 */
function formPages(): void {
  if (document.querySelector("[data-form-page]")) history.replaceState(history.state, "", location.href);
}

menus();
dialogs();
formPages();
passwords();
forms();
notes();
copies();
localTimes(document);
app();
watchUnsaved(document.documentElement.dataset["user"]);
