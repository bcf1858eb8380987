import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";

/** What a paste left out: stands above the grid, whatever is saved meanwhile, until it is closed or replaced. */
export class Notice {
  private readonly text = h("p", {});
  readonly element = h("div", { class: "grid-notice", hidden: true });

  constructor(back: () => void) {
    const close = h("button", {
      type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"),
      onclick: () => {
        this.say(null);
        back();
      },
    }, icon("close"));
    this.element.append(icon("alert"), this.text, close);
  }

  say(text: string | null): void {
    this.text.textContent = text ?? "";
    this.element.hidden = !text;
  }
}
