/** What a pasted block would do, before it does it. */
import type { Edit } from "./changes.ts";
import { sameMark, type Mark } from "./entry.ts";
import type { Matched } from "./match.ts";
import type { Range, Selection } from "./selection.ts";
import { keyOf, partsOf, type Assessment, type CellKey, type Store } from "./store.ts";
import { layBlock } from "./tsv.ts";
import { readTyped } from "./typed.ts";
import type { Spot } from "./view.ts";

/** Where each pasted text goes, and what becomes of it. */
export interface Laid {
  edits: Edit[];
  /** Not scores: kept in view, not sent. */
  refused: { key: CellKey; raw: string; message: string }[];
  /** Values for columns that take none, by column. */
  locked: Map<number, number>;
  outside: number;
  /** The first and the last cell of scores. */
  first: Spot | null;
  last: Spot | null;
}

const nothing = (): Laid => ({ edits: [], refused: [], locked: new Map(), outside: 0, first: null, last: null });

function put(laid: Laid, column: Assessment, student: number, raw: string): void {
  if (!column.editable) {
    if (raw) laid.locked.set(column.id, (laid.locked.get(column.id) ?? 0) + 1);
    return;
  }
  const key = keyOf(column.id, student);
  const typed = readTyped(raw, column);
  if (typed.ok) laid.edits.push({ key, mark: typed.mark });
  else laid.refused.push({ key, raw, message: typed.message });
}

/** By position, from the first selected cell on. */
export function layByPlace(block: string[][], range: Range, selection: Selection): Laid {
  const laid = nothing();
  laid.first = selection.at(range.top, range.left);
  layBlock(block, range.bottom - range.top + 1, range.right - range.left + 1).forEach((row, dr) => row.forEach((raw, dc) => {
    const spot = selection.at(range.top + dr, range.left + dc);
    const column = spot && selection.column(spot);
    if (!spot || !column) {
      if (raw.trim()) laid.outside++; // totals are not pasted into
      return;
    }
    laid.last = spot;
    put(laid, column, spot.student, raw.trim());
  }));
  return laid;
}

/** By number or name. An empty cell leaves its score alone: a list has gaps where it knows nothing. */
export function layByName({ rows }: Matched, store: Store): Laid {
  const laid = nothing();
  for (const { student, texts } of rows) {
    for (const { assessment, text } of texts) {
      const column = store.assessment(assessment);
      if (column && text) put(laid, column, student, text);
    }
  }
  return laid;
}

/** How many cells a block changes, and how many scores it writes over or takes away. */
export function effect({ edits }: Laid, store: Store): { changed: number; overwritten: number; erased: number } {
  const found = { changed: 0, overwritten: 0, erased: 0 };
  for (const { key, mark } of edits) {
    const now = store.shown(key);
    if (sameMark(now, mark) && store.cell(key).raw === null) continue;
    found.changed++;
    if (now.status === "blank") continue;
    if (mark.status === "blank") found.erased++;
    else found.overwritten++;
  }
  return found;
}

/** A score that a block writes over or takes away. */
export interface Overwritten { key: CellKey; now: Mark; next: Mark; published: boolean }

export function overwrites({ edits }: Laid, store: Store): Overwritten[] {
  return edits.flatMap(({ key, mark }) => {
    const now = store.shown(key);
    if (now.status === "blank" || sameMark(now, mark)) return [];
    return [{ key, now, next: mark, published: isPublished(key, store) }];
  });
}

const isPublished = (key: CellKey, store: Store): boolean => store.assessment(partsOf(key)[0])?.state === "published";

/** The columns in which students see at once what a block enters. */
export function publishedColumns({ edits }: Laid, store: Store): Assessment[] {
  const changed = new Set(edits.filter(({ key, mark }) => isPublished(key, store) && !sameMark(store.shown(key), mark)).map(({ key }) => partsOf(key)[0]));
  return store.assessments.filter(({ id }) => changed.has(id));
}

/** "期中考试 · 李雷", for a cell of the block. */
export function placeName(key: CellKey, store: Store, titleOf: (column: Assessment | undefined) => string): string {
  const [assessment, student] = partsOf(key);
  return [store.student(student)?.name, titleOf(store.assessment(assessment))].filter(Boolean).join(" · ");
}
