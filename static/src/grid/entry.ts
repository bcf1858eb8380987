/**
 * Reads what a teacher typed into a cell. Exact: a value stays the decimal text that was typed, and is
 * compared as an integer count of ten-thousandths. No binary floating point on the way.
 */
export type Status = "blank" | "scored" | "absent" | "excused" | "missing";

export interface Mark {
  readonly status: Status;
  /** Canonical decimal text, exactly when the status is `scored`. */
  readonly value: string | null;
}

export const BLANK: Mark = { status: "blank", value: null };

export type Problem = "not_a_number" | "negative" | "too_many_decimals" | "above_maximum";

export type Entry = { ok: true; mark: Mark } | { ok: false; problem: Problem };

const WORDS: Record<string, Exclude<Status, "blank" | "scored">> = {
  缺考: "absent", 缺: "absent", abs: "absent", absent: "absent",
  免考: "excused", 免: "excused", ex: "excused", exc: "excused", excused: "excused",
  未交: "missing", 未: "missing", mi: "missing", mis: "missing", missing: "missing",
};

/** Full-width digits, signs and letters to ASCII; the Chinese full stop is a decimal point here. */
export function halfWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, " ")
    .replace(/[\u3002\uFF61]/g, ".")
    .replace(/[\u2212\u2013]/g, "-");
}

/** Ten-thousandths of a canonical decimal text. */
export function units(value: string): bigint {
  const negative = value.startsWith("-");
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const count = BigInt(whole || "0") * 10000n + BigInt((fraction + "0000").slice(0, 4));
  return negative ? -count : count;
}

/** A JSON number as it came, as decimal text (numbers of four decimals print back exactly). */
export function decimalText(value: number | string | null | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  const text = String(value);
  return /^-?\d+\.\d*$/.test(text) ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

export function addDecimals(a: string, b: string): string {
  const sum = units(a) + units(b);
  const whole = sum / 10000n;
  const fraction = (sum % 10000n).toString().padStart(4, "0").replace(/0+$/, "");
  return fraction ? `${whole}.${fraction}` : `${whole}`;
}

/** `limit` is the highest value allowed: the maximum, plus extra credit where there is some. */
export function parseEntry(text: string, limit: string | null, words: Record<string, Status> = {}): Entry {
  const trimmed = halfWidth(text).trim();
  if (trimmed === "") return { ok: true, mark: BLANK };
  const word = trimmed.toLowerCase();
  const status = WORDS[word] ?? words[word];
  if (status && status !== "scored") return { ok: true, mark: { status, value: null } };
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(trimmed);
  if (!match || (!match[2] && !match[3])) return { ok: false, problem: "not_a_number" };
  const whole = (match[2] ?? "").replace(/^0+(?=\d)/, "") || "0";
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (match[1] && (whole !== "0" || fraction)) return { ok: false, problem: "negative" };
  if (fraction.length > 4) return { ok: false, problem: "too_many_decimals" };
  const value = fraction ? `${whole}.${fraction}` : whole;
  if (limit !== null && units(value) > units(limit)) return { ok: false, problem: "above_maximum" };
  return { ok: true, mark: { status: "scored", value } };
}

export function sameMark(a: Mark, b: Mark): boolean {
  return a.status === b.status && (a.status !== "scored" || units(a.value ?? "0") === units(b.value ?? "0"));
}

/** Order for sorting a column: values first whichever way, then statuses, blanks last. */
export function compareMarks(a: Mark, b: Mark, direction: "asc" | "desc" = "asc"): number {
  const rank: Record<Status, number> = { scored: 0, missing: 1, absent: 2, excused: 3, blank: 4 };
  // the caller turns the result round for a descending order
  if (a.status !== b.status) return (rank[a.status] - rank[b.status]) * (direction === "asc" ? 1 : -1);
  if (a.status !== "scored") return 0;
  const x = units(a.value ?? "0");
  const y = units(b.value ?? "0");
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Order for sorting a column of totals, those without last whichever way. */
export function compareTotals(x: string | null, y: string | null, direction: "asc" | "desc", words: Intl.Collator | null): number {
  if (x === null || y === null) return x === y ? 0 : (x === null ? 1 : -1) * (direction === "asc" ? 1 : -1);
  if (words) return words.compare(x, y);
  const p = units(x);
  const q = units(y);
  return p < q ? -1 : p > q ? 1 : 0;
}
