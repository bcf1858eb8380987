/**
 * Keeps what is not saved yet on this device, so that neither a reload nor a flat battery loses it. One record a
 * user and sheet; each page writes and takes away only what it has kept itself, so that two windows do not undo each
 * other. What is sent twice in that way is recognised by the server. A record that is empty stays: that it is gone
 * tells other windows that it was wiped.
 */
import { KEPT_MS } from "../common/unsaved.ts";
import { sameMark, type Mark } from "./entry.ts";
import type { Saver, Way } from "./saver.ts";
import { partsOf, type Cell, type CellKey, type Store } from "./store.ts";

type Base = Pick<Cell, "server" | "version" | "comment" | "updatedAt" | "updatedBy">;
type Wish = Pick<Cell, "draft" | "remark" | "raw" | "problem" | "theirs" | "unanswered">;

/** One cell: what it was when it was changed, what is wanted, and what waits to be decided. */
export interface KeptCell extends Base, Wish {
  state: "queued" | "reason" | "conflict" | "refused";
  at: number;
  way?: Way;
  /** For people, should its column or pupil be gone. */
  what: string;
}

interface Kept { at: number; cells: Record<CellKey, KeptCell> }

export interface Restored {
  /** On their way to the server. */
  sent: number;
  /** Somebody has to decide on them. */
  waiting: number;
  /** When the first of them was typed. */
  since: number;
  /** Their column or pupil is no longer here. */
  gone: { key: CellKey; what: string; mark: Mark | null; remark: string | null; raw: string | null }[];
}

/** What a kept cell wants, to see whether another window has written since. */
const wishOf = ({ draft, remark, raw }: Pick<Wish, "draft" | "remark" | "raw">): string => JSON.stringify([draft?.status, draft?.value, remark, raw]);

export class Device {
  private touched = new Set<CellKey>();
  /** What this page last wrote, or put back. */
  private mine = new Map<CellKey, string>();
  private times = new Map<CellKey, number>();
  private queued = false;
  private off = false;

  /** @param place nothing is kept without one */
  constructor(
    private readonly store: Store,
    private readonly saver: Pick<Saver, "sentOf" | "wayOf" | "resume">,
    private readonly place: string | null,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> = localStorage,
    private readonly now: () => number = Date.now,
  ) {}

  /** How many changes wait on this device. */
  get count(): number {
    return Object.keys(this.read().cells).length;
  }

  /** From now on every change is kept. There is a record from the start: when it goes, it was wiped. */
  follow(): void {
    this.write();
    this.store.onChange(({ keys }) => {
      for (const key of keys) this.touch(key);
    });
  }

  get stopped(): boolean { return this.off; }

  /** Another window has written the record; what it took away of this page's goes back in. False when it was wiped. */
  heard(text: string | null): boolean {
    if (text === null) {
      this.stop();
      return false;
    }
    const { cells } = this.read();
    for (const [key] of this.store.unsaved()) if (!cells[key]) this.touch(key);
    return true;
  }

  /** They were wiped by signing out, or somebody else has signed in: nothing is kept until its owner is back. */
  stop(): void {
    this.off = true;
    this.mine.clear();
  }
  resume(): void {
    this.off = false;
    for (const [key] of this.store.unsaved()) this.touch(key);
  }

  /** Puts back what an earlier page has not got saved, with the versions that it saw. */
  restore(): Restored {
    const restored: Restored = { sent: 0, waiting: 0, since: this.now(), gone: [] };
    for (const [key, kept] of Object.entries(this.read().cells) as [CellKey, KeptCell][]) {
      const [assessment, student] = partsOf(key);
      const cell = this.store.cell(key);
      const known = this.store.assessment(assessment) && this.store.student(student);
      const old = this.now() - kept.at > KEPT_MS;
      if (!known && !old) {
        restored.gone.push({ key, what: kept.what, mark: kept.draft, remark: kept.remark, raw: kept.raw });
        continue; // it stays until somebody has read of it
      }
      this.mine.set(key, wishOf(kept));
      this.touch(key); // what is not put back goes
      if (old) continue;
      const there = kept.raw === null && (kept.draft === null || sameMark(kept.draft, cell.server)) && (kept.remark === null || kept.remark === cell.comment);
      if (there) continue; // it did arrive
      this.times.set(key, kept.at);
      restored.since = Math.min(restored.since, kept.at);
      if (kept.state === "queued") restored.sent++;
      else restored.waiting++;
      const newer = kept.theirs && cell.version > kept.theirs.version
        ? { mark: cell.server, version: cell.version, comment: cell.comment, updatedAt: cell.updatedAt, updatedBy: cell.updatedBy }
        : kept.theirs;
      const { at: _at, way, what: _what, ...wish } = kept;
      this.saver.resume(key, { ...wish, theirs: newer, behind: cell.version > kept.version }, way);
    }
    return restored;
  }

  /** They were read of, and go. */
  forget(gone: Restored["gone"]): void {
    for (const { key, mark, remark, raw } of gone) {
      this.mine.set(key, wishOf({ draft: mark, remark, raw }));
      this.touch(key);
    }
  }

  private touch(key: CellKey): void {
    this.touched.add(key);
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      this.write();
    });
  }

  private write(): void {
    if (this.off || this.place === null) return;
    const kept = this.read();
    const written = new Map<CellKey, string | null>();
    for (const key of this.touched) {
      const cell = this.store.cell(key);
      const there = kept.cells[key];
      const others = there !== undefined && wishOf(there) !== this.mine.get(key);
      if (cell.draft !== null || cell.remark !== null || cell.raw !== null) {
        if (others && wishOf(cell) === this.mine.get(key)) continue; // nothing newer here
        kept.cells[key] = this.keep(key, cell);
        written.set(key, wishOf(cell));
        continue;
      }
      this.times.delete(key);
      if (!this.mine.has(key)) continue; // only seen: another window may have it
      if (!others) delete kept.cells[key];
      written.set(key, null);
    }
    try {
      const same = !written.size && this.storage.getItem(this.place) !== null;
      if (!same) this.storage.setItem(this.place, JSON.stringify({ ...kept, at: this.now() }));
    } catch {
      return; // full, or forbidden: the page itself still has it, and asks before it is left
    }
    this.touched.clear();
    for (const [key, wish] of written) {
      if (wish === null) this.mine.delete(key);
      else this.mine.set(key, wish);
    }
  }

  private keep(key: CellKey, cell: Cell): KeptCell {
    const at = this.times.get(key) ?? this.now();
    this.times.set(key, at);
    const { server, version, comment, updatedAt, updatedBy, draft, remark, raw, problem, theirs } = cell;
    const sent = this.saver.sentOf(key);
    const unanswered = sent ? { mark: sent.mark ?? server, comment: sent.comment ?? comment } : cell.unanswered;
    const state = cell.state === "reason" || cell.state === "conflict" || cell.state === "refused" ? cell.state : "queued";
    const way = this.saver.wayOf(key);
    const what = this.store.whose(key);
    return { server, version, comment, updatedAt, updatedBy, draft, remark, raw, problem, theirs, unanswered, state, at, what, ...(way && { way }) };
  }

  private read(): Kept {
    try {
      const found = JSON.parse((this.place !== null && this.storage.getItem(this.place)) || "{}") as Partial<Kept>;
      return { at: found.at ?? 0, cells: typeof found.cells === "object" && found.cells !== null ? found.cells : {} };
    } catch {
      return { at: 0, cells: {} };
    }
  }
}
