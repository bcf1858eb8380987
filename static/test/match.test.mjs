// Blocks whose rows say whose they are.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./helpers.mjs";

const { matchBlock } = await load("src/grid/match.ts");
const pupils = [
  { id: 1, number: "2026070101", name: "李雷" }, { id: 2, number: "2026070102", name: "韩梅梅" },
  { id: 3, number: "2026070103", name: "Grace Marsh" }, { id: 4, number: "2026070104", name: "李雷" },
];
const target = (id, title, max) => ({ id, titles: [title], max });
const targets = [target(11, "第一次作业", "10"), target(12, "Unit test 1", "100"), target(13, "听写", "20")];
const match = (text, from = 0, of = pupils, to = targets) => matchBlock(text.split("\n").map((line) => line.split("\t")), of, to, from);
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

test("a head goes to the column of its title alone; brackets and slashes are part of it, unless they say its maximum", () => {
  const heads = (names, to, from = 0) => {
    const found = match(`姓名\t${names.join("\t")}\n韩梅梅\t${names.map((_, n) => n + 1).join("\t")}`, from, pupils, to);
    return [found.rows[0].texts.map(({ assessment, text }) => `${assessment}=${text}`), found.ignored];
  };
  const month = [target(1, "第一次作业", "10"), target(2, "月考（10月）", "100")];
  assert.deepEqual(heads(["月考（9月）"], month, 1), [[], ["月考（9月）"]]);
  assert.deepEqual(heads(["月考(10月)"], month), [["2=1"], []]);
  assert.deepEqual(heads(["月考（10月）(100)", "月考（9月）"], month), [["2=1"], ["月考（9月）"]]);
  const quiz = [target(1, "Quiz 9/12", "20"), target(2, "Quiz 9/19", "20"), target(3, "Quiz 4.5", "20")];
  assert.deepEqual(heads(["Quiz 9/19", "quiz 9/12 / 20"], quiz), [["2=1", "1=2"], []]);
  assert.deepEqual(heads(["Quiz 9/26", "Quiz 45"], quiz), [[], ["Quiz 9/26", "Quiz 45"]]);
  assert.deepEqual(heads(["第一次作业（满分 10 分）", "听写/100"], targets), [["11=1"], ["听写/100"]]);
  // as it is before without the maximum; what may mean two, or two of one, mean none
  const final = [target(1, "Final", "100"), target(2, "Final (100)", "100")];
  assert.deepEqual(heads(["Final (100)", "Final"], final), [["2=1", "1=2"], []]);
  assert.deepEqual(heads(["Final / 100"], final), [[], ["Final / 100"]]);
  assert.deepEqual(heads(["Final"], [target(1, "Final (100)", "100"), target(2, "Final / 50", "50")]), [[], ["Final"]]);
  assert.deepEqual(heads(["听写", "听写", "Unit test 1"], targets), [["12=3"], ["听写", "听写"]]);
});

test("several columns whose heads are no titles are not pasted by position", () => {
  const found = match("姓名\t语文\t数学\n韩梅梅\t5\t6", 1);
  assert.deepEqual([rows(found), found.columns, found.ignored], [[[2]], [], ["语文", "数学"]]);
  assert.deepEqual(match("姓名\t成绩\t\n韩梅梅\t5\t", 1).columns, [12], "an empty column is none");
  assert.deepEqual(match("姓名\t成绩\t学号\n韩梅梅\t5\t2026070102", 1).columns, [], "values stand behind the keys");
});

test("scores are not taken for numbers: not under a title, not where names say otherwise, not without their point", () => {
  const short = [1, 2, 3].map((n) => ({ id: n, number: `${n}`, name: ["A B", "C D", "E F"][n - 1] }));
  assert.deepEqual(rows(match("听写\tName\n3\tA B\n1\tC D\n2\tE F", 0, short)), [[1, "13=3"], [2, "13=1"], [3, "13=2"]]);
  assert.deepEqual(match("听写\tUnit test 1\n1\t3\n2\t1", 0, short), null);
  const found = match("A B\t3\nC D\t1\nE F\t2", 0, short);
  assert.deepEqual([rows(found), found.by], [[[1, "11=3"], [2, "11=1"], [3, "11=2"]], "name"]);
  const said = match("No.\tName\t听写\n3\tA B\t1\n2\tC D\t2", 0, short);
  assert.deepEqual([rows(said), said.problems.map(({ problem }) => problem)], [[[2, "13=2"]], ["disagree"]]);
  const dotted = [{ id: 1, number: "45", name: "A B" }, { id: 2, number: "35", name: "C D" }];
  assert.equal(match("No.\t听写\n4.5\t7\n3.5\t8", 0, dotted), null);
});
