// Blocks whose rows say whose they are.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { matchBlock } = await load("src/grid/match.ts");
const pupils = [
  { id: 1, number: "2026070101", name: "李雷" }, { id: 2, number: "2026070102", name: "韩梅梅" },
  { id: 3, number: "2026070103", name: "Grace Marsh" }, { id: 4, number: "2026070104", name: "李雷" },
];
const targets = [{ id: 11, titles: ["第一次作业"] }, { id: 12, titles: ["Unit test 1"] }, { id: 13, titles: ["听写"] }];
const match = (text, from = 0, of = pupils) => matchBlock(text.split("\n").map((line) => line.split("\t")), of, targets, from);
const rows = (found) => found.rows.map(({ student, texts }) => [student, ...texts.map(({ assessment, text }) => `${assessment}=${text}`)]);

test("numbers and names, with a head that names the columns in any order", () => {
  const found = match("学号\t姓名\t听写\t第一次作业 (10)\t朗读\n2026070102\t韩梅梅\t18\t9\t5\n'2026070101\t李雷\t17\t\t4");
  assert.deepEqual(rows(found), [[2, "13=18", "11=9"], [1, "13=17", "11="]]);
  assert.deepEqual([found.by, found.headed, found.columns, found.ignored, found.problems], ["both", true, [13, 11], ["朗读"], []]);
});

test("without a head, values begin at the active column", () => {
  assert.deepEqual(rows(match("grace  marsh\t7\t8\n韩 梅 梅\t5\t6", 1)), [[3, "12=7", "13=8"], [2, "12=5", "13=6"]]);
  assert.deepEqual(rows(match("２０２６０７０１０３\t7", 2)), [[3, "13=7"]]);
  assert.deepEqual(match("2026070103\t7\t8\t9", 1).ignored, ["4"]);
});

test("a head that names no column is left out, and values begin at the active column", () => {
  const found = match("姓名\t成绩\n韩梅梅\t5", 1);
  assert.deepEqual([rows(found), found.headed], [[[2, "12=5"]], true]);
});

test("who is not found, found twice, named twice or contradicts the number is left out and listed", () => {
  const found = match("学号\t姓名\t听写\n2026070199\t赵完全\t1\n2026070103\t韩梅梅\t2\n2026070102\t韩梅梅\t3\n2026070102\t韩梅梅\t4\n2026070101\t李雷\t5\n\t\t");
  assert.deepEqual(rows(found), [[1, "13=5"]]);
  assert.deepEqual(found.problems.map(({ row, problem }) => [row, problem]), [[2, "unknown"], [3, "disagree"], [4, "twice"], [5, "twice"]]);
  assert.deepEqual(match("李雷\t5\n韩梅梅\t6").problems, [{ row: 1, who: "李雷", problem: "ambiguous" }]);
});

test("a block of scores is none of these, however much its first column looks like numbers", () => {
  const short = [{ id: 1, number: "1", name: "A B" }, { id: 2, number: "2", name: "C D" }, { id: 3, number: "3", name: "E F" }];
  assert.equal(match("1\t2\n2\t3\n3\t1", 0, short), null);
  assert.deepEqual(rows(match("No.\tUnit test 1\n1\t2\n2\t3", 0, short)), [[1, "12=2"], [2, "12=3"]]);
  assert.deepEqual(rows(match("1\tA B\t7\n2\tC D\t8", 0, short)), [[1, "11=7"], [2, "11=8"]]);
  assert.equal(match("85\t90\n70\t缺考"), null);
  assert.equal(match("2026070101\n2026070102"), null, "there is nothing beside the numbers");
});
