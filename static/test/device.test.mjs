// What is not saved yet survives the page.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { Store } = await load("src/grid/store.ts");
const { Saver } = await load("src/grid/saver.ts");
const { Device } = await load("src/grid/device.ts");
const { leaveOnly, placeOf, watchUnsaved } = await load("src/common/unsaved.ts");

const DAY = 24 * 60 * 60_000;
const scored = (value) => ({ status: "scored", value });
const settle = (ms = 50) => new Promise((done) => setTimeout(done, ms));
const ids = (edit) => ({ assessment_id: Number(edit.key.split(":")[0]), student_id: Number(edit.key.split(":")[1]) });

class Memory {
  items = new Map();
  get length() { return this.items.size; }
  key(n) { return [...this.items.keys()][n] ?? null; }
  getItem(name) { return this.items.get(name) ?? null; }
  setItem(name, text) { this.items.set(name, text); }
  removeItem(name) { this.items.delete(name); }
}

const place = placeOf("5", "/api/v1/courses/12/gradebook");

/** A page: its book holds `scores` of two columns and three students. */
function page(storage, answers, { scores = [], at = () => 1_000_000, students = [1, 2, 3] } = {}) {
  const store = new Store();
  const sent = [];
  const saver = new Saver(store, { save: async (edits, _reason, way) => { sent.push({ edits: edits.map((e) => ({ ...e })), way }); return answers(edits); } }, {
    explain: (code) => code, ownReason: () => "own", needReason() {}, saved() {}, signedOut() {}, signedIn() {}, changed() {}, stale() {},
  });
  const device = new Device(store, saver, place, storage, at);
  store.apply({
    assessments: [1, 2].map((id) => ({ id, title: `Quiz ${id}`, max_score: 100, state: "draft" })),
    students: students.map((id) => ({ id, student_number: `${id}`, name: `Pupil ${id}` })), scores, totals: [], statistics: [], amendments: [], categories: [],
  });
  device.follow();
  return { store, saver, sent, device };
}
const never = () => new Promise(() => {});
const all = (edits) => ({ saved: edits.map((e) => ({ ...ids(e), version: e.version + 1 })), conflicts: [], rejected: [] });
const kept = (storage) => Object.keys(JSON.parse(storage.getItem(place) ?? '{"cells":{}}').cells).sort();

test("queued edits come back with the versions they were made with, and go when they are saved", async () => {
  const storage = new Memory();
  const scores = [{ assessment_id: 1, student_id: 1, status: "scored", value: 50, version: 3 }];
  const first = page(storage, never, { scores });
  first.saver.edit("1:1", scored("80"), "paste");
  first.saver.want("1:2", { comment: "late" });
  await settle();
  assert.deepEqual(kept(storage), ["1:1", "1:2"]);

  const newer = [{ ...scores[0], value: 60, version: 4, updated_by: { id: 9, name: "Li" } }];
  const second = page(storage, (edits) => ({
    saved: edits.filter((e) => e.key === "1:2").map((e) => ({ ...ids(e), version: e.version + 1 })),
    conflicts: edits.filter((e) => e.key === "1:1").map((e) => ({ ...ids(e), current: { status: "scored", value: 60, version: 4, updated_by: { id: 9, name: "Li" } } })), rejected: [],
  }), { scores: newer });
  const restored = second.device.restore();
  assert.deepEqual([restored.sent, restored.waiting, restored.since, restored.gone], [2, 0, 1_000_000, []]);
  await settle(90);
  const edits = second.sent.flatMap((one) => one.edits);
  assert.deepEqual(edits.map((e) => [e.key, e.version]).sort(), [["1:1", 3], ["1:2", 0]]);
  assert.equal(second.sent.find((one) => one.edits.some((e) => e.key === "1:1")).way, "paste");
  assert.equal(second.store.cell("1:1").state, "conflict");
  assert.deepEqual(kept(storage), ["1:1"], "what was saved is no longer kept, the conflict is");

  const third = page(storage, all, { scores: newer });
  assert.deepEqual([third.device.restore().waiting, third.store.cell("1:1").theirs.updatedBy], [1, "Li"]);
  third.saver.takeTheirs("1:1");
  await settle();
  assert.deepEqual([kept(storage), third.sent, third.store.shown("1:1")], [[], [], scored("60")]);
});

test("refused text and changes that wait for a reason come back, and are not sent by themselves", async () => {
  const storage = new Memory();
  const first = page(storage, (edits) => ({ saved: [], conflicts: [], rejected: edits.map((e) => ({ ...ids(e), code: "reason_required" })) }));
  first.saver.edit("1:1", scored("80"));
  first.saver.refuse("1:3", "eighty", "no score");
  await settle();
  const second = page(storage, all);
  assert.equal(second.device.restore().waiting, 2);
  await settle();
  assert.deepEqual(second.sent, []);
  assert.deepEqual([second.store.cell("1:1").state, second.store.cell("1:3").raw, second.store.cell("1:3").problem], ["reason", "eighty", "no score"]);
  second.saver.giveReason([1], "Marking error");
  second.saver.discard("1:3");
  await settle();
  assert.deepEqual([kept(storage), second.store.cell("1:1").version], [[], 1]);
});

test("an answer that was lost by the reload is no conflict", async () => {
  const storage = new Memory();
  const first = page(storage, never);
  first.saver.edit("1:1", scored("80"));
  await settle();
  first.saver.edit("1:1", scored("81")); // while the first is under way
  await settle();
  const arrived = [{ assessment_id: 1, student_id: 1, status: "scored", value: 80, version: 1, updated_by: { id: 5, name: "I" } }];
  const second = page(storage, (edits) => edits[0].version === 1 ? all(edits) : { saved: [], rejected: [], conflicts: edits.map((e) => ({ ...ids(e), current: arrived[0] })) }, { scores: arrived });
  second.device.restore();
  await settle(120);
  assert.deepEqual([second.store.cell("1:1").state, second.store.shown("1:1"), second.store.cell("1:1").version], ["saved", scored("81"), 2]);
  // and what did arrive is not sent again
  const third = page(storage, all, { scores: arrived });
  assert.deepEqual([third.device.restore().sent, third.sent], [0, []]);
});

test("what belongs to nobody any more is named; what is old goes", async () => {
  const storage = new Memory();
  const first = page(storage, never);
  first.saver.edit("1:3", scored("80"));
  first.saver.edit("2:1", scored("70"));
  await settle();
  const second = page(storage, never, { students: [1, 2] });
  const restored = second.device.restore();
  assert.deepEqual(restored.gone, [{ key: "1:3", what: "Quiz 1 · Pupil 3", mark: scored("80"), remark: null, raw: null }]);
  await settle();
  assert.deepEqual(kept(storage), ["1:3", "2:1"], "nobody has read of it yet");
  const third = page(storage, never, { students: [1, 2] });
  third.device.forget(third.device.restore().gone);
  await settle();
  assert.deepEqual(kept(storage), ["2:1"]);
  const late = page(storage, never, { at: () => 1_000_000 + 8 * DAY });
  assert.equal(late.device.restore().sent, 0);
  await settle();
  assert.deepEqual(kept(storage), []);
});

test("two windows do not undo each other's records", async () => {
  const storage = new Memory();
  const [one, two] = [page(storage, never), page(storage, all)];
  one.saver.edit("1:1", scored("80"));
  await settle();
  two.saver.edit("1:2", scored("90"));
  await settle();
  assert.deepEqual(kept(storage), ["1:1"]);
});

test("a window that only sees a cell change leaves what another has kept of it", async () => {
  const storage = new Memory();
  const one = page(storage, never);
  one.saver.edit("1:1", scored("80"));
  await settle();
  const two = page(storage, all);
  const book = (value, version) => ({
    assessments: [1, 2].map((id) => ({ id, title: `Quiz ${id}`, max_score: 100, state: "draft" })), students: [1, 2, 3].map((id) => ({ id, student_number: `${id}`, name: `Pupil ${id}` })),
    scores: [{ assessment_id: 1, student_id: 1, status: "scored", value, version }], totals: [], statistics: [], amendments: [], categories: [],
  });
  two.store.apply(book(70, 1)); // a colleague's score arrives
  await settle();
  assert.deepEqual(kept(storage), ["1:1"]);
  // and what another has written since is not this window's to take away
  const three = page(storage, all);
  three.device.restore();
  one.saver.edit("1:1", scored("81"));
  await settle(90);
  assert.equal(three.store.cell("1:1").draft, null, "80 is saved");
  assert.equal(JSON.parse(storage.getItem(place)).cells["1:1"].draft.value, "81");
});

test("a record that another window emptied is still kept in; one that was wiped is not, until its owner is back", async () => {
  const storage = new Memory();
  const [one, two] = [page(storage, never), page(storage, all)];
  two.saver.edit("1:2", scored("90"));
  await settle();
  assert.deepEqual([two.store.cell("1:2").state, kept(storage)], ["saved", []]);
  assert.equal(one.device.heard(storage.getItem(place)), true);
  one.saver.edit("1:1", scored("80"));
  await settle();
  assert.deepEqual([kept(storage), one.device.count], [["1:1"], 1]);
  // the other types over it and saves: what is unsaved here goes back in
  two.saver.edit("1:1", scored("70"));
  await settle();
  assert.deepEqual(kept(storage), []);
  one.device.heard(storage.getItem(place));
  await settle();
  assert.deepEqual(kept(storage), ["1:1"]);
  leaveOnly(null, 1_000_000, storage);
  assert.equal(one.device.heard(null), false);
  one.saver.edit("1:3", scored("60"));
  await settle();
  assert.equal(storage.getItem(place), null);
  one.device.resume();
  await settle();
  assert.deepEqual(kept(storage), ["1:1", "1:3"]);
  const clean = page(new Memory(), never);
  clean.device.heard(null);
  assert.equal(clean.device.stopped, true, "with nothing unsaved, too");
});

test("an older score that could not be replaced goes when the newer one is saved", async () => {
  const storage = new Memory();
  const first = page(storage, never);
  first.saver.edit("1:1", scored("80"));
  await settle();
  const write = storage.setItem;
  storage.setItem = () => { throw new Error("full"); };
  first.saver.edit("1:1", scored("81"));
  await settle();
  storage.setItem = write;
  first.saver.discard("1:1");
  await settle();
  assert.deepEqual(kept(storage), []);
});

test("an answer of “stay” to signing out does not wipe later; leaving does", () => {
  const names = ["document", "addEventListener", "sessionStorage", "localStorage", "HTMLFormElement"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const [page, session, local] = [new EventTarget(), new Memory(), new Memory()];
  class Form {
    action = { type: "a button named action" };
    constructor(action) { this.attribute = action; }
    getAttribute() { return this.attribute; }
  }
  const set = { document: page, addEventListener: page.addEventListener.bind(page), sessionStorage: session, localStorage: local, HTMLFormElement: Form };
  for (const [name, value] of Object.entries(set)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    const submit = (action) => page.dispatchEvent(Object.defineProperty(new Event("submit"), "target", { value: new Form(action) }));
    const fire = (...types) => types.forEach((type) => page.dispatchEvent(new Event(type)));
    const keep = () => local.setItem(place, JSON.stringify({ at: Date.now(), cells: {} }));
    keep();
    watchUnsaved("5");
    submit("/logout");
    fire("beforeunload"); // stay
    fire("beforeunload", "pagehide"); // later, by a link, to a page of nobody
    watchUnsaved("none");
    assert.equal(local.length, 1);
    watchUnsaved("5");
    submit("/elsewhere");
    fire("beforeunload", "pagehide");
    watchUnsaved("none");
    assert.equal(local.length, 1);
    submit("/logout");
    fire("beforeunload", "pagehide");
    watchUnsaved("none");
    assert.equal(local.length, 0);
    keep();
    submit("/logout");
    fire("pagehide"); // where leaving is not announced
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })); // back again, it did not go through
    watchUnsaved("none");
    assert.equal(local.length, 1);
  } finally {
    names.forEach((name, n) => before[n] ? Object.defineProperty(globalThis, name, before[n]) : delete globalThis[name]);
  }
});

test("another user's records and old ones are wiped, and all of them after signing out", () => {
  const storage = new Memory();
  const other = placeOf("51", "/x");
  const now = 100 * DAY;
  const fill = () => {
    storage.setItem(place, JSON.stringify({ at: now - DAY, cells: {} }));
    storage.setItem(`${place}2`, JSON.stringify({ at: now - 8 * DAY, cells: {} }));
    storage.setItem(other, JSON.stringify({ at: now, cells: {} }));
    storage.setItem("gradebook.folded.5", "[]");
  };
  fill();
  leaveOnly("5", now, storage);
  assert.deepEqual([...storage.items.keys()], [place, "gradebook.folded.5"]);
  fill();
  leaveOnly(null, now, storage);
  assert.deepEqual([...storage.items.keys()], ["gradebook.folded.5"]);
});
