/**
 * What a teacher has typed and the server does not have yet, kept on this device: where it is, and when it goes.
 * It goes when somebody signs out, when somebody else uses this browser, and after some days.
 */
const PREFIX = "gradebook.unsaved.";
const SIGNING_OUT = "gradebook.signing-out";
export const KEPT_MS = 7 * 24 * 60 * 60_000;

export const placeOf = (user: string, url: string): string => `${PREFIX}${user}.${url}`;

/** Whether a record was written within the days that it is kept. */
function fresh(text: string | null, now: number): boolean {
  try {
    const { at } = JSON.parse(text ?? "") as { at?: unknown };
    return typeof at === "number" && now - at < KEPT_MS;
  } catch {
    return false;
  }
}

/** Leaves what `user` has typed in the last days, and nothing else: of nobody without a user. */
export function leaveOnly(user: string | null, now: number, storage: Storage = localStorage): void {
  const places = Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((place) => place?.startsWith(PREFIX));
  for (const place of places) {
    if (!place) continue;
    if (user === null || !place.startsWith(placeOf(user, "")) || !fresh(storage.getItem(place), now)) storage.removeItem(place);
  }
}

const signsOut = (event: Event): boolean =>
  !event.defaultPrevented && event.target instanceof HTMLFormElement && event.target.getAttribute("action") === "/logout";

/**
 * On every page: `user` is who is signed in, or "none". A page of nobody wipes only after a sign-out: a session may
 * just have run out. A sign-out counts when the page is really left for it: a page with unsaved scores asks first,
 * and the answer may be "stay".
 */
export function watchUnsaved(user: string | undefined): void {
  try {
    const leaving = sessionStorage.getItem(SIGNING_OUT) !== null;
    sessionStorage.removeItem(SIGNING_OUT);
    if (user && user !== "none") leaveOnly(user, Date.now());
    else if (leaving) leaveOnly(null, Date.now());
    let sent = false; // the form, and no question yet (some browsers never tell of one)
    let last = false; // what the page was last asked to be left for
    document.addEventListener("submit", (event) => {
      sent = signsOut(event);
    });
    addEventListener("beforeunload", () => {
      [last, sent] = [sent, false];
    });
    addEventListener("pagehide", () => {
      if (last || sent) sessionStorage.setItem(SIGNING_OUT, "1");
      last = sent = false;
    });
    addEventListener("pageshow", (event) => {
      if (event.persisted) sessionStorage.removeItem(SIGNING_OUT);
    });
  } catch {
    // this browser keeps nothing
  }
}
