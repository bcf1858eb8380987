import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "node:test";
import { load, root } from "./helpers.mjs";

const { parseEntry, decimalText, units, addDecimals, compareMarks } = await load("src/grid/entry.ts");
const { parseTsv, formatTsv, layBlock } = await load("src/grid/tsv.ts");
const { patchBody } = await load("src/grid/api.ts");

const value = (text, limit = "100") => {
  const entry = parseEntry(text, limit);
  return entry.ok ? (entry.mark.value ?? entry.mark.status) : entry.problem;
};

test("a typed value stays exact decimal text", () => {
  assert.equal(value("71.50"), "71.5");
  assert.equal(value("071.5000"), "71.5");
  assert.equal(value(".5"), "0.5");
  assert.equal(value("85."), "85");
  assert.equal(value("0"), "0");
  assert.equal(value("0.1234"), "0.1234");
  assert.equal(value("99999999999.9999", "99999999999.9999"), "99999999999.9999");
  assert.equal(value("-0"), "0");
});

test("full-width digits and the Chinese full stop", () => {
  assert.equal(value("８５．５"), "85.5");
  assert.equal(value("85。5"), "85.5");
  assert.equal(value("　90 "), "90");
});

test("status codes", () => {
  for (const [text, status] of [["缺考", "absent"], ["abs", "absent"], ["ABSENT", "absent"], ["免考", "excused"], ["ex", "excused"], ["excused", "excused"], ["未交", "missing"], ["mi", "missing"], ["ＭＩ", "missing"], ["", "blank"], ["  ", "blank"]]) assert.equal(value(text), status, text);
});

test("what is refused", () => {
  for (const [text, problem] of [["850", "above_maximum"], ["100.0001", "above_maximum"], ["-1", "negative"], ["1.23456", "too_many_decimals"], ["1,5", "not_a_number"], ["1e2", "not_a_number"], ["abc", "not_a_number"], [".", "not_a_number"], ["1.2.3", "not_a_number"], ["NaN", "not_a_number"], ["0x10", "not_a_number"]]) assert.equal(value(text), problem, text);
  assert.equal(value("102", addDecimals("100", "2.5")), "102");
  assert.equal(value("102.5001", addDecimals("100", "2.5")), "above_maximum");
});

test("values compare and convert without floats", () => {
  assert.equal(units("0.0001"), 1n);
  assert.equal(units("-1.5"), -15000n);
  assert.equal(addDecimals("0.1", "0.2"), "0.3");
  assert.equal(decimalText(71.5), "71.5");
  assert.equal(decimalText("93.8300"), "93.83");
  assert.equal(decimalText(100), "100");
  assert.ok(compareMarks({ status: "scored", value: "9" }, { status: "scored", value: "10" }) < 0);
});

test("the body of a save carries the typed number", () => {
  const body = patchBody([
    { key: "1:2", version: 3, mark: { status: "scored", value: "99999999999.9999" } },
    { key: "1:3", version: 0, mark: { status: "blank", value: null } },
    { key: "1:4", version: 1, mark: { status: "absent", value: null } },
  ], "批改\"有误");
  assert.equal(body, '{"edits":[{"assessment_id":1,"student_id":2,"version":3,"value":99999999999.9999},{"assessment_id":1,"student_id":3,"version":0,"status":"blank"},{"assessment_id":1,"student_id":4,"version":1,"status":"absent"}],"reason":"批改\\"有误"}');
});

test("a block from Excel: exactly one trailing line break goes", () => {
  assert.deepEqual(parseTsv("1\t2\r\n3\t4\r\n"), [["1", "2"], ["3", "4"]]);
  assert.deepEqual(parseTsv("1\n\n"), [["1"], [""]]);
  assert.deepEqual(parseTsv("85"), [["85"]]);
  assert.deepEqual(parseTsv("1\t\t3"), [["1", "", "3"]]);
  assert.deepEqual(parseTsv('"a\nb"\t2\r\n'), [["a b", "2"]]);
  assert.deepEqual(parseTsv('"say ""hi"""\tx'), [['say "hi"', "x"]]);
  assert.deepEqual(parseTsv('5" disk\t1'), [['5" disk', "1"]]);
  assert.equal(formatTsv([["1", "a\tb"], ["2", ""]]), "1\ta b\r\n2\t");
});

test("one value fills a selection, a block repeats only when it fits", () => {
  assert.deepEqual(layBlock([["7"]], 2, 2), [["7", "7"], ["7", "7"]]);
  assert.deepEqual(layBlock([["1"], ["2"]], 4, 1), [["1"], ["2"], ["1"], ["2"]]);
  assert.deepEqual(layBlock([["1"], ["2"]], 3, 1), [["1"], ["2"]]);
});

test("both languages have the same texts, with the same places, and no text is missing", async () => {
  const en = JSON.parse(await readFile(path.join(root, "messages.en.json"), "utf8"));
  const zh = JSON.parse(await readFile(path.join(root, "messages.zh-CN.json"), "utf8"));
  assert.deepEqual(Object.keys(en), Object.keys(zh));
  for (const key of Object.keys(en)) {
    assert.match(key, /^[a-z][a-z0-9-]*$/);
    const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).filter((name) => name !== "count").sort();
    assert.deepEqual(places(en[key]), places(zh[key]), key);
  }
  const sources = [];
  const walk = (dir) => {
    for (const item of readdirSync(dir, { withFileTypes: true })) {
      if (item.isDirectory()) walk(path.join(dir, item.name));
      else sources.push(readFileSync(path.join(dir, item.name), "utf8"));
    }
  };
  walk(path.join(root, "src"));
  const used = new Set();
  for (const text of sources) {
    for (const [, key] of text.matchAll(/\bt\(\s*"([a-z0-9-]+)"/g)) used.add(key);
    for (const [, key] of text.matchAll(/\btn\(\s*"([a-z0-9-]+)"/g)) used.add(`${key}-one`).add(`${key}-other`);
  }
  for (const key of used) assert.ok(key in en, `no text for ${key}`);
});
