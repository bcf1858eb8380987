// Who joined late or has left: what nobody expects of them.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { Store } = await load("src/grid/store.ts");

const book = () => ({
  assessments: [1, 2].map((id) => ({ id, title: `Quiz ${id}`, max_score: 10, state: "draft", editable: true })),
  students: [
    { id: 7, student_number: "1", name: "Mover", joined_on: "2026-11-09", left_on: null, elsewhere: [1] },
    { id: 8, student_number: "2", name: "Stayer", joined_on: null, left_on: null, elsewhere: [] },
  ],
  scores: [], totals: [], statistics: [], amendments: [],
});

test("a blank of a day in another class is not what to enter next", () => {
  const store = new Store();
  store.apply(book());
  assert.deepEqual([1, 2].map((assessment) => store.wasElsewhere(assessment, 7)), [true, false]);
  assert.equal(store.wasElsewhere(1, 8), false);
  assert.equal(store.firstBlank(1, [7, 8]), 8);
  assert.equal(store.firstBlank(2, [7, 8]), 7);
  assert.equal(store.student(7).joinedOn, "2026-11-09");
});

test("a column without anything to enter opens at its first row", () => {
  const store = new Store();
  const scores = [8].map((student_id) => ({ assessment_id: 1, student_id, status: "scored", value: 9, version: 1 }));
  store.apply({ ...book(), scores });
  assert.equal(store.firstBlank(1, [7, 8]), 7);
  assert.equal(store.firstBlank(1, []), undefined);
});
