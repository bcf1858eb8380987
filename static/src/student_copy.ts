/** A student's pages keep a copy of themselves, if that was turned on, and /me has the switch for it. */
import { announce } from "./common/dom.ts";
import { t } from "./common/i18n.ts";
import { isOn, keep, turnOff, turnOn } from "./offline_copy.ts";

const user = document.documentElement.dataset["user"] ?? "none";

/** Keeps this page; from the list of courses, the courses too, when anything in it is new. */
export async function keepCopy(all = false): Promise<void> {
  if (user === "none" || !(await isOn(user))) return;
  const changed = await keep(user, location.pathname, document);
  if (location.pathname !== "/me" || !(changed || all)) return;
  const links = document.querySelectorAll<HTMLAnchorElement>('.course-title a[href^="/me/courses/"]');
  // One after the other: on a bad connection they are not in each other's way.
  for (const { pathname } of links) {
    const answer = await fetch(pathname, { credentials: "same-origin", headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.documentElement.dataset["user"] !== user) return;
    await keep(user, pathname, page);
  }
}

/** `<button role="switch" data-copy-switch hidden>` turns copies on this device on and off. */
export async function copySwitch(): Promise<void> {
  const found = document.querySelector<HTMLButtonElement>("[data-copy-switch]");
  if (!found || user === "none" || !("caches" in window) || !("serviceWorker" in navigator)) return;
  const box = found.closest<HTMLElement>("[hidden]");
  found.setAttribute("aria-checked", String(await isOn(user)));
  if (box) box.hidden = false;
  found.addEventListener("click", () => {
    const on = found.getAttribute("aria-checked") !== "true";
    found.setAttribute("aria-checked", String(on));
    void (on ? turnOn(user).then(() => keepCopy(true)) : turnOff(user)).then(
      () => announce(t(on ? "student-copy-on" : "student-copy-off")),
      () => found.setAttribute("aria-checked", String(!on)),
    );
  });
}
