/** Asks for the reason of changes to published scores. */
import { t, tn } from "../common/i18n.ts";
import { askReason } from "./dialogs.ts";
import type { Grid } from "./grid.ts";
import type { Saver } from "./saver.ts";
import { partsOf, type Store } from "./store.ts";
import type { View } from "./view.ts";

export class Reasons {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private open = false;

  constructor(
    private readonly store: Store,
    private readonly view: View,
    private readonly saver: Saver,
    private readonly grid: Grid,
    /** The dialog has closed. */
    private readonly closed: () => void,
  ) {}

  /** Asks when the teacher pauses: a dialog that opened in mid-typing would swallow the next scores. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.grid.editing || Date.now() - this.grid.lastKeyAt < 700) this.soon();
      else void this.now();
    }, 250);
  }

  async now(): Promise<void> {
    if (this.open) return;
    clearTimeout(this.timer);
    const keys = this.store.keysIn("reason");
    const assessments = [...new Set(keys.map((key) => partsOf(key)[0]))];
    if (!keys.length) return;
    this.open = true;
    const titles = assessments.map((id) => this.view.titleOf(this.store.assessment(id))).join(t("grid-list-separator"));
    const discard = {
      label: tn("grid-reason-discard", keys.length),
      run: () => this.giveUp(),
    };
    const reason = await askReason(
      t("grid-reason-title"), tn("grid-reason-lead", keys.length, { titles }), t("grid-reason-save"), () => this.grid.focus(), t("grid-reason-later"), discard,
    );
    this.open = false;
    if (reason) this.saver.giveReason(assessments, reason);
    this.closed();
  }

  /** The changes that wait are given up together. */
  giveUp(): void {
    for (const key of this.store.keysIn("reason")) this.saver.discard(key);
  }
}
