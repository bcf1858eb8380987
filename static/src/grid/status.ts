import { announce, h, icon } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import type { Saver } from "./saver.ts";
import type { Store } from "./store.ts";

/** One line that always says whether everything is saved. */
export class StatusBar {
  readonly element = h("div", { class: "save-status", "data-state": "saved" });
  private readonly text = h("span", { class: "save-text" }, t("grid-all-saved"));
  private readonly mark = icon("check");
  private readonly actions = h("span", { class: "save-actions" });
  private shown = "";
  private problems = 0;

  constructor(
    private readonly store: Store,
    private readonly saver: Saver,
    private readonly hooks: { review(): void; reason(): void; giveUp(): void },
  ) {
    this.element.append(this.mark, this.text, this.actions);
  }

  update(): void {
    const conflicts = this.store.count("conflict");
    const refused = this.store.count("refused");
    const reasons = this.store.count("reason");
    const failed = this.store.count("failed");
    const open = this.store.count("queued", "saving");
    let state = "saved";
    let text = t("grid-all-saved");
    let action: [string, () => void] | null = null;
    let other: [string, () => void] | null = null;
    let image = "check";
    if (this.saver.signedOut) {
      [state, text, image] = ["failed", tn("grid-unsaved-signed-out", failed + open), "alert"];
    } else if (failed || (this.saver.offline && open)) {
      [state, text, image] = ["failed", tn("grid-unsaved-offline", failed + open), "offline"];
      action = [t("grid-retry"), () => this.saver.retry()];
    } else if (conflicts) {
      [state, text, image] = ["conflict", tn("grid-conflicts", conflicts), "conflict"];
      action = [t("grid-review"), this.hooks.review];
    } else if (reasons) {
      [state, text, image] = ["failed", tn("grid-reasons-needed", reasons), "alert"];
      action = [t("grid-reason-give"), this.hooks.reason];
      other = [t("grid-discard"), this.hooks.giveUp];
    } else if (refused) {
      [state, text, image] = ["failed", tn("grid-refused", refused), "alert"];
      action = [t("grid-review"), this.hooks.review];
    } else if (open) {
      [state, text, image] = ["saving", t("grid-saving"), "saving"];
    }
    const shown = `${state}|${text}|${action?.[0] ?? ""}`;
    if (shown === this.shown) return;
    // the teacher has gone on to other cells: what somebody has to decide on is heard, too
    const problems = conflicts + refused;
    if (problems > this.problems && (state === "conflict" || refused)) announce(`${text}${t("grid-full-stop")}${t("grid-review-key")}`);
    else if (state === "failed" && this.element.dataset["state"] !== "failed") announce(text);
    this.problems = problems;
    this.shown = shown;
    this.element.dataset["state"] = state;
    this.mark.className = `icon icon-${image}`;
    this.text.textContent = text;
    this.actions.replaceChildren(...[action, other].filter((one) => one !== null).map(([label, run]) => h("button", { type: "button", class: "link-button", onclick: run }, label)));
  }
}
