/** Steps that can be taken back. A paste, a fill or a clear is one step. Undo goes through the server. */
import type { CellKey, Store, Wanted } from "./store.ts";

export interface CellChange { key: CellKey; before: Wanted; after: Wanted }
interface Step { changes: CellChange[]; /** Pasted text that was not a score. */ refused: CellKey[] }
export interface Outcome { done: CellKey[]; skipped: CellKey[] }

export class UndoStack {
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(
    private readonly store: Store,
    private readonly put: (key: CellKey, wanted: Wanted) => boolean,
    private readonly discard: (key: CellKey) => void,
  ) {}

  record(changes: CellChange[], refused: CellKey[] = []): void {
    if (!changes.length && !refused.length) return;
    this.past.push({ changes, refused });
    if (this.past.length > 200) this.past.shift();
    this.future = [];
  }

  get canUndo(): boolean { return this.past.length > 0; }
  get canRedo(): boolean { return this.future.length > 0; }

  undo(): Outcome | null {
    const step = this.past.pop();
    if (!step) return null;
    this.future.push(step);
    for (const key of step.refused) if (this.store.cell(key).raw !== null) this.discard(key);
    return this.apply(step.changes.map(({ key, before, after }) => ({ key, from: after, to: before })));
  }

  redo(): Outcome | null {
    const step = this.future.pop();
    if (!step) return null;
    this.past.push(step);
    return this.apply(step.changes.map(({ key, before, after }) => ({ key, from: before, to: after })));
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
