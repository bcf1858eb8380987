// The grid of a class of 60 with 30 more columns, in a browser: how long it takes to open, what a typed score costs, how
// evenly it scrolls, and how long a block of 60 × 20 takes until all of it is saved and shown. Bounded: about a minute.
//
//   NODE_PATH=static/node_modules node bench/grid.mjs
import { bigClass } from "../e2e/big_class.mjs";
import { Client, Grid, launch, visit } from "../e2e/harness.mjs";
import { Server, folder, machine, measured, ms, percentile, target } from "./harness.mjs";

const [PUPILS, DRAFTS, BLOCK, OPENINGS, TYPED, FRAMES] = [60, 30, 20, 5, 30, 180];
const PASTED_MS = 1000;

const middle = (values) => percentile(values, 0.5);
const high = (values) => percentile(values, 0.95);

await measured(async () => {
  console.log(machine());
  const server = await Server.start(await folder(), {}, ["--demo"]);
  const base = `http://127.0.0.1:${server.port}`;
  const admin = await Client.signIn(base, "demo.admin");
  const { id, columns } = await bigClass(admin, { pupils: PUPILS, drafts: DRAFTS });
  const { students } = await admin.gradebook(id);
  const browser = await launch();
  try {
    const visitor = await visit(browser, base);
    const { page } = visitor;
    await visitor.signIn("demo.admin", "/");
    const opened = [];
    for (let n = 0; n < OPENINGS; n++) {
      await page.goto(`${base}/courses/${id}`);
      await page.waitForSelector("#grid[data-ready]");
      opened.push(await page.evaluate(() => performance.now()));
    }
    const grid = new Grid(page);

    // from the key to the next frame, Enter among the keys
    await page.evaluate(() => {
      window.keys = [];
      window.addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - timeStamp), 0)), { capture: true });
    });
    await grid.cell(students[0].id, columns[0]).click();
    for (let n = 0; n < TYPED; n++) {
      await page.keyboard.type(String(40 + n), { delay: 20 });
      await page.keyboard.press("Enter");
    }
    await grid.settled();
    const keys = await page.evaluate(() => window.keys);

    const frames = await page.evaluate((count) => new Promise((done) => {
      const holder = document.querySelector(".tabulator-tableholder");
      const [room, wide] = [holder.scrollHeight - holder.clientHeight, holder.scrollWidth - holder.clientWidth];
      const times = [];
      let last = performance.now();
      const step = (now) => {
        times.push(now - last);
        last = now;
        const at = times.length / count;
        holder.scrollTop = room * Math.abs(Math.sin(3 * Math.PI * at));
        holder.scrollLeft = wide * at;
        if (times.length < count) requestAnimationFrame(step);
        else done(times.slice(1));
      };
      requestAnimationFrame(step);
    }), FRAMES);

    await grid.cell(students[0].id, columns[0]).click();
    const rows = students.map((_, r) => Array.from({ length: BLOCK }, (_unused, c) => ((r * 7 + c * 13) % 401) / 4));
    await page.evaluate(([student, column, text]) => {
      window.pasted = new Promise((done) => document.addEventListener("paste", () => {
        const begin = performance.now();
        const look = () => (document.querySelector(`.tabulator-cell[data-student="${student}"][tabulator-field="a${column}"] .cell-text`).textContent === text
          && document.querySelector(".save-status").dataset.state === "saved" ? done(performance.now() - begin) : requestAnimationFrame(look));
        requestAnimationFrame(look);
      }, { capture: true, once: true }));
    }, [students.at(-1).id, columns[BLOCK - 1], String(rows.at(-1).at(-1))]);
    await grid.paste(`${rows.map((row) => row.join("\t")).join("\r\n")}\r\n`);
    const pasted = await page.evaluate(() => window.pasted);
    const book = await admin.gradebook(id);
    const wrong = students.filter((pupil, r) => rows[r].some((value, c) => book.mark(columns[c], pupil.id) !== value)).length;
    if (wrong) throw new Error(`${wrong} rows of the block are wrong`);

    console.table([
      { what: `opened, ${PUPILS} × ${DRAFTS} and more`, median: ms(middle(opened)), "95 %": ms(high(opened)), most: ms(Math.max(...opened)) },
      { what: "a key until the next frame", median: ms(middle(keys)), "95 %": ms(high(keys)), most: ms(Math.max(...keys)) },
      { what: "a frame while scrolling", median: ms(middle(frames)), "95 %": ms(high(frames)), most: ms(Math.max(...frames)) },
      { what: `${PUPILS} × ${BLOCK} pasted, saved, shown`, median: ms(pasted), "95 %": "-", most: "-" },
    ]);
    target(`a block within ${PASTED_MS} ms`, pasted < PASTED_MS);
  } finally {
    await browser.close();
  }
});
