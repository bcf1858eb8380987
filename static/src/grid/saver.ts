/**
 * Sends what is typed. One request is under way at a time, so a cell never has two; edits made meanwhile
 * leave together in the next one, with the versions that the first brought back.
 */
import { RequestError, SignedOut, Unreachable, type PatchAnswer, type SentEdit } from "./api.ts";
import { sameMark, type Mark } from "./entry.ts";
import { keyOf, partsOf, theirsOf, type Cell, type CellKey, type CellState, type Store, type Wanted } from "./store.ts";

/** A class of sixty with thirty columns is one request, and one batch to undo. */
const BATCH = 2000;
const REASON_KEPT_MS = 10 * 60_000;
/** However long a server asks to be left alone, what is typed is tried again within a minute. */
const LONGEST_WAIT_MS = 60_000;

/** How a block came into its cells, for the history; single scores are typed. */
export type Way = "paste" | "fill" | "clear" | "undo" | "redo";

export interface SaverHooks {
  /** The text for a refusal code. */
  explain(code: string, detail: string, key: CellKey, limit?: number | null): string;
  /** What is recorded where a published score is changed by taking an edit back, or doing it again. */
  ownReason(way: "undo" | "redo"): string;
  /** Some cells wait for a reason. */
  needReason(assessments: number[]): void;
  saved(keys: CellKey[]): void;
  /** A block was saved as one batch. */
  block?(batch: number, way: Way, size: number): void;
  signedOut(why: SignedOut): void;
  signedIn(): void;
  /** Anything that the status bar shows has changed. */
  changed(): void;
  /** The server says that the page is behind (locked, no longer there…). */
  stale(): void;
}

export interface Sender {
  save(edits: readonly SentEdit[], reason?: string, way?: Way): Promise<PatchAnswer>;
}

const wantsAny = (cell: Cell): boolean => cell.draft !== null || cell.remark !== null;

/** Whether the server has what the teacher wants. */
const agrees = ({ draft, remark, server, comment }: Cell): boolean =>
  (draft === null || sameMark(draft, server)) && (remark === null || remark === comment);

/** Whether the teacher wants something else by now than what was sent. */
const overtaken = ({ draft, remark }: Cell, sent: Wanted): boolean =>
  (draft !== null && !(sent.mark && sameMark(draft, sent.mark))) || (remark !== null && remark !== sent.comment);

export class Saver {
  private queue = new Set<CellKey>();
  private ways = new Map<CellKey, Way>();
  private inFlight: Map<CellKey, SentEdit> | null = null;
  private scheduled = false;
  private attempts = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private reasons = new Map<number, { text: string; until: number }>();
  offline = false;
  signedOut = false;

  constructor(private readonly store: Store, private readonly sender: Sender, private readonly hooks: SaverHooks) {}

  /** What the teacher wants in a cell, from now on. */
  edit(key: CellKey, mark: Mark, way?: Way): void {
    this.want(key, { mark }, way);
  }

  /** Another mark, another remark, or both. */
  want(key: CellKey, { mark, comment }: Wanted, way?: Way): void {
    if (way) this.ways.set(key, way);
    else this.ways.delete(key);
    const cell = this.store.cell(key);
    if (mark) {
      cell.raw = null;
      cell.draft = mark;
    }
    if (comment !== undefined) cell.remark = comment;
    if (cell.state === "conflict") {
      // the other value still has to be decided on; the newer text is what "keep mine" would send
    } else if (this.inFlight?.has(key)) {
      cell.state = "saving";
      this.queue.add(key);
    } else if (agrees(cell) && !cell.unanswered) {
      this.settle(key, cell);
    } else {
      cell.state = "queued";
      cell.problem = "";
      this.queue.add(key);
      this.schedule();
    }
    this.store.emit({ keys: [key] });
    this.hooks.changed();
  }

  /** What is under way of a cell; its answer may still be lost. */
  sentOf(key: CellKey): SentEdit | undefined { return this.inFlight?.get(key); }
  wayOf(key: CellKey): Way | undefined { return this.ways.get(key); }

  /** Takes a cell up again as an earlier page left it. */
  resume(key: CellKey, left: Omit<Cell, "state"> & { state: CellState }, way?: Way): void {
    Object.assign(this.store.cell(key), left);
    if (way) this.ways.set(key, way);
    if (left.state === "queued") {
      this.queue.add(key);
      this.schedule();
    }
    this.store.emit({ keys: [key] });
    this.hooks.changed();
  }

  /** Pasted text that may not be saved: kept in view with the reason, not sent. */
  refuse(key: CellKey, raw: string, problem: string): void {
    const cell = this.store.cell(key);
    this.queue.delete(key);
    cell.raw = raw;
    cell.draft = null;
    cell.state = "refused";
    cell.problem = problem;
    this.store.emit({ keys: [key] });
    this.hooks.changed();
  }

  /** Gives an unsaved cell up for what the server has. */
  discard(key: CellKey): void {
    const cell = this.store.cell(key);
    this.settle(key, cell);
    this.store.emit({ keys: [key] });
    this.hooks.changed();
    if (cell.behind) this.hooks.stale(); // somebody else has written meanwhile
  }

  keepMine(key: CellKey): void {
    const cell = this.store.cell(key);
    if (!cell.theirs || !wantsAny(cell)) return;
    this.rebase(cell);
    cell.state = "queued";
    if (agrees(cell)) this.settle(key, cell);
    else this.queue.add(key);
    this.store.emit({ keys: [key] });
    this.schedule();
    this.hooks.changed();
  }

  takeTheirs(key: CellKey): void {
    const cell = this.store.cell(key);
    if (!cell.theirs) return;
    this.rebase(cell);
    this.discard(key);
  }

  giveReason(assessments: number[], text: string): void {
    for (const id of assessments) this.reasons.set(id, { text, until: Date.now() + REASON_KEPT_MS });
    this.requeue("reason", (key) => assessments.includes(partsOf(key)[0]));
  }

  /** Tries at once what failed. */
  retry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.signedOut = false;
    this.requeue("failed");
  }

  get busy(): boolean {
    return this.inFlight !== null || this.queue.size > 0;
  }

  private requeue(state: "failed" | "reason", only: (key: CellKey) => boolean = () => true): void {
    const keys = this.store.keysIn(state).filter(only);
    for (const key of keys) {
      this.store.cell(key).state = "queued";
      this.queue.add(key);
    }
    this.store.emit({ keys });
    this.schedule();
    this.hooks.changed();
  }

  private rebase(cell: Cell): void {
    const theirs = cell.theirs!;
    cell.server = theirs.mark;
    cell.version = theirs.version;
    cell.comment = theirs.comment;
    cell.updatedAt = theirs.updatedAt;
    cell.updatedBy = theirs.updatedBy;
    cell.theirs = null;
    cell.unanswered = null;
    cell.behind = false;
  }

  private settle(key: CellKey, cell: Cell): void {
    this.queue.delete(key);
    cell.draft = null;
    cell.remark = null;
    cell.raw = null;
    cell.state = "clean";
    cell.problem = "";
    cell.theirs = null;
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight || this.retryTimer || this.signedOut || !this.queue.size) return;
    this.scheduled = true;
    setTimeout(() => {
      this.scheduled = false;
      void this.flush();
    }, 15);
  }

  /** What was said for an edit does not explain its undo: that gives itself as the reason. */
  private reasonFor(assessment: number, way: Way | undefined): string | undefined {
    const reason = this.reasons.get(assessment);
    const given = reason && reason.until > Date.now() ? reason.text : undefined;
    if (way !== "undo" && way !== "redo") return given;
    return given || this.store.assessment(assessment)?.state === "published" ? this.hooks.ownReason(way) : undefined;
  }

  private async flush(): Promise<void> {
    if (this.inFlight || this.retryTimer || this.signedOut) return;
    const edits = new Map<CellKey, SentEdit>();
    let reason: string | undefined;
    let way: Way | undefined;
    for (const key of this.queue) {
      const cell = this.store.cell(key);
      if (!wantsAny(cell)) {
        this.queue.delete(key);
        continue;
      }
      const its = this.reasonFor(partsOf(key)[0], this.ways.get(key));
      if (edits.size === 0) [reason, way] = [its, this.ways.get(key)];
      else if (its !== reason || this.ways.get(key) !== way) continue; // a request carries one reason and one way
      edits.set(key, { key, version: cell.version, ...(cell.draft && { mark: cell.draft }), ...(cell.remark !== null && { comment: cell.remark }) });
      this.queue.delete(key);
      cell.state = "saving";
      if (edits.size === BATCH) break;
    }
    if (!edits.size) return;
    this.inFlight = edits;
    this.store.emit({ keys: [...edits.keys()] });
    this.hooks.changed();
    try {
      const answer = await this.sender.save([...edits.values()], reason, way);
      this.inFlight = null;
      this.reached();
      this.settleAnswer(edits, answer);
      if (way && answer.batch_id && answer.saved.length > 1) this.hooks.block?.(Number(answer.batch_id), way, answer.saved.length);
    } catch (error) {
      this.inFlight = null;
      this.failed(edits, error);
    }
    this.store.emit({ keys: [...edits.keys()] });
    this.hooks.changed();
    this.schedule();
  }

  private reached(): void {
    this.attempts = 0;
    if (this.offline) {
      this.offline = false;
      this.requeue("failed");
    }
    this.hooks.signedIn();
  }

  private settleAnswer(edits: Map<CellKey, SentEdit>, answer: PatchAnswer): void {
    const open = new Map(edits);
    const saved: CellKey[] = [];
    const waiting = new Set<number>();
    let stale = false;

    for (const item of answer.saved) {
      const key = keyOf(item.assessment_id, item.student_id);
      const sent = open.get(key);
      if (!sent) continue;
      open.delete(key);
      const cell = this.store.cell(key);
      cell.server = sent.mark ?? cell.server;
      cell.comment = sent.comment ?? cell.comment;
      cell.version = item.version;
      cell.unanswered = null;
      if (cell.raw !== null) continue;
      if (!agrees(cell)) {
        cell.state = "queued";
        this.queue.add(key);
      } else {
        this.settle(key, cell);
        cell.state = "saved";
        saved.push(key);
      }
    }
    for (const item of answer.conflicts) {
      const key = keyOf(item.assessment_id, item.student_id);
      const sent = open.get(key);
      if (!sent) continue;
      open.delete(key);
      const cell = this.store.cell(key);
      cell.theirs = theirsOf(item.current);
      this.queue.delete(key);
      const { theirs, unanswered } = cell;
      const ownLostWrite =
        unanswered && theirs.version === sent.version + 1 && sameMark(theirs.mark, unanswered.mark) && theirs.comment === unanswered.comment;
      // the answer to our own earlier write was lost and it did arrive, or theirs is another score and ours a remark
      if (ownLostWrite || (!cell.draft && theirs.comment === cell.comment)) {
        this.rebase(cell);
        cell.state = "queued";
        this.queue.add(key);
      } else if (agrees({ ...cell, server: theirs.mark, comment: theirs.comment })) {
        this.rebase(cell); // both wrote the same
        this.settle(key, cell);
      } else {
        cell.state = "conflict";
      }
    }
    for (const item of answer.rejected) {
      const key = keyOf(item.assessment_id, item.student_id);
      const sent = open.get(key);
      if (!sent) continue;
      open.delete(key);
      const cell = this.store.cell(key);
      if (this.queue.has(key) && overtaken(cell, sent) && item.code !== "reason_required") {
        cell.state = "queued"; // overtaken by a newer value
        continue;
      }
      this.queue.delete(key);
      if (item.code === "reason_required") {
        this.reasons.delete(item.assessment_id);
        cell.state = "reason";
        waiting.add(item.assessment_id);
      } else {
        cell.state = "refused";
        cell.problem = this.hooks.explain(item.code, item.detail ?? "", key, item.limit);
        stale ||= ["locked", "term_closed", "not_enrolled", "unknown_assessment", "above_maximum"].includes(item.code);
      }
    }
    for (const key of open.keys()) {
      const cell = this.store.cell(key);
      cell.state = "refused";
      cell.problem = this.hooks.explain("unanswered", "", key);
    }
    if (saved.length) this.hooks.saved(saved);
    if (waiting.size) this.hooks.needReason([...waiting]);
    if (stale) this.hooks.stale();
  }

  private failed(edits: Map<CellKey, SentEdit>, error: unknown): void {
    const retryable =
      error instanceof Unreachable ||
      error instanceof SignedOut ||
      (error instanceof RequestError && (error.problem.status >= 500 || error.problem.status === 429 || error.problem.status === 408));
    for (const [key, sent] of edits) {
      const cell = this.store.cell(key);
      this.queue.delete(key);
      if (!wantsAny(cell)) continue;
      if (retryable) {
        cell.state = "failed";
        if (!(error instanceof SignedOut)) cell.unanswered = { mark: sent.mark ?? cell.server, comment: sent.comment ?? cell.comment };
      } else {
        const problem = error instanceof RequestError ? error.problem : { code: "", detail: "" };
        cell.state = "refused";
        cell.problem = this.hooks.explain(problem.code, problem.detail, key);
      }
    }
    if (error instanceof SignedOut) {
      this.signedOut = true;
      this.hooks.signedOut(error);
      return;
    }
    if (!retryable) {
      if (!(error instanceof RequestError)) console.error(error);
      return;
    }
    this.offline = true;
    const told = error instanceof RequestError ? error.problem.retryAfter : null;
    const wait = told ? Math.min(LONGEST_WAIT_MS, told * 1000) : Math.min(30_000, 1000 * 2 ** this.attempts) * (0.8 + Math.random() * 0.4);
    this.attempts++;
    this.retryTimer = setTimeout(() => this.retry(), wait);
  }
}
