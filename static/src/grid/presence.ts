/** Who else has this gradebook open, and in which cell: outlines with names, and their initials above the grid. */
import { announce, h } from "../common/dom.ts";
import { t } from "../common/i18n.ts";
import { SignedOut, type Api, type Others } from "./api.ts";
import { GONE_MS, pause } from "./interval.ts";
import { partsOf, type CellKey, type Store } from "./store.ts";
import { fieldOf, type View } from "./view.ts";

/** A move is told at once, but no more often than this. */
const MOVED_MS = 2_000;
/** Who comes and goes is announced once in a while, not each time. */
const ANNOUNCED_MS = 10 * 60_000;
const COLOURS = 6;
const SHOWN = 4;

type Other = Others["others"][number];

export class Presence {
  readonly element = h("span", { class: "present-list", role: "group", "aria-label": t("grid-present"), hidden: true });
  private others: Other[] = [];
  private marked: HTMLElement[] = [];
  private announced = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = "";
  private toldAt = -Infinity;
  private heardAt = 0;
  private unchanged = 0;
  private stopped = true;
  private asking = false;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly api: Pick<Api, "present">,
    private readonly here: () => CellKey | null,
    /** Nothing is asked while there is no connection or no session. */
    private readonly reachable: () => boolean,
  ) {}

  start(): void {
    document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? this.resume() : this.leave()));
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("pageshow", () => this.resume());
    this.resume();
  }

  /** The reader may have gone to another cell. */
  moved(): void {
    if (this.stopped || (this.here() ?? "") === this.told) return;
    this.plan(Math.max(0, this.toldAt + MOVED_MS - performance.now()));
  }

  /** The cells were drawn anew. */
  paint(): void {
    for (const element of this.marked) {
      element.classList.remove("is-present", ...Array.from({ length: COLOURS }, (_, n) => `present-${n}`));
      delete element.dataset["present"];
    }
    this.marked = [];
    for (const { user, assessment_id: assessment, student_id: student } of this.others) {
      const element = assessment && student ? this.view.elementAt({ student, field: fieldOf(assessment) }) : undefined;
      if (!element) continue;
      element.classList.add("is-present", colour(user.id));
      element.dataset["present"] = user.name;
      this.marked.push(element);
    }
    this.element.hidden = this.others.length === 0;
    const more = this.others.length - SHOWN;
    this.element.replaceChildren(...this.others.slice(0, SHOWN).map((other) => {
      const where = this.where(other);
      return h("span", { class: `present-dot ${colour(other.user.id)}`, role: "img", "aria-label": where, title: where }, initials(other.user.name));
    }), ...(more > 0 ? [h("span", { class: "muted small" }, `+${more}`)] : []));
  }

  private where({ user, assessment_id: assessment, student_id: student }: Other): string {
    const column = assessment ? this.store.assessment(assessment) : undefined;
    const pupil = student ? this.store.student(student) : undefined;
    return column && pupil ? t("grid-present-at", { name: user.name, title: column.title, student: pupil.name }) : user.name;
  }

  private resume(): void {
    if (document.visibilityState !== "visible" || !this.stopped) return;
    this.stopped = false;
    this.unchanged = 0;
    this.plan(0);
  }

  private leave(): void {
    if (this.stopped) return;
    this.stopped = true;
    clearTimeout(this.timer);
    const { courseId } = this.store;
    if (courseId !== null && this.reachable()) void this.api.present(courseId, { leaving: true }).catch(() => undefined);
  }

  private plan(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), delay);
  }

  private async ask(): Promise<void> {
    const { courseId } = this.store;
    if (this.stopped || courseId === null || this.asking) return;
    this.asking = true;
    try {
      if (this.reachable()) {
        const cell = this.here();
        [this.told, this.toldAt] = [cell ?? "", performance.now()];
        const [assessment, student] = cell ? partsOf(cell) : [null, null];
        const { others } = await this.api.present(courseId, { assessment_id: assessment, student_id: student });
        this.heardAt = Date.now();
        this.show(others);
      }
    } catch (error) {
      if (error instanceof SignedOut) this.toldAt = -Infinity;
    } finally {
      this.asking = false;
      if (Date.now() - this.heardAt > GONE_MS && this.others.length) this.show([]);
      if (!this.stopped) this.plan(pause(this.others.length, this.unchanged));
      this.moved();
    }
  }

  private show(others: Other[]): void {
    const known = new Set(this.others.map(({ user }) => user.id));
    const now = Date.now();
    const came = others.filter(({ user }) => !known.has(user.id) && now - (this.announced.get(user.id) ?? -Infinity) > ANNOUNCED_MS);
    for (const { user } of came) this.announced.set(user.id, now);
    if (came.length) announce(t("grid-present-came", { names: came.map(({ user }) => user.name).join(t("grid-list-separator")) }));
    this.unchanged++;
    if (JSON.stringify(others) === JSON.stringify(this.others)) return;
    this.unchanged = 0;
    this.others = others;
    this.paint();
  }
}

const colour = (user: number): string => `present-${user % COLOURS}`;

/** "WL" of Wei Li, "王" of 王老师. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : "";
  return (first + last).toUpperCase();
}
