/** What a teacher does with one column: the menu of its head, and what each entry opens. */
import { announce } from "../common/dom.ts";
import { openMenu, type MenuEntry } from "../common/menu.ts";
import { t, tn } from "../common/i18n.ts";
import type { Api } from "./api.ts";
import { askAssessment } from "./assessment_form.ts";
import { askLock, askPublish, askReason } from "./dialogs.ts";
import { askFill } from "./fill.ts";
import type { Folding } from "./folding.ts";
import type { Grid } from "./grid.ts";
import type { Store, Assessment } from "./store.ts";
import { fieldOf, type Kind, type View } from "./view.ts";

export interface ColumnHooks {
  statistics(assessment: number): void;
  failed(error: unknown): void;
  /** Something was changed: the page is behind. */
  changed(): Promise<void>;
  /** Stands beside the grid until it is closed. */
  say(text: string): void;
}

type Step = "publish" | "unpublish" | "lock" | "unlock";

export class Column {
  constructor(
    private readonly kind: Kind,
    private readonly store: Store,
    private readonly view: View,
    private readonly api: Api,
    private readonly folding: Folding,
    private readonly grid: () => Grid,
    private readonly hooks: ColumnHooks,
  ) {}

  private readonly back = (): void => this.grid().focus();

  /** From the keyboard the focus comes back to the button; who uses the mouse goes on typing scores. */
  menu(assessment: Assessment, button: HTMLElement, byMouse: boolean): void {
    const field = fieldOf(assessment.id);
    const { editable, state, courseId } = assessment;
    const entries: MenuEntry[] = [
      { label: t("grid-sort-descending"), run: () => this.view.sortBy(field, "desc") },
      { label: t("grid-sort-ascending"), run: () => this.view.sortBy(field, "asc") },
    ];
    if (this.kind === "gradebook" && this.folding.offered) {
      const name = this.store.categories.get(assessment.categoryId) ?? "";
      entries.push({ label: t("grid-fold", { name }), run: () => void this.view.fold(assessment.categoryId) });
    }
    entries.push("-", { label: t("grid-statistics-menu"), run: () => this.hooks.statistics(assessment.id) });
    // on a sheet the history of another's column is not one's own to read
    if (courseId && (this.kind === "gradebook" || editable)) {
      entries.push({ label: t("grid-column-history"), run: () => location.assign(`/courses/${courseId}/changes?assessment=${assessment.id}`) });
    }
    if (editable) {
      entries.push("-", { label: t("grid-fill-menu"), run: () => void this.fill(assessment) });
      entries.push({ label: t("grid-entry-list"), run: () => location.assign(`/assessments/${assessment.id}/entry`) });
      if (courseId) entries.push({ label: t("grid-import-menu"), run: () => location.assign(`/courses/${courseId}/import`) });
      entries.push({ label: t("grid-assessment-menu"), run: () => void this.change(assessment) });
    }
    if (editable || state === "locked") {
      entries.push("-");
      if (state === "draft") entries.push({ label: t("grid-publish-menu"), run: () => void this.afterLook(assessment, "publish") });
      if (state === "published") {
        entries.push({ label: t("grid-unpublish-menu"), run: () => void this.withReason(assessment, "unpublish") });
        entries.push({ label: t("grid-lock-menu"), run: () => void this.afterLook(assessment, "lock") });
      }
      if (state === "locked") entries.push({ label: t("grid-unlock-menu"), run: () => void this.withReason(assessment, "unlock") });
    }
    openMenu(button, entries, this.view.titleOf(assessment), () => (button.isConnected && !byMouse ? button.focus() : this.back()));
  }

  private async fill(assessment: Assessment): Promise<void> {
    const shown = this.view.students;
    const filled = await askFill(this.view.titleOf(assessment), assessment, this.store, shown, this.back);
    if (!filled) return;
    const changed = this.grid().fillColumn(assessment, shown, filled.mark, filled.all);
    announce(tn("grid-filled", changed));
    if (changed === 0) this.hooks.say(tn("grid-filled", 0));
  }

  private async change(assessment: Assessment): Promise<void> {
    const changed = await askAssessment(this.view.titleOf(assessment), assessment, (change) => this.api.changeAssessment(assessment.id, change), this.back);
    if (!changed) return;
    announce(t("grid-assessment-changed"));
    await this.hooks.changed();
  }

  private async afterLook(assessment: Assessment, action: "publish" | "lock"): Promise<void> {
    try {
      const preflight = await this.api.preflight(assessment.id);
      const ask = { publish: askPublish, lock: askLock }[action];
      if (await ask(this.view.titleOf(assessment), preflight, this.back)) await this.step(assessment, action);
    } catch (error) {
      this.hooks.failed(error);
    }
  }

  private async withReason(assessment: Assessment, action: "unpublish" | "unlock"): Promise<void> {
    const title = this.view.titleOf(assessment);
    const reason = await askReason(t(`grid-${action}-title`, { title }), t(`grid-${action}-lead`), t(`grid-${action}`), this.back);
    if (reason) await this.step(assessment, action, reason);
  }

  private async step(assessment: Assessment, action: Step, reason?: string): Promise<void> {
    try {
      await this.api.transition(assessment.id, action, reason);
      announce(t(`grid-done-${action}`, { title: this.view.titleOf(assessment) }));
    } catch (error) {
      this.hooks.failed(error);
    }
    await this.hooks.changed();
  }
}
