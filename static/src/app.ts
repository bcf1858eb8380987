/**
 * The installed app on every page: the service worker, the language of its shell, and copies of grades that
 * are none of the present user's business.
 */
import { forgetCopies } from "./offline_copy.ts";

/** After the page has what it needs: on a slow network the worker's files wait. */
function registerWorker(): void {
  const installable = document.querySelector('link[rel="manifest"]');
  if (!installable || !("serviceWorker" in navigator) || !("caches" in window)) return;
  const register = (): void => {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => undefined);
    const lang = document.documentElement.lang;
    void caches.open("language").then((cache) => cache.put("/language", new Response(lang))).catch(() => undefined);
  };
  if (document.readyState === "complete") register();
  else window.addEventListener("load", () => setTimeout(register, 0), { once: true });
}

/** `<html data-user="7">` says who is signed in, "none" that nobody is; some error pages do not know. */
export function app(): void {
  const user = document.documentElement.dataset["user"];
  if (user) void forgetCopies(user);
  registerWorker();
}
