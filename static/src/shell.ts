/**
 * What the service worker shows in the place of a page that is late or cannot be had. It fills itself in with
 * the page as soon as that comes; meanwhile it shows the copy of own grades, where there is one.
 */
import { loadMessages, t } from "./common/i18n.ts";
import { localTimes } from "./common/times.ts";
import { type Copy, copyOf } from "./offline_copy.ts";

const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 60_000;

let wait = FIRST_WAIT_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;

const part = (name: string): HTMLElement | null => document.querySelector<HTMLElement>(`[data-shell="${name}"]`);

function show(name: string, shown: boolean): void {
  const element = part(name);
  if (element) element.hidden = !shown;
}

async function open(): Promise<void> {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store", headers: { accept: "text/html", "x-shell": "1" } });
    if (!answer.headers.get("content-type")?.startsWith("text/html")) {
      location.reload(); // a file, say: it is the browser's to open
      return;
    }
    const text = await answer.text();
    become(new DOMParser().parseFromString(text, "text/html"), answer);
  } catch {
    offline();
  } finally {
    asking = false;
  }
}

/** Turns this document into the page that came. */
function become(page: Document, answer: Response): void {
  if (answer.redirected) history.replaceState(null, "", answer.url + location.hash);
  window.removeEventListener("online", again);
  for (const name of page.documentElement.getAttributeNames()) {
    document.documentElement.setAttribute(name, page.documentElement.getAttribute(name) ?? "");
  }
  document.title = page.title;
  const has = (link: HTMLLinkElement): boolean =>
    [...document.querySelectorAll("link")].some((one) => one.rel === link.rel && one.href === link.href);
  for (const link of page.head.querySelectorAll("link")) if (!has(link)) document.head.append(document.importNode(link, true));
  document.body.replaceWith(document.importNode(page.body, true));
  // Scripts of a parsed document do not run: each is made anew, and they run in their order.
  for (const { src, type } of page.querySelectorAll<HTMLScriptElement>("script[src]")) {
    const script = document.createElement("script");
    Object.assign(script, { src, type, async: false });
    document.head.append(script);
  }
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

function offline(): void {
  show("loading", false);
  const copied = part("copy")?.hidden === false;
  show("offline", !copied);
  const state = part("state");
  if (copied && state) state.textContent = t("shell-offline");
  timer = setTimeout(again, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

/** Tries once more, but first asks for something small. */
function again(): void {
  clearTimeout(timer);
  fetch("/healthz", { cache: "no-store" }).then(
    () => void open(),
    () => {
      timer = setTimeout(again, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    },
  );
}

function showCopy(copy: Copy): void {
  const at = part("at");
  if (at instanceof HTMLTimeElement) {
    at.dateTime = new Date(copy.at).toISOString();
    at.dataset["local"] = "";
  }
  const page = new DOMParser().parseFromString(copy.html, "text/html");
  part("grades")?.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  document.title = copy.title;
  show("loading", false);
  show("copy", true);
  localTimes(document);
}

loadMessages();
window.addEventListener("online", again);
part("again")?.addEventListener("click", () => {
  wait = FIRST_WAIT_MS;
  void open();
});
copyOf(location.pathname)
  .then((copy) => copy && showCopy(copy))
  .catch(() => undefined)
  .finally(() => void open());
