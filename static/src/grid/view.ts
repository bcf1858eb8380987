/** The table: Tabulator draws rows, frozen columns, sorting and filtering; cells show what the store says. */
import {
  ColumnCalcsModule, FilterModule, FormatModule, FrozenColumnsModule, InteractionModule, ResizeColumnsModule,
  SortModule, Tabulator, type CellComponent, type ColumnDefinition,
} from "tabulator-tables";
import { announce, flash, h, reducedMotion, write } from "../common/dom.ts";
import { locale, t, timeText } from "../common/i18n.ts";
import { compareMarks, compareTotals, type Mark } from "./entry.ts";
import { fixed2, Feet, footLabels } from "./feet.ts";
import { foldButton, foldedHead, markHead, plainHead } from "./heads.ts";
import type { Folding } from "./folding.ts";
import { localDay, openingColumn } from "./opening.ts";
import { numberCells, repairRoles } from "./roles.ts";
import { nameText } from "./stays.ts";
import { followHeads, keepClear } from "./scroll.ts";
import { markWidths, roomBeside } from "./widths.ts";
import { keyOf, partsOf, type Assessment, type CellKey, type Store } from "./store.ts";

Tabulator.registerModule([
  ColumnCalcsModule, FilterModule, FormatModule, FrozenColumnsModule, InteractionModule, ResizeColumnsModule, SortModule,
]);

export const ROW_HEIGHT = 33;

export type Kind = "gradebook" | "sheet";

/** A place on the screen: a pupil's row and a column's field. */
export interface Spot { student: number; field: string }

export const fieldOf = (assessment: number): string => `a${assessment}`;
/** A folded category's column. */
export const foldedField = (category: number): string => `c${category}`;
export const categoryOf = (field: string): number | null => (/^c\d+$/.test(field) ? Number(field.slice(1)) : null);
export const assessmentOf = (field: string): number | null => (/^a\d+$/.test(field) ? Number(field.slice(1)) : null);

export function markText(mark: Mark): string {
  return mark.status === "scored" ? (mark.value ?? "") : mark.status === "blank" ? "" : t(`grid-status-${mark.status}`);
}

export interface ViewHooks {
  openColumnMenu(assessment: Assessment, button: HTMLElement, byMouse: boolean): void;
  /** A category keeps its columns, because something in them is not saved. */
  notFolded(name: string): void;
  /** Rows were sorted, filtered or rebuilt. */
  rearranged(): void;
}

export class View {
  readonly holder: HTMLElement;
  private table!: Tabulator;
  private built = false;
  private elements = new Map<string, HTMLElement>();
  private readonly feet: Feet;
  private order: number[] = [];
  fields: string[] = [];
  private filterText = "";

  constructor(private readonly kind: Kind, private readonly store: Store, private readonly hooks: ViewHooks, private readonly label: string, private readonly folding: Folding) {
    this.holder = h("div", { class: "grid-table" });
    this.feet = new Feet(store);
  }

  build(): Promise<void> {
    return new Promise((done) => {
      this.collator = new Intl.Collator(locale() === "zh-CN" ? "zh-CN-u-co-pinyin" : locale(), { numeric: true });
      this.table = new Tabulator(this.holder, {
        data: this.rows(),
        index: "id",
        columns: this.columns(),
        layout: "fitData",
        height: "100%",
        rowHeight: ROW_HEIGHT,
        renderVertical: "basic", // a class is small, and a cell must not vanish under the cursor
        initialSort: [{ column: "number", dir: "asc" }],
        headerSortElement: () => "",
        columnHeaderSortMulti: false,
        placeholder: () => h("p", { class: "grid-placeholder" }, t(this.filterText ? "grid-no-match" : "grid-no-students")) as unknown as string,
        rowFormatter: (row) => { row.getElement().dataset["student"] = String((row.getData() as { id: number }).id); },
      });
      this.table.on("tableBuilt", () => {
        this.built = true;
        repairRoles(this.holder, this.scroller, this.label);
        this.refreshOrder();
        this.scroller.addEventListener("scroll", () => this.holder.classList.toggle("is-scrolled", this.scroller.scrollLeft > 0), { passive: true });
        followHeads(this.holder, this.scroller);
        done();
      });
      this.table.on("dataSorted", () => this.later());
      this.table.on("dataFiltered", () => this.later());
    });
  }
  private collator = new Intl.Collator();

  private rearrangeQueued = false;
  private later(): void {
    if (!this.built || this.rearrangeQueued) return;
    this.rearrangeQueued = true;
    queueMicrotask(() => {
      this.rearrangeQueued = false;
      this.refreshOrder();
      this.hooks.rearranged();
    });
  }

  /** The cells are being replaced: an input in one of them loses the focus though nobody has left it. */
  redrawing = false;

  /** Pupils or columns have changed: draw again. */
  async rebuild(): Promise<void> {
    if (!this.built) return;
    this.redrawing = true;
    try {
      await this.redraw();
    } finally {
      this.redrawing = false;
    }
    this.hooks.rearranged();
  }

  private async redraw(): Promise<void> {
    const { scrollLeft: left, scrollTop: top } = this.scroller;
    const sorted = this.table.getSorters().map(({ field, dir }) => ({ column: field, dir }));
    this.elements.clear();
    this.feet.clear();
    this.table.setColumns(this.columns());
    await this.table.setData(this.rows());
    if (sorted.length && sorted.every((s) => this.table.getColumn(s.column))) this.table.setSort(sorted);
    this.scroller.scrollLeft = left;
    this.scroller.scrollTop = top;
    repairRoles(this.holder, this.scroller, this.label);
    this.refreshOrder();
  }

  get scroller(): HTMLElement {
    return this.holder.querySelector<HTMLElement>(".tabulator-tableholder")!;
  }

  get students(): readonly number[] {
    return this.order;
  }

  elementAt(spot: Spot): HTMLElement | undefined {
    return this.elements.get(`${spot.student}/${spot.field}`);
  }

  spotOf(target: EventTarget | null): Spot | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>(".tabulator-cell[data-student]") : null;
    const field = cell?.getAttribute("tabulator-field");
    return cell && field && this.fields.includes(field) ? { student: Number(cell.dataset["student"]), field } : null;
  }

  headerButton(field: string): HTMLElement | null {
    const head = this.holder.querySelector<HTMLElement>(`.tabulator-col[tabulator-field="${field}"]`);
    return head?.querySelector<HTMLElement>(".col-menu") ?? head?.querySelector<HTMLElement>(".col-fold") ?? null;
  }

  sortBy(field: string, direction: "asc" | "desc"): void {
    this.table.setSort(field, direction);
  }

  sorting(): { field: string; dir: "asc" | "desc" } | null {
    const [first] = this.built ? this.table.getSorters() : [];
    return first ? { field: first.field, dir: first.dir } : null;
  }

  filter(text: string): void {
    this.filterText = text.trim();
    const wanted = this.filterText.toLowerCase();
    if (!wanted) this.table.clearFilter(true);
    else this.table.setFilter((row: { number: string; name: string }) => row.number.toLowerCase().includes(wanted) || row.name.toLowerCase().includes(wanted));
  }

  reveal(spot: Spot): void {
    const cell = this.elementAt(spot);
    if (cell) keepClear(this.holder, this.scroller, cell);
  }

  paint(keys: Iterable<CellKey>, flashed = false): void {
    let hidden = false;
    for (const key of keys) {
      const [assessment, student] = partsOf(key);
      const element = this.elements.get(`${student}/${fieldOf(assessment)}`);
      if (!element && this.folding.reopened(assessment)) hidden = true;
      if (!element) continue;
      this.paintCell(element, student, fieldOf(assessment));
      if (flashed && !reducedMotion()) flash(element);
    }
    // an undo has put something into a folded column that is still to be saved
    if (hidden) void this.rebuild();
  }

  paintTotals(): void {
    for (const student of this.store.students) {
      for (const name of [...this.fields.filter((field) => categoryOf(field) !== null), ...this.totalFields()]) {
        const element = this.elements.get(`${student.id}/${name}`);
        if (element) this.paintCell(element, student.id, name);
      }
    }
    for (const assessment of this.store.assessments) this.feet.paint(assessment.id);
  }

  textAt(spot: Spot): string {
    const assessment = assessmentOf(spot.field);
    if (assessment === null) return this.totalText(spot.student, spot.field);
    const cell = this.store.cell(keyOf(assessment, spot.student));
    return cell.raw ?? markText(cell.draft ?? cell.server);
  }

  labelAt(spot: Spot): string {
    const student = this.store.student(spot.student)?.name ?? "";
    const assessment = assessmentOf(spot.field);
    const column = assessment === null ? this.totalName(spot.field) : this.titleOf(this.store.assessment(assessment));
    const elsewhere = assessment !== null && this.store.wasElsewhere(assessment, spot.student);
    const text = this.textAt(spot) || t(elsewhere ? "grid-cell-elsewhere" : "grid-cell-blank");
    const cell = assessment === null ? null : this.store.cell(keyOf(assessment, spot.student));
    const state = cell && cell.state !== "clean" ? t(`grid-state-${cell.state}`) : "";
    const open = assessment !== null && this.store.amendments.get(keyOf(assessment, spot.student));
    const request = open ? t(`grid-cell-${open.kind}`) : "";
    const readOnly = assessment !== null && !this.store.assessment(assessment)?.editable ? t("grid-cell-read-only") : "";
    return [student, column, text, state, cell?.problem, request, readOnly, assessment === null ? "" : this.store.shownComment(keyOf(assessment, spot.student))].filter(Boolean).join(", ");
  }

  titleOf(assessment: Assessment | undefined): string {
    return assessment ? (this.kind === "sheet" && assessment.subject ? assessment.subject : assessment.title) : "";
  }

  openingField(): string {
    const column = openingColumn(this.store.assessments, this.kind === "sheet", localDay(new Date()));
    return column ? fieldOf(column.id) : "";
  }

  totalFields(): string[] {
    if (this.kind === "sheet") return ["total", "mean", "rank"];
    const letters = [...this.store.totals.values()].some((total) => total["letter"]);
    return letters ? ["current", "final", "letter"] : ["current", "final"];
  }

  private rows(): { id: number; number: string; name: string }[] {
    return this.store.students.map((s) => ({ id: s.id, number: s.number, name: s.name }));
  }

  /** What the column of a total or of a folded category is called. */
  totalName(field: string): string {
    const category = categoryOf(field);
    return category === null ? t(`grid-total-${field}`) : (this.store.categories.get(category) ?? "");
  }

  private totalText(student: number, field: string): string {
    const category = categoryOf(field);
    if (category !== null) return fixed2(this.store.subtotals.get(student)?.get(category));
    const value = this.store.totals.get(student)?.[field] ?? null;
    if (field === "letter" || field === "rank") return value ?? "";
    return this.kind === "sheet" && field === "total" ? (value ?? "") : fixed2(value);
  }

  private columns(): ColumnDefinition[] {
    const narrow = window.innerWidth < 600;
    const byNumber = (a: string, b: string): number => this.collator.compare(a, b);
    const fixed: ColumnDefinition[] = [
      {
        title: t("grid-column-number"), field: "number", frozen: !narrow, width: 108, resizable: false, cssClass: "col-number",
        sorter: byNumber, titleFormatter: () => plainHead(t("grid-column-number")), formatter: (cell) => this.text(cell, "number"),
        bottomCalc: () => "", bottomCalcFormatter: () => "",
      },
      {
        title: t("grid-column-name"), field: "name", frozen: true, width: narrow ? 92 : 136, resizable: "header", cssClass: "col-name",
        sorter: byNumber, titleFormatter: () => plainHead(t("grid-column-name")), formatter: (cell) => this.text(cell, "name"),
        bottomCalc: () => "", bottomCalcFormatter: () => footLabels(),
      },
    ];
    // on a phone the number gives its place up to the name and scrolls away
    if (narrow) fixed.reverse();
    // what a teacher sees counts drafts, what a student sees does not
    const note = this.kind === "gradebook" && this.store.assessments.some(({ state }) => state === "draft") ? "draft-note" : "note";
    const totals = this.totalFields().map((field, index): ColumnDefinition => ({
      title: t(`grid-total-${field}`), field, width: field === "letter" || field === "rank" ? 76 : note === "draft-note" ? 148 : this.kind === "gradebook" ? 112 : 96, resizable: false,
      cssClass: `col-total${index === 0 ? " is-first-total" : ""}`,
      titleFormatter: () => plainHead(t(`grid-total-${field}`), this.kind === "gradebook" && field !== "letter" ? t(`grid-total-${field}-${note}`) : ""),
      formatter: (cell) => this.content(cell, field),
      sorter: (_a, _b, x, y, _column, dir) => this.compareTotals(field, (x.getData() as { id: number }).id, (y.getData() as { id: number }).id, dir),
      bottomCalc: () => "", bottomCalcFormatter: () => "",
    }));
    const folded = new Set<number>();
    const open = this.store.assessments.filter(({ categoryId }) => !this.folding.isFolded(categoryId));
    const widths = markWidths(open.map((one) => this.titleOf(one)), this.kind === "sheet" && !narrow ? 144 : 124, narrow ? 0 : roomBeside([...fixed, ...totals]));
    const marks = this.store.assessments.flatMap((assessment): ColumnDefinition[] => {
      const { categoryId } = assessment;
      if (!this.folding.isFolded(categoryId)) return [this.markColumn(assessment, widths[open.indexOf(assessment)]!)];
      if (folded.has(categoryId)) return [];
      folded.add(categoryId);
      return [this.foldedColumn(categoryId)];
    });
    this.fields = [...marks, ...totals].map((column) => column.field!);
    return [...fixed, ...marks, ...totals];
  }

  private markColumn(assessment: Assessment, width: number): ColumnDefinition {
    const field = fieldOf(assessment.id);
    return {
      title: assessment.title, field, width, minWidth: 84, resizable: "header",
      cssClass: `col-mark${assessment.editable ? "" : " is-read-only"}`,
      titleFormatter: () => markHead(assessment, this.titleOf(assessment), (button, byMouse) => this.hooks.openColumnMenu(assessment, button, byMouse), this.foldOf(assessment)),
      formatter: (cell) => this.content(cell, field),
      sorter: (_a, _b, x, y, _column, dir) => compareMarks(
        this.store.shown(keyOf(assessment.id, (x.getData() as { id: number }).id)),
        this.store.shown(keyOf(assessment.id, (y.getData() as { id: number }).id)),
        dir,
      ),
      bottomCalc: () => "",
      bottomCalcFormatter: () => this.feet.cell(assessment.id),
    };
  }

  /** A folded category: its subtotal, and the way back. */
  private foldedColumn(category: number): ColumnDefinition {
    const field = foldedField(category);
    return {
      title: this.totalName(field), field, width: 124, resizable: false, cssClass: "col-total col-folded",
      titleFormatter: () => foldedHead(category, this.totalName(field), this.folding.columnsOf(category).length, () => void this.fold(category)),
      formatter: (cell) => this.content(cell, field),
      sorter: (_a, _b, x, y, _column, dir) => this.compareTotals(field, (x.getData() as { id: number }).id, (y.getData() as { id: number }).id, dir),
      bottomCalc: () => "", bottomCalcFormatter: () => "",
    };
  }

  /** The button over a column that folds its category. */
  private foldOf({ categoryId }: Assessment): HTMLElement | null {
    if (this.kind !== "gradebook" || !this.folding.offered) return null;
    return foldButton(categoryId, this.store.categories.get(categoryId) ?? "", true, () => void this.fold(categoryId));
  }

  /** Folds a category to its subtotal, or unfolds it; the button keeps the focus. */
  async fold(category: number): Promise<void> {
    const name = this.store.categories.get(category) ?? "";
    if (!this.folding.toggle(category)) {
      this.hooks.notFolded(name);
      return;
    }
    await this.rebuild();
    const button = this.holder.querySelector<HTMLElement>(`.col-fold[data-category="${category}"]`);
    button?.focus({ preventScroll: true });
    announce(t(this.folding.isFolded(category) ? "grid-folded" : "grid-unfolded", { name }));
  }

  private compareTotals(field: string, a: number, b: number, dir: "asc" | "desc"): number {
    const category = categoryOf(field);
    const of = (student: number): string | null => (category === null ? this.store.totals.get(student)?.[field] : this.store.subtotals.get(student)?.get(category)) ?? null;
    return compareTotals(of(a), of(b), dir, field === "letter" ? this.collator : null);
  }

  private text(cell: CellComponent, kind: "number" | "name"): string | HTMLElement {
    const element = cell.getElement();
    if (kind === "name") element.setAttribute("role", "rowheader");
    const text = String(cell.getValue() ?? "");
    return kind === "name" ? nameText(text, this.store.student((cell.getRow().getData() as { id: number }).id)) : h("span", { class: "cell-text" }, text);
  }

  private content(cell: CellComponent, field: string): HTMLElement | string {
    const student = (cell.getRow().getData() as { id: number }).id;
    const element = cell.getElement();
    element.dataset["student"] = String(student);
    this.elements.set(`${student}/${field}`, element);
    const span = h("span", { class: "cell-text" });
    // the formatter runs before its result is in the cell: fill this one, then keep it up to date in place
    this.fill(element, span, student, field);
    return span;
  }

  private paintCell(element: HTMLElement, student: number, field: string): void {
    const span = element.querySelector<HTMLElement>(".cell-text");
    if (span) this.fill(element, span, student, field);
  }

  private fill(element: HTMLElement, span: HTMLElement, student: number, field: string): void {
    const spot = { student, field };
    const text = this.textAt(spot);
    if (span.textContent !== text) span.textContent = text;
    write(element, "aria-label", this.labelAt(spot));
    const assessment = assessmentOf(field);
    if (assessment === null) return;
    const cell = this.store.cell(keyOf(assessment, student));
    const mark = cell.draft ?? cell.server;
    write(element, "data-state", cell.state);
    element.classList.toggle("is-status", cell.raw === null && mark.status !== "scored" && mark.status !== "blank");
    const comment = cell.remark ?? cell.comment;
    element.classList.toggle("has-comment", comment !== "");
    const open = this.store.amendments.get(keyOf(assessment, student));
    element.classList.toggle("has-request", !!open);
    const elsewhere = text === "" && this.store.wasElsewhere(assessment, student);
    element.classList.toggle("is-elsewhere", elsewhere);
    write(element, "title", cell.problem || (open && t(`grid-cell-${open.kind}`)) || comment || (cell.updatedBy ? t("grid-cell-by", { name: cell.updatedBy, time: timeText(cell.updatedAt) }) : elsewhere ? t("grid-cell-elsewhere") : ""));
  }

  private refreshOrder(): void {
    this.order = this.table.getRows("active").map((row) => (row.getData() as { id: number }).id);
    numberCells(this.holder, this.order, this.store.students.length);
  }
}
