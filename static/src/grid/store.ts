/** What the server said, and what the teacher wants on top of it. The grid only shows this. */
import type { CurrentDto, GradebookDto, SheetDto, SubjectDto } from "../../gen/api.d.ts";
import { locale } from "../common/i18n.ts";
import { addDecimals, BLANK, decimalText, sameMark, type Mark, type Status } from "./entry.ts";

export type CellKey = `${number}:${number}`;
export const keyOf = (assessment: number, student: number): CellKey => `${assessment}:${student}`;
export const partsOf = (key: CellKey): [assessment: number, student: number] => {
  const [a, s] = key.split(":");
  return [Number(a), Number(s)];
};

export type CellState =
  | "clean" // as the server has it
  | "queued" // typed, about to be sent
  | "saving"
  | "saved" // a moment after saving
  | "failed" // the network failed; will be tried again
  | "reason" // a published score: waits for a reason
  | "conflict" // somebody else wrote first
  | "refused"; // the value may not be saved

export interface Author { id?: number; name: string }

/** What is asked of a cell: another mark, another remark to the student, or both. */
export interface Wanted { mark?: Mark; comment?: string }

export interface Theirs { mark: Mark; version: number; comment: string; updatedAt: string | null; updatedBy: string }

export interface Cell {
  server: Mark;
  version: number;
  comment: string;
  updatedAt: string | null;
  updatedBy: string;
  draft: Mark | null;
  /** The remark that the teacher wants; none when it stays as it is. */
  remark: string | null;
  /** Pasted text that is not a score; shown as it is, never sent. */
  raw: string | null;
  state: CellState;
  problem: string;
  theirs: Theirs | null;
  /** Sent, but the answer was lost: the server may or may not have it. */
  unanswered: Required<Wanted> | null;
  /** The server has something newer, which was not shown over the unsaved work. */
  behind: boolean;
}

export interface Assessment {
  id: number;
  title: string;
  subject: string;
  maxScore: string;
  limit: string;
  state: "draft" | "published" | "locked";
  date: string | null;
  editable: boolean;
  examId: number | null;
  categoryId: number;
  courseId: number | null;
  /** On an exam's sheet: whose column it is. */
  teachers: string[];
}

export interface Student {
  id: number; number: string; name: string;
  /** First and last day in the class, where the term is longer. */
  joinedOn: string | null; leftOn: string | null;
  /** The assessments of days on which they were not in the class. */
  elsewhere: readonly number[];
}
export interface Total { [name: string]: string | null }
export interface Statistic {
  count: number; mean: string | null; highest: string | null; lowest: string | null; median: string | null; deviation: string | null;
  /** How many lie in each tenth of the full marks. */
  distribution: number[];
}

export type BookJson = GradebookDto | SheetDto;
export type CurrentJson = CurrentDto;

/** The subject's name in the page's language. */
export function subjectName(subject: SubjectDto | null | undefined): string {
  const chinese = locale().startsWith("zh");
  return (chinese ? subject?.name_zh : subject?.name_en) ?? "";
}

const author = (by: { name: string } | null | undefined): string => by?.name ?? "";

const markOf = (json: { status: Status; value?: number | null }): Mark =>
  json.status === "scored" ? { status: "scored", value: decimalText(json.value) } : { status: json.status, value: null };

export const theirsOf = (json: CurrentJson): Theirs => ({
  mark: markOf(json), version: json.version, comment: json.comment ?? "",
  updatedAt: json.updated_at ?? null, updatedBy: author(json.updated_by),
});

/** Something about a score is open: a proposal to change it, or a request for a review. */
export interface OpenAmendment { id: number; kind: "change" | "review" }

export type Change = { keys: CellKey[]; flashed?: boolean; structure?: boolean; totals?: boolean };

const isOpen = (cell: Cell): boolean => cell.draft !== null || cell.remark !== null || cell.raw !== null;

export class Store {
  assessments: Assessment[] = [];
  students: Student[] = [];
  courseId: number | null = null;
  termClosed = false;
  totals = new Map<number, Total>();
  /** Names by id. */
  categories = new Map<number, string>();
  /** A student's percent of each category, as far as it is entered. */
  subtotals = new Map<number, Map<number, string | null>>();
  statistics = new Map<number, Statistic>();
  /** By cell; a request for a review before a proposal. */
  amendments = new Map<CellKey, OpenAmendment>();
  private cells = new Map<CellKey, Cell>();
  private listeners: ((change: Change) => void)[] = [];
  private structure = "";
  /** Titles and names, those of columns and pupils that are gone among them. */
  private titles = new Map<number, string>();
  private names = new Map<number, string>();
  /** Set by the editor: a cell that is open must not change under the teacher. */
  isEditing: (key: CellKey) => boolean = () => false;

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  emit(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  cell(key: CellKey): Cell {
    let cell = this.cells.get(key);
    if (!cell) {
      cell = {
        server: BLANK, version: 0, comment: "", updatedAt: null, updatedBy: "", draft: null, remark: null, raw: null,
        state: "clean", problem: "", theirs: null, unanswered: null, behind: false,
      };
      this.cells.set(key, cell);
    }
    return cell;
  }

  shown(key: CellKey): Mark {
    const cell = this.cells.get(key);
    return cell ? (cell.draft ?? cell.server) : BLANK;
  }

  shownComment(key: CellKey): string {
    const cell = this.cells.get(key);
    return cell?.remark ?? cell?.comment ?? "";
  }

  /** Whether the cell shows this. */
  shows(key: CellKey, { mark, comment }: Wanted): boolean {
    return (!mark || sameMark(this.shown(key), mark)) && (comment === undefined || this.shownComment(key) === comment);
  }

  /** What a preview is made over: it holds as long as the server has nothing newer. */
  versions(keys: Iterable<CellKey>): Map<CellKey, number> {
    return new Map([...keys].map((key) => [key, this.cell(key).version]));
  }

  isNewer(versions: ReadonlyMap<CellKey, number>): boolean {
    return [...versions].some(([key, version]) => this.cell(key).version !== version);
  }

  /** The remarks in a column, the most frequent first. */
  remarks(assessment: number): string[] {
    const counts = new Map<string, number>();
    for (const { id } of this.students) {
      const comment = this.shownComment(keyOf(assessment, id));
      if (comment) counts.set(comment, (counts.get(comment) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]).map(([comment]) => comment);
  }

  assessment(id: number): Assessment | undefined {
    return this.assessments.find((a) => a.id === id);
  }

  student(id: number): Student | undefined {
    return this.students.find((s) => s.id === id);
  }

  /** A cell for people: its column and its pupil, though they be gone. */
  whose(key: CellKey | null): string {
    const [assessment, student] = key === null ? [0, 0] : partsOf(key);
    return [this.titles.get(assessment), this.names.get(student)].filter(Boolean).join(" · ");
  }

  /** Whether its column or its pupil is no longer here. */
  isGone(key: CellKey): boolean {
    const [assessment, student] = partsOf(key);
    return !this.assessment(assessment) || !this.student(student);
  }

  /** Whether the student was not in the class on the day of the assessment: nobody expects a score there. */
  wasElsewhere(assessment: number, student: number): boolean {
    return this.student(student)?.elsewhere.includes(assessment) ?? false;
  }

  /** Of these students the first who lacks a score that is expected, else the first. */
  firstBlank(assessment: number, students: readonly number[]): number | undefined {
    return students.find((student) => this.shown(keyOf(assessment, student)).status === "blank" && !this.wasElsewhere(assessment, student)) ?? students[0];
  }

  *unsaved(): IterableIterator<[CellKey, Cell]> {
    for (const entry of this.cells) if (isOpen(entry[1])) yield entry;
  }

  count(...states: CellState[]): number {
    let n = 0;
    for (const cell of this.cells.values()) if (states.includes(cell.state)) n++;
    return n;
  }

  keysIn(...states: CellState[]): CellKey[] {
    return [...this.cells].filter(([, cell]) => states.includes(cell.state)).map(([key]) => key);
  }

  /** Takes a fresh gradebook or sheet. Cells with unsaved work, or open in the editor, are left alone. */
  apply(book: BookJson): void {
    this.courseId = "course" in book ? book.course.id : null;
    this.termClosed = book.term?.state === "closed";
    this.assessments = book.assessments.map((a) => {
      const maxScore = decimalText(a.max_score) ?? "0";
      const extra = decimalText(a.extra_credit_limit);
      return {
        id: a.id,
        title: a.title,
        subject: subjectName(a.subject),
        maxScore,
        limit: extra ? addDecimals(maxScore, extra) : maxScore,
        state: a.state,
        date: a.date ?? null,
        editable: a.state !== "locked" && a.editable !== false,
        examId: a.exam_id ?? null,
        categoryId: a.category_id ?? 0,
        courseId: a.course_id ?? null,
        teachers: (a.teachers ?? []).map((one) => one.name),
      };
    });
    this.categories = new Map(("categories" in book ? book.categories : []).map((one) => [one.id, one.name]));
    this.subtotals = new Map(book.totals.map((total) => [
      total.student_id,
      new Map(("categories" in total ? total.categories : []).map((one) => [one.category_id, decimalText(one.current)])),
    ]));
    this.students = book.students.map((s) => ({ id: s.id, number: s.student_number, name: s.name, joinedOn: s.joined_on ?? null, leftOn: s.left_on ?? null, elsewhere: s.elsewhere ?? [] }));
    for (const { id, title } of this.assessments) this.titles.set(id, title);
    for (const { id, name } of this.students) this.names.set(id, name);
    const changed: CellKey[] = [];
    for (const score of book.scores) {
      const key = keyOf(score.assessment_id, score.student_id);
      const cell = this.cell(key);
      if (isOpen(cell) || cell.state === "saving" || this.isEditing(key)) {
        cell.behind = score.version > cell.version;
        continue;
      }
      if (score.version < cell.version) continue; // this answer is older than what we know
      cell.behind = false;
      const mark = markOf(score);
      if (!sameMark(mark, cell.server) || (score.comment ?? "") !== cell.comment) changed.push(key);
      cell.server = mark;
      cell.version = score.version;
      cell.comment = score.comment ?? "";
      cell.updatedAt = score.updated_at ?? null;
      cell.updatedBy = author(score.updated_by);
    }
    const open = new Map<CellKey, OpenAmendment>();
    for (const { id, kind, assessment_id, student_id } of book.amendments) {
      const key = keyOf(assessment_id, student_id);
      if (kind === "review" || !open.has(key)) open.set(key, { id, kind });
    }
    for (const key of [...this.amendments.keys(), ...open.keys()]) {
      if (this.amendments.get(key)?.id !== open.get(key)?.id && !changed.includes(key)) changed.push(key);
    }
    this.amendments = open;
    this.totals = new Map(
      (book.totals ?? []).map(({ student_id, ...rest }) => [
        student_id,
        Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value !== "object" || value === null).map(([name, value]) => [name, decimalText(value as number | string | null)])),
      ]),
    );
    this.statistics = new Map(
      (book.statistics ?? []).map((s) => [
        s.assessment_id,
        {
          count: s.count ?? 0, mean: decimalText(s.mean), highest: decimalText(s.highest), lowest: decimalText(s.lowest), median: decimalText(s.median),
          deviation: decimalText(s.standard_deviation), distribution: s.distribution ?? [],
        },
      ]),
    );
    const letters = [...this.totals.values()].some((total) => total["letter"]);
    const structure = JSON.stringify([this.assessments, this.students, letters, [...this.categories]]);
    const rebuilt = structure !== this.structure;
    const first = this.structure === "";
    this.structure = structure;
    this.emit({ keys: changed, structure: rebuilt, totals: true, flashed: !first });
  }
}
