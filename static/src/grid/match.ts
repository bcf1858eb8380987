/**
 * A block whose rows say whose they are, as copied from a list with student numbers or names: rows are matched to
 * pupils and, where there is a head, columns to assessments. Pure: says what it understood and what it did not.
 */
export interface Pupil { id: number; number: string; name: string }
export interface Target { id: number; titles: string[] }

/** Why a row is not pasted. */
export type RowProblem = "unknown" | "ambiguous" | "disagree" | "twice";

export interface Matched {
  /** Which row of the block is whose, and its texts by column of scores. */
  rows: { student: number; texts: { assessment: number; text: string }[] }[];
  problems: { row: number; who: string; problem: RowProblem }[];
  /** The columns that values go to. */
  columns: number[];
  /** Heads that no column has; where none is named, columns that there is no room for. */
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

/** Without case, width, spaces and marks at the ends, which lists write as they like. */
export function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/^'/, "").replace(/[\s.·•_#:]+/g, "");
}

/** Under what a head may write a title: with its maximum, say. */
const plainTitle = (text: string): string => plain(text.replace(/[(（/／][^()（）]*\d+[^()（）]*[)）]?\s*$/, ""));

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
  const find = (map: Map<string, Pupil[]>, words: string[]): number | undefined =>
    keys.find((c) => known(c, map, words.includes(head[c] ?? "") ? 1 : 0) || (block.length > 1 && known(c, map, 1)));
  const nameAt = find(byName, NAME_WORDS);
  let numberAt = find(byNumber, NUMBER_WORDS);
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
  const titled = index(targets, (one) => one.titles.map(plainTitle));
  const says = (c: number): boolean => NUMBER_WORDS.includes(head[c] ?? "") || NAME_WORDS.includes(head[c] ?? "") || titled.has(plainTitle(at(0, c)));
  const headed = nobody && head.some((_, c) => says(c));

  const last = Math.max(numberAt ?? 0, nameAt ?? 0);
  const values = Array.from({ length: width }, (_, c) => c).filter((c) => c !== numberAt && c !== nameAt);
  const named = new Map<number, number>();
  if (headed) {
    for (const c of values) {
      const those = titled.get(plainTitle(at(0, c))) ?? [];
      const [only] = those;
      if (only && those.length === 1 && ![...named.values()].includes(only.id)) named.set(c, only.id);
    }
  }
  const places = new Map<number, number>();
  const ignored: string[] = [];
  if (named.size) {
    for (const c of values) {
      const to = named.get(c);
      if (to !== undefined) places.set(c, to);
      else if (block.some((_, r) => at(r, c))) ignored.push(at(0, c) || `${c + 1}`);
    }
  } else {
    values.filter((c) => c > last).forEach((c, n) => {
      const to = targets[from + n];
      if (to) places.set(c, to.id);
      else if (block.some((_, r) => at(r, c))) ignored.push((headed && at(0, c)) || `${c + 1}`);
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
