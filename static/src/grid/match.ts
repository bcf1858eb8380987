/**
 * A block whose rows say whose they are, as copied from a list with student numbers or names: rows are matched to
 * pupils and, where there is a head, columns to assessments. Pure: says what it understood and what it did not.
 */
import { readHeads, type Target } from "./titled.ts";

export interface Pupil { id: number; number: string; name: string }

/** Why a row is not pasted. */
export type RowProblem = "unknown" | "ambiguous" | "disagree" | "twice";

export interface Matched {
  /** Which row of the block is whose, and its texts by column of scores. */
  rows: { student: number; texts: { assessment: number; text: string }[] }[];
  problems: { row: number; who: string; problem: RowProblem }[];
  /** The columns that values go to. */
  columns: number[];
  /** Heads that are not the title of one column; without heads, columns that there is no room for. */
  ignored: string[];
  by: "number" | "name" | "both";
  headed: boolean;
}

const NUMBER_WORDS = ["学号", "编号", "学籍号", "number", "no", "id", "studentnumber", "studentno", "studentid"];
const NAME_WORDS = ["姓名", "名字", "学生", "学生姓名", "name", "student", "studentname", "fullname"];
/** Numbers as short as scores are taken for numbers only beside names, or under a head that says so. */
const SURELY_A_NUMBER = 5;
/** Keys stand in the first columns. */
const KEY_COLUMNS = 5;

/** Without case, width, spaces and marks, which lists write as they like; the point of a number stays. */
export function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/^'/, "").replace(/((?<!\p{L})\.(?=\d))|[\s.·•_#:]/gu, "$1");
}

function index<T>(items: readonly T[], keys: (item: T) => string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    for (const key of new Set(keys(item).filter(Boolean))) found.set(key, [...(found.get(key) ?? []), item]);
  }
  return found;
}

export function matchBlock(block: readonly (readonly string[])[], pupils: readonly Pupil[], targets: readonly Target[], from: number): Matched | null {
  const width = Math.max(0, ...block.map((row) => row.length));
  if (width < 2) return null;
  const byNumber = index(pupils, (one) => [plain(one.number)]);
  const byName = index(pupils, (one) => [plain(one.name)]);
  const at = (r: number, c: number): string => block[r]?.[c]?.trim() ?? "";
  const head = Array.from({ length: width }, (_, c) => plain(at(0, c)));
  /** The share of the entries of a column that somebody in the class has. */
  const known = (c: number, map: Map<string, Pupil[]>, first: number): boolean => {
    const texts = block.slice(first).map((row) => plain(row[c] ?? "")).filter(Boolean);
    return texts.length > 0 && 2 * texts.filter((text) => map.has(text)).length >= texts.length;
  };
  const keys = Array.from({ length: Math.min(KEY_COLUMNS, width) }, (_, c) => c);
  const holds = (c: number, map: Map<string, Pupil[]>, words: string[]): boolean =>
    known(c, map, words.includes(head[c] ?? "") ? 1 : 0) || (block.length > 1 && known(c, map, 1));
  const isTitle = (c: number): boolean => {
    const { named, unclear } = readHeads([[c, at(0, c)]], targets);
    return named.size + unclear.size > 0;
  };
  const nameAt = keys.find((c) => holds(c, byName, NAME_WORDS));
  /** Scores may look like short numbers: beside names, most rows must be of one pupil. */
  const agrees = (c: number): boolean => {
    if (nameAt === undefined || NUMBER_WORDS.includes(head[c] ?? "")) return true;
    const pairs = block.map((row) => [plain(row[c] ?? ""), byName.get(plain(row[nameAt] ?? ""))] as const).filter(([number, called]) => number && called);
    return 2 * pairs.filter(([number, called]) => byNumber.get(number)?.some((one) => called?.includes(one))).length > pairs.length;
  };
  let numberAt = keys.find((c) => c !== nameAt && holds(c, byNumber, NUMBER_WORDS) && !isTitle(c) && agrees(c));
  if (numberAt !== undefined && nameAt === undefined) {
    const long = block.some((row) => plain(row[numberAt ?? 0] ?? "").length >= SURELY_A_NUMBER && byNumber.has(plain(row[numberAt ?? 0] ?? "")));
    if (!long && !NUMBER_WORDS.includes(head[numberAt] ?? "")) numberAt = undefined;
  }
  if (numberAt === undefined && nameAt === undefined) return null;

  const key = (r: number): { number: string; name: string } => ({
    number: numberAt === undefined ? "" : at(r, numberAt), name: nameAt === undefined ? "" : at(r, nameAt),
  });
  const first = key(0);
  const nobody = !byNumber.has(plain(first.number)) && !byName.has(plain(first.name));
  const isWord = (c: number): boolean => NUMBER_WORDS.includes(head[c] ?? "") || NAME_WORDS.includes(head[c] ?? "");
  const headed = nobody && head.some((_, c) => isWord(c) || isTitle(c));

  const last = Math.max(numberAt ?? 0, nameAt ?? 0);
  const values = Array.from({ length: width }, (_, c) => c).filter((c) => c !== numberAt && c !== nameAt);
  const places = new Map<number, number>();
  const ignored: string[] = [];
  const filled = (c: number): boolean => block.some((_, r) => at(r, c));
  if (headed) {
    const { named, unclear } = readHeads(values.map((c) => [c, at(0, c)]), targets);
    const rest = values.filter((c) => c > last && filled(c) && !isWord(c));
    const [only] = rest;
    const here = targets[from];
    // "score": one column goes where the teacher stands; of several nobody knows which is which
    if (named.size === 0 && only !== undefined && rest.length === 1 && !unclear.has(only) && here) named.set(only, here.id);
    for (const c of values) {
      const to = named.get(c);
      if (to !== undefined) places.set(c, to);
      else if (filled(c)) ignored.push(at(0, c) || `${c + 1}`);
    }
  } else {
    values.filter((c) => c > last).forEach((c, n) => {
      const to = targets[from + n];
      if (to) places.set(c, to.id);
      else if (filled(c)) ignored.push(`${c + 1}`);
    });
  }

  const matched: Matched = {
    rows: [], problems: [], columns: [...places.values()], ignored, headed,
    by: numberAt === undefined ? "name" : nameAt === undefined ? "number" : "both",
  };
  const taken = new Map<number, number>();
  const repeated = new Set<number>();
  const found = block.map((_, r) => {
    if (headed && r === 0) return null;
    const { number, name } = key(r);
    const who = [number, name].filter(Boolean).join(" ");
    const texts = [...places].map(([c, assessment]) => ({ assessment, text: at(r, c) }));
    if (!who && texts.every(({ text }) => !text)) return null; // an empty line
    const numbered = number ? (byNumber.get(plain(number)) ?? []) : null;
    const called = name ? (byName.get(plain(name)) ?? []) : null;
    const both = numbered && called ? numbered.filter((one) => called.includes(one)) : (numbered ?? called ?? []);
    const problem: RowProblem | null = both.length === 1 ? null : both.length > 1 ? "ambiguous" : numbered?.length || (called?.length && !numbered) ? "disagree" : "unknown";
    const [one] = both;
    if (problem || !one) return { r, who: who || `${r + 1}`, problem: problem ?? "unknown", student: 0, texts };
    if (taken.has(one.id)) repeated.add(one.id);
    taken.set(one.id, r);
    return { r, who, problem: null, student: one.id, texts };
  });
  for (const row of found) {
    if (!row) continue;
    const problem = row.problem ?? (repeated.has(row.student) ? "twice" : null);
    if (problem) matched.problems.push({ row: row.r + 1, who: row.who, problem });
    else matched.rows.push({ student: row.student, texts: row.texts });
  }
  return matched;
}
