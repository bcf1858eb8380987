/** How often one asks who else is in a gradebook: seldom when nobody is, or when nobody has moved for a while. */

/** Who is not heard of for so long has gone, for the server too. */
export const GONE_MS = 30_000;

const TOGETHER = { first: 3_000, later: 6_000, after: 10 };
const ALONE = { first: 12_000, later: 24_000, after: 3 };

/** `unchanged`: how many answers in a row were the same. Always less than `GONE_MS`, with time for the answer. */
export function pause(others: number, unchanged: number): number {
  const { first, later, after } = others ? TOGETHER : ALONE;
  return unchanged < after ? first : later;
}
