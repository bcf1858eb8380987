import { h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { RequestError, SignedOut, type Api } from "./api.ts";
import type { Store } from "./store.ts";

type Explain = (code: string, detail: string) => string;

/** Fetches the scores for the first time, again as often as the teacher asks. False when nobody is signed in. */
export async function loadBook(root: HTMLElement, store: Store, api: Api, explain: Explain): Promise<boolean> {
  const loading = h("p", { class: "grid-loading", role: "status" }, t("grid-loading"));
  root.append(loading);
  for (;;) {
    try {
      store.apply(await api.book());
      loading.remove();
      return true;
    } catch (error) {
      if (error instanceof SignedOut) {
        location.assign("/login");
        return false;
      }
      const again = new Promise<void>((resolve) => {
        loading.replaceChildren(
          h("span", {}, error instanceof RequestError ? explain(error.problem.code, error.problem.detail) : t("grid-load-failed")), " ",
          h("button", { type: "button", class: "button is-small", onclick: () => resolve() }, t("grid-retry")),
        );
      });
      await again;
      loading.textContent = t("grid-loading");
    }
  }
}
