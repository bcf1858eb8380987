/**
 * Charts of an exam's analysis. Each is drawn from the table beside it, when it comes into view or the page
 * is printed; without script the table alone is there.
 *
 *   <figure data-chart="histogram|bands"> <div class="chart-canvas" hidden><canvas></canvas></div>
 *     <details open> <table> … <tr data-whole> <td data-value="12">12</td>
 */
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";
import type { ChartDataset } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

interface Table {
  heads: string[];
  rows: { name: string; whole: boolean; values: number[]; texts: string[] }[];
}

const text = (element: Element | null | undefined): string => (element?.textContent ?? "").trim();

function read(table: HTMLTableElement): Table {
  return {
    heads: [...table.querySelectorAll("thead th")].slice(1).map(text),
    rows: [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")].map((row) => {
      const cells = [...row.querySelectorAll<HTMLElement>("td")];
      return {
        name: text(row.querySelector("th")),
        whole: row.dataset["whole"] !== undefined,
        values: cells.map((cell) => Number(cell.dataset["value"])),
        texts: cells.map(text),
      };
    }),
  };
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const tokens = (names: string[]): string[] => names.map(token);

/** One bar a part of the scale, the classes on top of each other; the whole grade level would count them twice. */
function histogram(table: Table): ChartDataset<"bar", number[]>[] {
  const single = table.rows.filter((row) => !row.whole);
  const classes = single.length ? single : table.rows;
  const colours = tokens(Array.from({ length: 6 }, (_, n) => `chart-${n + 1}`));
  return classes.map((row, n) => ({ label: row.name, data: row.values, backgroundColor: colours[n % colours.length] ?? "" }));
}

/** One bar a class and one for the grade level, parted into bands. */
function bands(table: Table): ChartDataset<"bar", number[]>[] {
  const colours = tokens(["band-excellent", "band-good", "band-pass", "band-below"]);
  return table.heads.map((head, n) => ({ label: head, data: table.rows.map((row) => row.values[n] ?? 0), backgroundColor: colours[n] ?? "" }));
}

function draw(figure: HTMLElement): Chart | undefined {
  const box = figure.querySelector<HTMLElement>(".chart-canvas");
  const canvas = figure.querySelector("canvas");
  const source = figure.querySelector("table");
  if (!box || !canvas || !source) return undefined;
  const table = read(source);
  const lying = figure.dataset["chart"] === "bands";
  const datasets = lying ? bands(table) : histogram(table);
  box.hidden = false;
  const [line, muted] = tokens(["line", "text-muted"]);
  const ticks = { color: muted ?? "", font: { family: "inherit", size: 11 } };
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels: lying ? table.rows.map((row) => row.name) : table.heads, datasets },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      scales: {
        x: { stacked: true, ...(lying ? { min: 0, max: 100 } : {}), grid: { display: lying, color: line ?? "" }, border: { display: false }, ticks: lying ? { ...ticks, callback: (value) => `${value}%` } : ticks },
        y: { stacked: true, beginAtZero: true, grid: { display: !lying, color: line ?? "" }, border: { display: false }, ticks: lying ? ticks : { ...ticks, precision: 0 } },
      },
      plugins: {
        legend: { position: "bottom", labels: { color: muted ?? "", boxWidth: 10, boxHeight: 10, font: { family: "inherit", size: 11 } } },
        tooltip: {
          callbacks: {
            label: ({ dataset, datasetIndex, dataIndex, formattedValue }) =>
              `${dataset.label ?? ""}: ${lying ? (table.rows[dataIndex]?.texts[datasetIndex] ?? formattedValue) : formattedValue}`,
          },
        },
      },
    },
  });
  // What was drawn, for whoever compares it with the table.
  figure.dataset["drawn"] = JSON.stringify(datasets.map((one) => one.data));
  return chart;
}

const charts = new Map<HTMLElement, Chart>();

function show(figure: HTMLElement): void {
  if (charts.has(figure)) return;
  const chart = draw(figure);
  if (chart) charts.set(figure, chart);
}

function start(): void {
  const figures = [...document.querySelectorAll<HTMLElement>("figure[data-chart]")];
  const inView = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        inView.unobserve(target);
        show(target as HTMLElement);
      }
    },
    { rootMargin: "400px" },
  );
  for (const figure of figures) {
    const box = figure.querySelector<HTMLElement>(".chart-canvas");
    if (box) box.hidden = false;
    figure.querySelector("details")?.removeAttribute("open");
    inView.observe(figure);
  }
  // On paper everything is there, in the paper's colours and width.
  addEventListener("beforeprint", () => {
    for (const figure of figures) show(figure);
    for (const chart of charts.values()) chart.resize();
  });
  addEventListener("afterprint", () => {
    for (const chart of charts.values()) chart.resize();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    // A copy: what is drawn anew is added at the end, and would be met again without end.
    for (const [figure, chart] of [...charts]) {
      chart.destroy();
      charts.delete(figure);
      show(figure);
    }
  });
}

start();
