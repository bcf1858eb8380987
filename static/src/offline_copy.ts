/**
 * Copies of own grades on this device, for whoever turned them on (docs/adr/0049). A user's copies are in a
 * cache of their own, whose being there is the switch: one deletion turns it off and forgets everything.
 */
const NAME = "grades-";
const TOO_OLD_MS = 30 * 24 * 60 * 60 * 1000;

/** One page of grades as it was read. */
export interface Copy {
  at: number;
  title: string;
  /** What was in the page's <main>, without forms. */
  html: string;
}

const available = (): boolean => "caches" in window;

/** Keeping and forgetting take turns, in all windows: what is forgotten does not come back. */
const alone = async <T>(work: () => Promise<T>): Promise<T> => (await navigator.locks.request("grades", work)) as T;

export async function isOn(user: string): Promise<boolean> {
  return available() && caches.has(NAME + user);
}

export async function turnOn(user: string): Promise<void> {
  await caches.open(NAME + user);
}

export async function turnOff(user: string): Promise<void> {
  await alone(() => caches.delete(NAME + user));
}

/** Forgets the copies of everybody but this user; of everybody, where nobody is signed in. */
export async function forgetCopies(user: string): Promise<void> {
  if (!available()) return;
  const names = await caches.keys().catch(() => []);
  const others = names.filter((name) => name.startsWith(NAME) && name !== NAME + user);
  if (others.length) await alone(() => Promise.all(others.map((name) => caches.delete(name))));
}

/** Keeps a page of grades, if its user wants that. Answers whether it differs from the copy before. */
export async function keep(user: string, path: string, page: Document): Promise<boolean> {
  const main = page.querySelector("main");
  if (!main || main.matches("[data-no-copy]") || !(await isOn(user))) return false;
  const plain = main.cloneNode(true) as HTMLElement;
  for (const element of plain.querySelectorAll("form, script, [data-no-copy]")) element.remove();
  const copy: Copy = { at: Date.now(), title: page.title, html: plain.innerHTML };
  return alone(async () => {
    // Turned off meanwhile: opening the cache would turn it on again.
    if (!(await isOn(user))) return false;
    const before = await find(user, path);
    const cache = await caches.open(NAME + user);
    await cache.put(path, new Response(JSON.stringify(copy), { headers: { "content-type": "application/json" } }));
    return before?.html !== copy.html;
  });
}

async function find(user: string, path: string): Promise<Copy | undefined> {
  const kept = await caches.match(path, { cacheName: NAME + user });
  return kept ? ((await kept.json()) as Copy) : undefined;
}

/** The copy of a page on this device, whoever's it is: there are those of one user only. */
export async function copyOf(path: string): Promise<Copy | undefined> {
  if (!available()) return undefined;
  const names = (await caches.keys()).filter((name) => name.startsWith(NAME));
  const [name] = names;
  if (!name || names.length > 1) return undefined;
  const copy = await find(name.slice(NAME.length), path === "/" ? "/me" : path);
  if (copy && Date.now() - copy.at < TOO_OLD_MS) return copy;
  if (copy) await alone(() => caches.delete(name));
  return undefined;
}
