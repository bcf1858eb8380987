/**
 * A student's page follows new grades: an event says that something changed, the page is fetched again and
 * its <main> replaced. Elements with `data-live="key"` are compared by their text; the changed ones flash
 * and are read out. Without JavaScript the page is the same, only not live.
 *
 * `data-events-of` names the events that matter, where not all do.
 *
 *   <main id="main" data-events="/api/v1/events"> … <span data-live="a12" data-live-name="数学 期中">92</span>
 */
import { announce, flash, reducedMotion } from "./common/dom.ts";
import { calculator } from "./calculator.ts";
import { loadMessages, t } from "./common/i18n.ts";
import { localTimes } from "./common/times.ts";
import { copySwitch, keepCopy } from "./student_copy.ts";

const WAIT_MS = 300;
const LEAVING_MS = 500;

let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let again = false;
let failures = 0;

const texts = (root: ParentNode): Map<string, string> =>
  new Map([...root.querySelectorAll<HTMLElement>("[data-live]")].map((e) => [e.dataset["live"] ?? "", (e.textContent ?? "").trim()]));

function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void update(), WAIT_MS);
}

async function update(): Promise<void> {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { accept: "text/html", "x-live": "1" } });
    if (answer.redirected && new URL(answer.url).pathname === "/login") {
      location.assign("/login");
      return;
    }
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    const old = document.querySelector("main");
    if (fresh && old) {
      swap(old, fresh);
      void copySwitch();
      void keepCopy().catch(() => undefined);
    }
    // how much waits, in the navigation
    document.querySelector(".nav")?.replaceWith(...[...page.querySelectorAll(".nav")].map((nav) => document.importNode(nav, true)));
  } catch {
    // offline: the next event or reconnection brings it
  } finally {
    running = false;
    if (again) {
      again = false;
      soon();
    }
  }
}

function swap(old: HTMLElement, fresh: HTMLElement): void {
  const before = texts(old);
  const open = new Set([...old.querySelectorAll<HTMLDetailsElement>("details[open][id]")].map((d) => d.id));
  const closed = new Set([...old.querySelectorAll<HTMLDetailsElement>("details:not([open])[id]")].map((d) => d.id));
  const named = new Map([...old.querySelectorAll<HTMLElement>("[data-live-name]")].map((e) => [e.dataset["live"] ?? "", e.dataset["liveName"] ?? ""]));
  const focused = old.contains(document.activeElement) ? placeOf(document.activeElement, old) : undefined;
  const typed = new Map([...old.querySelectorAll<HTMLInputElement>("input[id]")].filter((field) => field.value !== field.defaultValue).map((field) => [field.id, field.value]));
  const [x, y] = [window.scrollX, window.scrollY];
  for (const details of fresh.querySelectorAll<HTMLDetailsElement>("details[id]")) {
    if (open.has(details.id)) details.open = true;
    else if (closed.has(details.id)) details.open = false;
  }
  const nodes = [...fresh.childNodes].map((node) => document.importNode(node, true));
  old.replaceChildren(...nodes);
  for (const field of old.querySelectorAll<HTMLInputElement>("input[id]")) field.value = typed.get(field.id) ?? field.value;
  localTimes(old);
  window.scrollTo(x, y);
  if (focused) focusAt(old, focused);
  const changed: string[] = [];
  for (const element of old.querySelectorAll<HTMLElement>("[data-live]")) {
    const text = (element.textContent ?? "").trim();
    if (before.get(element.dataset["live"] ?? "") === text) continue;
    if (!reducedMotion()) flash(element);
    const name = element.dataset["liveName"];
    // What is out of sight is not said aloud either.
    if (name) changed.push(covered(element) ? name : `${name} ${text}`);
  }
  const now = texts(old);
  const gone = [...named].filter(([key]) => !now.has(key)).map(([, name]) => name);
  const said = [
    changed.length && t("student-updated", { grades: changed.slice(0, 5).join(", ") }),
    gone.length && t("student-gone", { grades: gone.slice(0, 5).join(", ") }),
  ].filter(Boolean);
  if (said.length) announce(said.join(" "));
}

const covered = (element: Element): boolean => element.closest(".cover:not([open])") !== null || element.querySelector(".cover:not([open])") !== null;

/** Where the focus is, in words that hold for the page after it, too: the nearest id, and what in it. */
interface Place {
  id: string;
  /** An address or a name within the element of that id; none if it has the focus itself. */
  selector: string;
}

function placeOf(element: Element | null, main: HTMLElement): Place | undefined {
  if (!element) return undefined;
  if (element.id) return { id: element.id, selector: "" };
  const id = element.parentElement?.closest("[id]")?.id ?? main.id;
  const tag = element.localName;
  for (const name of ["href", "name", "action"]) {
    const value = element.getAttribute(name);
    if (value) return { id, selector: `${tag}[${name}="${CSS.escape(value)}"]` };
  }
  const form = element.closest("form")?.getAttribute("action");
  return { id, selector: form ? `form[action="${CSS.escape(form)}"] ${tag}` : tag };
}

/** What had the focus gets it again. If it has gone, the page has it, not nothing: reading goes on there. */
function focusAt(main: HTMLElement, { id, selector }: Place): void {
  const around = id === main.id ? main : document.getElementById(id);
  const found = selector ? around?.querySelector<HTMLElement>(selector) : around;
  (found ?? main).focus({ preventScroll: true });
}

function follow(url: string): void {
  const source = new EventSource(url);
  for (const name of names) source.addEventListener(name, soon);
  source.addEventListener("open", () => {
    if (failures) soon();
    failures = 0;
  });
  const renew = (): void => {
    source.close();
    failures++;
    const wait = Math.min(60_000, 1000 * 2 ** Math.min(failures, 6));
    fetch("/session/refresh", { method: "POST", credentials: "same-origin", cache: "no-store" })
      .then((answer) => {
        if (answer.ok) setTimeout(() => follow(url), wait);
        else if (answer.status === 401) location.assign("/login");
        else setTimeout(() => follow(url), wait);
      })
      .catch(() => setTimeout(() => follow(url), wait));
  };
  source.addEventListener("session", () => {
    source.close();
    setTimeout(renew, LEAVING_MS); // signing out ends the session of the page that is being left
  });
  source.addEventListener("error", () => {
    failures++;
    // A page that is being left sees its stream fail, too. It must not renew the session: nobody would
    // receive the new cookies.
    if (source.readyState === EventSource.CLOSED) setTimeout(renew, LEAVING_MS);
  });
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

loadMessages();
calculator();
void copySwitch();
void keepCopy().catch(() => undefined); // it is kept the next time
const { events: url, eventsOf } = document.querySelector<HTMLElement>("main[data-events]")?.dataset ?? {};
const names = (eventsOf ?? "score assessment amendment resync").split(" ");
if (url && typeof EventSource !== "undefined") {
  follow(url);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
