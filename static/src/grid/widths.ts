/** How wide columns of scores are: wider than a score needs where the window has room and the title would be cut. */

/** Of a letter in a head; Chinese ones are as wide as they are high. */
const LETTER = 8;
const IDEOGRAPH = 14;
/** The padding, the arrow of sorting and the button of the menu. */
const BESIDE = 60;
const WIDEST = 260;
const SCROLL_BAR = 20;

const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/u;

export const needed = (title: string): number => Math.min(WIDEST, BESIDE + [...title].reduce((sum, letter) => sum + (WIDE.test(letter) ? IDEOGRAPH : LETTER), 0));

/** A width for each title: `base` or more, and together no wider than `room` where that can be. */
export function markWidths(titles: readonly string[], base: number, room: number): number[] {
  const widths = titles.map(() => base);
  let free = room - base * titles.length;
  // the shortest first, so that what they leave goes to the longer ones
  const order = titles.map((title, n) => ({ n, more: needed(title) - base })).filter(({ more }) => more > 0).sort((a, b) => a.more - b.more);
  order.forEach(({ n, more }, done) => {
    const given = Math.min(more, Math.floor(Math.max(0, free) / (order.length - done)));
    widths[n] = base + given;
    free -= given;
  });
  return widths;
}

/** What the window leaves beside these columns. */
export const roomBeside = (columns: readonly { width?: number | string }[]): number => window.innerWidth - columns.reduce((sum, { width }) => sum + Number(width), SCROLL_BAR);
