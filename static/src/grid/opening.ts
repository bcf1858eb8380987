/** Where the grid opens: the column that the teacher is most likely to go on with. */
import type { Assessment } from "./store.ts";

/**
 * On a sheet the first of one's own columns. In a gradebook the newest draft that has been held: later drafts are
 * still to come, and a published score is changed for a reason, not by the first key typed.
 */
export function openingColumn(assessments: readonly Assessment[], sheet: boolean, today: string): Assessment | undefined {
  const own = assessments.filter((assessment) => assessment.editable);
  if (sheet) return own[0];
  const drafts = own.filter((assessment) => assessment.state === "draft");
  const held = drafts.filter((assessment) => !assessment.date || assessment.date <= today);
  const newest = (list: readonly Assessment[]): Assessment | undefined =>
    list.reduce<Assessment | undefined>((best, one) => (best && (best.date ?? "") > (one.date ?? "") ? best : one), undefined);
  const soonest = drafts.reduce<Assessment | undefined>((best, one) => (best && (best.date ?? "") <= (one.date ?? "") ? best : one), undefined);
  return newest(held) ?? soonest ?? newest(own);
}

/** The day where the teacher is, as dates of assessments are written. */
export function localDay(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
