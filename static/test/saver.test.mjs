import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { Store } = await load("src/grid/store.ts");
// the classes of errors must be the same ones: everything in one bundle
const { Saver } = await load("src/grid/saver.ts");
const { UndoStack } = await load("src/grid/undo.ts");

const scored = (value) => ({ status: "scored", value });
const settle = (ms = 40) => new Promise((done) => setTimeout(done, ms));

function make(answers) {
  const store = new Store();
  const sent = [];
  const log = { reasons: [], saved: 0, signedOut: 0 };
  const sender = {
    save: async (edits, reason) => {
      sent.push({ edits: edits.map((e) => ({ ...e })), reason });
      return answers(edits, sent.length, reason);
    },
  };
  const saver = new Saver(store, sender, {
    explain: (code) => code, ownReason: (way) => `own ${way}`, needReason: (ids) => log.reasons.push(...ids), saved: (keys) => (log.saved += keys.length),
    signedOut: () => log.signedOut++, signedIn() {}, changed() {}, stale() {},
  });
  return { store, saver, sent, log };
}

const ids = (edit) => ({ assessment_id: Number(edit.key.split(":")[0]), student_id: Number(edit.key.split(":")[1]) });
const all = (edits) => ({ saved: edits.map((e) => ({ ...ids(e), version: e.version + 1 })), conflicts: [], rejected: [] });

test("edits to one cell wait for the version of the first", async () => {
  let release;
  const gate = new Promise((done) => (release = done));
  const { store, saver, sent } = make(async (edits, n) => {
    if (n === 1) await gate;
    return all(edits);
  });
  saver.edit("1:1", scored("80"));
  await settle();
  saver.edit("1:1", scored("81"));
  saver.edit("1:1", scored("82"));
  saver.edit("1:2", scored("90"));
  await settle();
  assert.equal(sent.length, 1);
  release();
  await settle(80);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1].edits.map((e) => [e.key, e.version, e.mark.value]), [["1:1", 1, "82"], ["1:2", 0, "90"]]);
  assert.equal(store.cell("1:1").version, 2);
  assert.equal(store.shown("1:1").value, "82");
});

test("a conflict keeps both values until it is decided", async () => {
  const { store, saver, sent } = make((edits, n) =>
    n === 1
      ? { saved: [], conflicts: [{ assessment_id: 1, student_id: 1, current: { status: "scored", value: 85, version: 4, updated_at: null, updated_by: { id: 9, name: "Li" } } }], rejected: [] }
      : all(edits));
  saver.edit("1:1", scored("80"));
  await settle();
  const cell = store.cell("1:1");
  assert.equal(cell.state, "conflict");
  assert.equal(cell.draft.value, "80");
  assert.equal(cell.theirs.mark.value, "85");
  saver.edit("1:1", scored("79")); // typing on does not overwrite the other value unseen
  await settle();
  assert.equal(sent.length, 1);
  saver.keepMine("1:1");
  await settle();
  assert.deepEqual([sent[1].edits[0].version, sent[1].edits[0].mark.value], [4, "79"]);
  assert.equal(store.cell("1:1").version, 5);
});

test("published scores ask for a reason once, then it goes with the edits", async () => {
  const { store, saver, sent, log } = make((edits, _n, reason) =>
    reason ? all(edits) : { saved: [], conflicts: [], rejected: edits.map((e) => ({ ...ids(e), code: "reason_required" })) });
  saver.edit("1:1", scored("80"));
  await settle();
  assert.deepEqual(log.reasons, [1]);
  assert.equal(store.cell("1:1").state, "reason");
  saver.giveReason([1], "批改有误");
  await settle();
  saver.edit("1:2", scored("70"));
  await settle();
  assert.deepEqual(sent.slice(1).map((s) => s.reason), ["批改有误", "批改有误"]);
  assert.equal(store.count("reason"), 0);
});

test("a fresh sheet leaves unsaved and open cells alone and never goes back in version", () => {
  const { store, saver } = make(() => new Promise(() => {}));
  const book = (value, version) => ({
    assessments: [{ id: 1, title: "a", max_score: 100, state: "draft" }],
    students: [{ id: 1, student_number: "1", name: "x" }, { id: 2, student_number: "2", name: "y" }, { id: 3, student_number: "3", name: "z" }],
    totals: [], statistics: [], amendments: [],
    scores: [1, 2, 3].map((student_id) => ({ assessment_id: 1, student_id, status: "scored", value, version })),
  });
  store.apply(book(50, 1));
  saver.edit("1:1", scored("60"));
  store.isEditing = (key) => key === "1:2";
  store.apply(book(55, 2));
  assert.deepEqual(["1:1", "1:2", "1:3"].map((k) => [store.shown(k).value, store.cell(k).version]), [["60", 1], ["50", 1], ["55", 2]]);
  store.apply(book(50, 1));
  assert.equal(store.shown("1:3").value, "55");
});

test("a remark leaves the score alone, whoever changes that meanwhile; two remarks are a conflict", async () => {
  const theirs = (value, comment, version) => (edits) => ({ saved: [], rejected: [], conflicts: edits.map((e) => ({ ...ids(e), current: { status: "scored", value, comment, version, updated_by: { id: 9, name: "Li" } } })) });
  const answers = [all, theirs(70, "", 4), all, theirs(71, "careless", 7), all];
  const { store, saver, sent } = make((edits, n) => answers[n - 1](edits));
  saver.edit("1:1", scored("60"));
  await settle();
  saver.want("1:1", { comment: "neat" });
  await settle(80); // somebody changed the score: the remark is sent again on top of it
  assert.deepEqual(sent.slice(1).map((s) => s.edits[0]), [{ key: "1:1", version: 1, comment: "neat" }, { key: "1:1", version: 4, comment: "neat" }]);
  assert.deepEqual([store.shown("1:1").value, store.shownComment("1:1"), store.cell("1:1").state], ["70", "neat", "saved"]);
  saver.want("1:1", { comment: "very neat" });
  await settle(80);
  assert.equal(store.cell("1:1").state, "conflict");
  saver.keepMine("1:1"); // their score, this remark
  await settle();
  assert.deepEqual(sent.at(-1).edits[0], { key: "1:1", version: 7, comment: "very neat" });
  assert.deepEqual([store.shown("1:1").value, store.shownComment("1:1")], ["71", "very neat"]);
});

test("a score typed while its remark is on the way leaves after it", async () => {
  let release;
  const gate = new Promise((done) => (release = done));
  const { store, saver, sent } = make(async (edits, n) => {
    if (n === 1) await gate;
    return all(edits);
  });
  saver.want("1:1", { comment: "neat" });
  await settle();
  saver.edit("1:1", scored("60"));
  release();
  await settle(80);
  assert.equal(sent[1].edits[0].version, 1);
  assert.equal(sent[1].edits[0].mark.value, "60");
  assert.deepEqual([store.shown("1:1").value, store.shownComment("1:1"), store.cell("1:1").version], ["60", "neat", 2]);
});

test("taking a published score back gives its own reason, not the one said for the edit", async () => {
  const { store, saver, sent } = make((edits, _n, reason) =>
    reason ? all(edits) : { saved: [], conflicts: [], rejected: edits.map((e) => ({ ...ids(e), code: "reason_required" })) });
  store.apply({ assessments: [{ id: 1, title: "a", max_score: 100, state: "published" }, { id: 2, title: "b", max_score: 100, state: "draft" }], students: [], scores: [], totals: [], statistics: [], amendments: [] });
  saver.edit("1:1", scored("80"), "paste");
  await settle();
  saver.giveReason([1], "批改有误");
  await settle();
  saver.edit("1:1", scored("70"), "undo");
  await settle();
  saver.edit("1:1", scored("80"), "redo");
  await settle();
  saver.edit("2:1", scored("80"), "undo");
  await settle();
  assert.deepEqual(sent.map((s) => s.reason), [undefined, "批改有误", "own undo", "own redo", undefined]);
});

test("refused text over unsaved work: taking it back brings that work back, and nothing where there was none", async () => {
  const { store, saver, sent } = make((_edits, n) => n === 1 ? new Promise(() => {}) : undefined);
  const stack = new UndoStack(store, () => true, (key) => saver.discard(key), (key, before) => {
    saver.want(key, before);
    return key !== "1:4";
  });
  saver.edit("2:1", scored("1"));
  await settle(); // everything after this waits
  saver.edit("1:1", scored("80"));
  saver.want("1:2", { comment: "late" });
  saver.edit("1:4", scored("60"));
  const refused = ["1:1", "1:2", "1:3", "1:4"];
  stack.record([], refused);
  for (const key of refused) saver.refuse(key, "hello", "no score");
  assert.deepEqual([store.cell("1:1").draft, store.cell("1:1").raw], [null, "hello"]);
  const outcome = stack.undo();
  assert.deepEqual([store.cell("1:1"), store.cell("1:2")].map(({ raw, state, draft, remark }) => [raw, state, draft, remark]), [
    [null, "queued", scored("80"), null], [null, "queued", { status: "blank", value: null }, "late"],
  ]);
  assert.deepEqual([store.cell("1:3").state, store.cell("1:3").raw, outcome.skipped], ["clean", null, ["1:4"]]);
  assert.equal(sent.length, 1);
});
