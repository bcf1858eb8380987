/** Steps that can be taken back. A paste, a fill or a clear is one step. Undo goes through the server. */
import type { CellKey, Store, Wanted } from "./store.ts";

export interface CellChange { key: CellKey; before: Wanted; after: Wanted }
/** Pasted text that was not a score, and what was unsaved beneath it, another refused text among it. */
interface Refusal { key: CellKey; before: Wanted | null; text: { raw: string; problem: string } | null }
interface Step { changes: CellChange[]; refused: Refusal[] }
export interface Outcome { done: CellKey[]; skipped: CellKey[] }

export class UndoStack {
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(
    private readonly store: Store,
    private readonly put: (key: CellKey, wanted: Wanted) => boolean,
    private readonly discard: (key: CellKey) => void,
    /** What was unsaved beneath a refused text goes its way again; false when it can no longer be entered. */
    private readonly giveBack: (key: CellKey, before: Wanted) => boolean,
    private readonly refuse: (key: CellKey, raw: string, problem: string) => void,
  ) {}

  /** Before the refused texts cover their cells. */
  record(changes: CellChange[], refused: CellKey[] = []): void {
    if (!changes.length && !refused.length) return;
    this.past.push({ changes, refused: refused.map((key) => ({ key, before: this.unsaved(key), text: this.refusedText(key) })) });
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }

  get canUndo(): boolean { return this.past.length > 0; }
  get canRedo(): boolean { return this.future.length > 0; }

  undo(): Outcome | null {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push(step);
    const kept = step.refused.filter(({ key, before, text }) => {
      if (this.store.cell(key).raw === null) return false; // corrected meanwhile
      if (text) {
        this.refuse(key, text.raw, text.problem);
        return false;
      }
      if (before) return !this.giveBack(key, before);
      this.discard(key);
      return false;
    });
    const outcome = this.apply(step.changes.map(({ key, before, after }) => ({ key, from: after, to: before })));
    return { ...outcome, skipped: [...kept.map(({ key }) => key), ...outcome.skipped] };
  }

  redo(): Outcome | null {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push(step);
    return this.apply(step.changes.map(({ key, before, after }) => ({ key, from: before, to: after })));
  }

  private refusedText(key: CellKey): Refusal["text"] {
    const { raw, problem } = this.store.cell(key);
    return raw === null ? null : { raw, problem };
  }

  private unsaved(key: CellKey): Wanted | null {
    const { draft, remark, server } = this.store.cell(key);
    if (draft === null && remark === null) return null;
    return { mark: draft ?? server, ...(remark !== null && { comment: remark }) };
  }

  /** A cell that somebody else has changed since is left as it is. */
  private apply(changes: { key: CellKey; from: Wanted; to: Wanted }[]): Outcome {
    const outcome: Outcome = { done: [], skipped: [] };
    for (const { key, from, to } of changes) {
      const ok = this.store.shows(key, from) && this.put(key, to);
      (ok ? outcome.done : outcome.skipped).push(key);
    }
    return outcome;
  }
}
