/**
 * The service worker: what opens when the network is slow or gone (docs/adr/0049).
 *
 * It keeps the files that the app shell is made of, and nothing else: no page and no answer of the server
 * is ever stored here. Copies of own grades are made by the page of whoever asked for them
 * (src/offline_copy.ts) and shown by the shell (src/shell.ts).
 */
import { enable as enablePreload } from "workbox-navigation-preload/enable.js";
import { cleanupOutdatedCaches } from "workbox-precaching/cleanupOutdatedCaches.js";
import { matchPrecache } from "workbox-precaching/matchPrecache.js";
import { precache } from "workbox-precaching/precache.js";

declare const self: ServiceWorkerGlobalScope;
/** Addresses of bundled files, with the hash of their content in their names. */
declare const SHELL_FILES: string[];
/** Changes with whatever the shell shows; the server writes it in front of this file. */
declare const SHELL_REVISION: string;

const LANGUAGES = ["en", "zh-CN"];
const FILES = new Set(SHELL_FILES);
/** So long a page that opens at once may take before its shell is shown. */
const SLOW_MS = 700;
const FORGOTTEN_MS = 120_000;
const MACHINES = ["/api/", "/.well-known/", "/static/", "/session/", "/healthz", "/readyz", "/sw.js", "/manifest.webmanifest", "/offline"];

/** Pages that are still on their way to a shell, by the window that waits. */
const coming = new Map<string, Promise<Response>>();

precache([
  ...SHELL_FILES.map((url) => ({ url, revision: null })),
  ...LANGUAGES.map((lang) => ({ url: shellAddress(lang), revision: SHELL_REVISION })),
]);
cleanupOutdatedCaches();
enablePreload();
// Pages name their own files and come from the network, so a new worker may take over at once.
self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin || request.method !== "GET") return;
  if (FILES.has(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") {
    if (!MACHINES.some((start) => url.pathname.startsWith(start))) event.respondWith(navigate(event, url.pathname));
  } else if (request.headers.has("x-shell")) event.respondWith(handOver(event));
});

async function file(request: Request): Promise<Response> {
  return (await matchPrecache(request.url)) ?? fetch(request);
}

/** The page from the network. Is it a student's and late, the shell, which asks for it by `handOver`. */
async function navigate(event: FetchEvent, path: string): Promise<Response> {
  const answer = fromNetwork(event);
  const failed = answer.then(() => false, () => true);
  event.waitUntil(failed);
  const late = path === "/" || path === "/me" || path.startsWith("/me/") ? waited(SLOW_MS) : new Promise<never>(() => undefined);
  const known = await Promise.race([failed, late]);
  if (known === false) return answer;
  const found = await shell();
  if (!found) return answer;
  if (known === undefined && event.resultingClientId) {
    const page = whole(answer);
    event.waitUntil(page.catch(() => undefined));
    coming.set(event.resultingClientId, page);
    setTimeout(() => coming.delete(event.resultingClientId), FORGOTTEN_MS);
  }
  return found;
}

/** An answer with all of its body: when its event ends, the browser gives up what of it is still on its way. */
async function whole(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  await response.clone().arrayBuffer();
  return response;
}

async function fromNetwork(event: FetchEvent): Promise<Response> {
  return ((await event.preloadResponse) as Response | undefined) ?? fetch(event.request);
}

/** To the shell, the page that was asked for when its window opened; where that was no page, a new answer. */
async function handOver(event: FetchEvent): Promise<Response> {
  const answer = coming.get(event.clientId);
  coming.delete(event.clientId);
  const response = await answer;
  return response && response.type !== "opaqueredirect" ? response : fetch(event.request);
}

const waited = (ms: number): Promise<undefined> => new Promise((done) => setTimeout(() => done(undefined), ms));

function shellAddress(lang: string): string {
  return `/offline?lang=${lang}`;
}

/** The shell in the language of the page that was read last. */
async function shell(): Promise<Response | undefined> {
  const kept = await caches.match("/language", { cacheName: "language" });
  const lang = (await kept?.text()) ?? self.navigator.language;
  return matchPrecache(shellAddress(lang.startsWith("zh") ? "zh-CN" : "en"));
}
