import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";

/** What a paste left out: stands above the grid, whatever is saved meanwhile, until it is closed or replaced. */
export class Notice {
  private readonly text = h("p", {});
  readonly element = h("div", { class: "grid-notice", hidden: true });

  readonly offered = h("div", { class: "grid-notice grid-offer", hidden: true });

  constructor(private readonly back: () => void) {
    const close = h("button", {
      type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"),
      onclick: () => {
        this.say(null);
        back();
      },
    }, icon("close"));
    this.element.append(icon("alert"), this.text, close);
  }

  /** Beside what was left out: the block that was just saved, and its undo. */
  offer(text: string, label: string, run: () => void): void {
    const button = h("button", {
      type: "button", class: "button is-small",
      onclick: () => {
        this.offered.hidden = true;
        run();
      },
    }, label);
    const close = h("button", {
      type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"), onclick: () => {
        this.offered.hidden = true;
        this.back();
      },
    }, icon("close"));
    this.offered.replaceChildren(icon("history"), h("p", {}, text), button, close);
    this.offered.hidden = false;
  }

  say(text: string | null): void {
    this.text.textContent = text ?? "";
    this.element.hidden = !text;
  }
}
