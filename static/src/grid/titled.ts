/** Which assessment the head of a pasted column names. Pure. A head that may mean two of them names none. */
import { units } from "./entry.ts";

export interface Target { id: number; titles: string[]; max: string }

export interface Heads {
  /** Column of the block to assessment. */
  named: Map<number, number>;
  /** Close to a title, but not that of exactly one assessment. */
  unclear: Set<number>;
}

const width = (text: string): string => text.normalize("NFKC").toLowerCase();
const MARKS = String.raw`[\s.·•_#:]+`;
const BETWEEN_DIGITS = new RegExp(String.raw`((?<=\d)${MARKS}(?=\d))|${MARKS}`, "g");

/** Without case, width, spaces and marks, which lists write as they like; 1.2 is not 12. */
const plainTitle = (text: string): string => width(text).replace(BETWEEN_DIGITS, (_, between?: string) => (between ? " " : ""));

/** "Quiz 1 (out of 20)", "Quiz 1 / 20": the title and what stands behind it, its number if there is one alone. */
function parts(text: string): { base: string; number: string | null } {
  const [, base = "", inside = "", after = ""] = /^(.+?)(?:\(([^()]*)\)|\/([^()/]*))\s*$/.exec(width(text).trim()) ?? [];
  const numbers = (inside || after).match(/\d+(?:\.\d+)?/g) ?? [];
  return { base: plainTitle(base), number: numbers.length === 1 ? (numbers[0] ?? null) : null };
}

/** The ways to write this: as it is, and without its maximum. */
function ways(text: string, max: string): string[] {
  const { base, number } = parts(text);
  return [plainTitle(text), number !== null && units(number) === units(max) ? base : ""].filter(Boolean);
}

const share = (some: readonly string[], others: readonly string[]): boolean => some.some((one) => others.includes(one));

export function readHeads(heads: readonly (readonly [number, string])[], targets: readonly Target[]): Heads {
  const named = new Map<number, number>();
  const unclear = new Set<number>();
  const passes: ((head: string, target: Target) => boolean)[] = [
    (head, { titles }) => titles.some((title) => plainTitle(title) === plainTitle(head)),
    (head, { titles, max }) => titles.some((title) => share(ways(title, max), ways(head, max))),
    // another month, another maximum: like a title, and not it
    (head, { titles }) => titles.some((title) => share([plainTitle(title), parts(title).base].filter(Boolean), [plainTitle(head), parts(head).base].filter(Boolean))),
  ];
  passes.forEach((fits, pass) => {
    const taken = new Set(named.values());
    const claims = new Map<number, number[]>();
    for (const [c, head] of heads) {
      if (!plainTitle(head) || named.has(c) || unclear.has(c)) continue;
      const those = targets.filter((target) => fits(head, target));
      const [only] = those;
      if (!only) continue;
      if (those.length > 1 || taken.has(only.id) || pass === 2) unclear.add(c);
      else claims.set(only.id, [...(claims.get(only.id) ?? []), c]);
    }
    for (const [id, columns] of claims) {
      const [one] = columns;
      if (one !== undefined && columns.length === 1) named.set(one, id);
      else for (const c of columns) unclear.add(c);
    }
  });
  return { named, unclear };
}
