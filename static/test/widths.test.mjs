// Columns take the room that a window has, and presence asks the less the less there is to tell.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { markWidths, needed } = await load("src/grid/widths.ts");
const { pause, GONE_MS } = await load("src/grid/interval.ts");

test("titles get what they need where there is room, share it where there is little, and take none where there is none", () => {
  const titles = ["Quiz", "九月月考 September exam", "期中考试 Mid-term exam"];
  const [, long, middle] = titles.map(needed);
  assert.ok(long > middle && middle > 124);
  assert.deepEqual(markWidths(titles, 124, 1000), [124, long, middle]);
  const shared = markWidths(titles, 124, 124 * 3 + 40);
  assert.deepEqual(shared, [124, 144, 144]);
  // what the shorter one does not need goes to the longer one
  const most = markWidths(titles, 124, 124 * 3 + (middle - 124) + (long - 124) - 4);
  assert.deepEqual(most, [124, long - 4, middle]);
  assert.deepEqual(markWidths(titles, 124, 200), [124, 124, 124]);
  assert.deepEqual(markWidths([], 124, 200), []);
  assert.equal(needed("很".repeat(200)), needed("很".repeat(300)));
});

test("who is alone asks seldom, and always before being taken for gone", () => {
  for (const others of [0, 1, 7]) {
    const pauses = [0, 1, 5, 20, 1000].map((unchanged) => pause(others, unchanged));
    assert.deepEqual(pauses, [...pauses].sort((a, b) => a - b));
    assert.ok(pauses.every((ms) => ms > 0 && ms + 5_000 < GONE_MS));
    assert.ok(pauses.at(-1) >= 2 * pauses[0]);
  }
  assert.ok(pause(0, 0) > pause(1, 0));
});
