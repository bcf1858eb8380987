import { h, icon } from "../common/dom.ts";
import { t } from "../common/i18n.ts";

/**
 * One bar under the grid, so that no row moves: what the last block did and left out, and its undo once it is saved.
 * It stands until it is closed or the next block has something to say.
 */
export class Notice {
  private readonly text = h("p", { role: "status" });
  private readonly mark = icon("alert");
  private readonly undo = h("button", { type: "button", class: "button is-small", hidden: true }, t("grid-undo"));
  private run: () => void = () => undefined;
  private closed: (() => void) | undefined;
  readonly element = h("div", { class: "grid-notice", hidden: true });

  constructor(back: () => void) {
    this.undo.addEventListener("click", () => {
      this.say(null);
      this.run();
    });
    const close = h("button", {
      type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"),
      onclick: () => {
        this.closed?.();
        this.say(null);
        back();
      },
    }, icon("close"));
    this.element.append(this.mark, this.text, this.undo, close);
  }

  /** What a block left out or took away; nothing when all of it went in. `closed`: somebody has read it. */
  say(text: string | null, closed?: () => void): void {
    this.show(text, "alert");
    this.closed = closed;
  }

  says(text: string): boolean {
    return !this.element.hidden && this.text.textContent === text;
  }

  /** The block was saved and can be taken back; what it left out stays said. */
  offer(text: string, run: () => void, goesOn: boolean): void {
    if (!goesOn || this.element.hidden || this.plain) this.show(text, "history");
    this.run = run;
    this.undo.hidden = false;
  }

  /** It has been taken back already. */
  withdraw(): void {
    if (this.plain) this.show(null, "history");
    this.undo.hidden = true;
  }

  private get plain(): boolean { return this.element.classList.contains("grid-offer"); }

  private show(text: string | null, image: "alert" | "history"): void {
    this.closed = undefined;
    this.text.textContent = text ?? "";
    this.mark.className = `icon icon-${image}`;
    this.element.classList.toggle("grid-offer", image === "history");
    this.undo.hidden = true;
    this.element.hidden = !text;
  }
}
