import { h } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import { RequestError, SignedOut, type Api } from "./api.ts";
import type { Store } from "./store.ts";

type Explain = (code: string, detail: string) => string;

/** Fetches the scores for the first time, again as often as the teacher asks. False when nobody is signed in. */
export async function loadBook(root: HTMLElement, store: Store, api: Api, explain: Explain, kept: () => number): Promise<boolean> {
  const loading = h("p", { class: "grid-loading", role: "status" }, t("grid-loading"));
  root.append(loading);
  for (;;) {
    try {
      store.apply(await api.book());
      loading.remove();
      return true;
    } catch (error) {
      if (error instanceof SignedOut) {
        location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
        return false;
      }
      const waiting = kept();
      const again = new Promise<void>((resolve) => {
        window.addEventListener("online", () => resolve(), { once: true });
        loading.replaceChildren(
          h("span", {}, error instanceof RequestError ? explain(error.problem.code, error.problem.detail) : t("grid-load-failed")), " ",
          waiting ? h("span", {}, tn("grid-load-kept", waiting), " ") : "",
          h("button", { type: "button", class: "button is-small", onclick: () => resolve() }, t("grid-retry")),
        );
      });
      await again;
      loading.textContent = t("grid-loading");
    }
  }
}
