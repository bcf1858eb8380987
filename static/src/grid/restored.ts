/** Says what an earlier page had left unsaved, and when it has arrived. */
import { t, timeText, tn } from "../common/i18n.ts";
import type { Device, Restored } from "./device.ts";
import type { Notice } from "./notice.ts";
import type { CellKey, Store } from "./store.ts";
import { markText } from "./view.ts";

/** Changes whose column or pupil goes while the page is open: named in full, and given up once somebody has read of it. */
export class Gone {
  private told = "";

  constructor(private readonly store: Store, private readonly notice: Notice, private readonly discard: (key: CellKey) => void) {
    store.onChange(({ keys, structure }) => {
      if (structure || keys.some((key) => this.store.isGone(key))) this.tell(false);
    });
  }

  /** Again when asked to: something else may have been said in its place. */
  tell(again: boolean): void {
    const gone = this.store.keysIn("refused", "failed", "conflict", "reason", "queued").filter((key) => this.store.isGone(key));
    const key = gone.join(" ");
    if (!again && key === this.told) return;
    this.told = key;
    if (!gone.length) return;
    const names = gone.map((one) => {
      const { raw, draft, remark } = this.store.cell(one);
      return [this.store.whose(one), raw ?? (draft && markText(draft)), remark].filter(Boolean).join(" ");
    });
    this.notice.say(tn("grid-restored-gone", gone.length, { names: names.join(t("grid-list-separator")) }), () => {
      for (const one of gone) this.discard(one);
    });
  }
}

/** What belongs to nobody any more is named in full, and kept until the notice is closed. */
export function tellRestored(restored: Restored, store: Store, notice: Notice, device: Pick<Device, "forget">): void {
  const time = timeText(new Date(restored.since).toISOString());
  const texts: string[] = [];
  if (restored.sent) texts.push(tn("grid-restored", restored.sent, { time }));
  if (restored.waiting) texts.push(tn("grid-restored-waiting", restored.waiting, { time }));
  if (restored.gone.length) {
    const names = restored.gone.map(({ what, mark, remark, raw }) => [what, raw ?? (mark && markText(mark)), remark].filter(Boolean).join(" "));
    texts.push(tn("grid-restored-gone", restored.gone.length, { names: names.join(t("grid-list-separator")) }));
  }
  if (!texts.length) return;
  const said = texts.join(" ");
  notice.say(said, () => device.forget(restored.gone));
  if (!restored.sent || texts.length > 1) return;
  let told = false;
  store.onChange(() => {
    if (told || !notice.says(said) || store.count("queued", "saving", "failed", "conflict", "refused", "reason")) return;
    told = true;
    notice.say(tn("grid-restored-saved", restored.sent, { time }));
  });
}
