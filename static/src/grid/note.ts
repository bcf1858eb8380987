import { h, icon } from "../common/dom.ts";
import { t, timeText, tn } from "../common/i18n.ts";
import type { Saver } from "./saver.ts";
import { keyOf, type CellKey, type Store, type Theirs } from "./store.ts";
import { assessmentOf, markText, type Spot, type View } from "./view.ts";

/** The small panel under the active cell: why a value was refused, or both sides of a conflict. */
export class Note {
  readonly element = h("div", { class: "cell-note", id: "cell-note", hidden: true });
  private readonly live = h("div", { class: "visually-hidden", "aria-live": "assertive", role: "alert" });
  private spot: Spot | null = null;

  constructor(
    host: HTMLElement,
    private readonly store: Store,
    private readonly view: View,
    private readonly saver: Saver,
    private readonly back: () => void,
    private readonly reasons: { now(): Promise<void>; giveUp(): void },
    /** What there is to say when the cell itself has nothing. */
    private readonly otherwise: () => string,
  ) {
    host.append(this.live, this.element);
    view.holder.addEventListener("scroll", () => this.position(), { capture: true, passive: true });
    window.addEventListener("resize", () => this.position());
    new ResizeObserver(() => this.position()).observe(view.holder);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.back();
    });
  }

  /** A message about what is being typed at this cell. */
  message(spot: Spot | null, text: string | null): void {
    if (!spot || !text) {
      this.hide();
      return;
    }
    this.show(spot, "is-error", icon("alert"), h("p", {}, text));
    this.live.textContent = text;
  }

  /** What the cell's own state has to say. */
  state(spot: Spot | null): void {
    const assessment = spot && assessmentOf(spot.field);
    if (!spot || assessment === null) {
      this.hide();
      return;
    }
    const key = keyOf(assessment, spot.student);
    const cell = this.store.cell(key);
    if (cell.state === "conflict" && cell.theirs) this.conflict(spot, key);
    else if (cell.state === "refused") {
      this.show(spot, "is-error", icon("alert"), h("p", {}, cell.problem),
        h("div", { class: "note-actions" }, this.button(t("grid-discard"), "Esc", () => this.saver.discard(key))));
      this.live.textContent = cell.problem;
    } else if (cell.state === "failed") {
      this.show(spot, "is-warning", icon("offline"), h("p", {}, t("grid-failed-note")),
        h("div", { class: "note-actions" }, this.button(t("grid-retry"), "", () => this.saver.retry())));
    } else if (cell.state === "reason") {
      const waiting = this.store.keysIn("reason"); // all that the dialog asks about
      this.show(spot, "is-warning", icon("alert"), h("p", {}, t("grid-reason-note")),
        h("div", { class: "note-actions" },
          this.button(t("grid-reason-give"), "", () => void this.reasons.now()),
          this.button(tn("grid-reason-discard", waiting.length), "", () => this.reasons.giveUp())));
    } else {
      const text = this.otherwise();
      if (text) this.show(spot, "is-info", icon("alert"), h("p", {}, text));
      else this.hide();
    }
  }

  private conflict(spot: Spot, key: CellKey): void {
    const cell = this.store.cell(key);
    const theirs = cell.theirs!;
    const own = { mark: cell.draft ?? theirs.mark, comment: cell.remark ?? theirs.comment }; // what keeping it would leave
    const side = ({ mark, comment }: Pick<Theirs, "mark" | "comment">): string => {
      const text = markText(mark) || t("grid-cell-blank");
      return own.comment === theirs.comment ? text : comment ? t("grid-conflict-remark", { value: text, remark: comment }) : t("grid-conflict-no-remark", { value: text });
    };
    const value = side(theirs);
    const mine = side(own);
    const text = theirs.updatedBy
      ? t("grid-conflict", { name: theirs.updatedBy, value, time: timeText(theirs.updatedAt) })
      : t("grid-conflict-unnamed", { value });
    this.show(spot, "is-conflict", icon("conflict"),
      h("p", {}, text),
      h("div", { class: "note-actions" },
        this.button(t("grid-keep-mine", { value: mine }), "Alt+M", () => this.saver.keepMine(key)),
        this.button(t("grid-take-theirs", { value }), "Alt+T", () => this.saver.takeTheirs(key))));
    if (this.live.textContent !== text) this.live.textContent = text;
  }

  private button(label: string, keys: string, run: () => void): HTMLElement {
    return h("button", {
      type: "button", class: "button is-small",
      onclick: () => {
        run();
        this.back();
      },
    }, label, keys && h("kbd", { "aria-hidden": "true" }, keys));
  }

  focus(): boolean {
    const first = this.element.hidden ? null : this.element.querySelector("button");
    first?.focus();
    return !!first;
  }

  private show(spot: Spot, kind: string, ...content: HTMLElement[]): void {
    this.spot = spot;
    this.element.className = `cell-note ${kind}`;
    this.element.replaceChildren(...content);
    this.element.hidden = false;
    this.position();
  }

  hide(): void {
    this.spot = null;
    this.element.hidden = true;
    this.live.textContent = "";
  }

  private position(): void {
    const cell = this.spot && this.view.elementAt(this.spot);
    if (!cell || this.element.hidden) return;
    const at = cell.getBoundingClientRect();
    const box = this.view.scroller.getBoundingClientRect();
    const gone = at.bottom < box.top || at.top > box.bottom || at.right < box.left || at.left > box.right;
    this.element.classList.toggle("is-away", gone);
    const own = this.element.getBoundingClientRect();
    const below = at.bottom + 6;
    const above = below + own.height > window.innerHeight - 8;
    this.element.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - own.width - 8))}px`;
    this.element.style.top = `${above ? at.top - own.height - 6 : below}px`;
  }
}
