/** Says what an earlier page had left unsaved, and when it has arrived. */
import { t, timeText, tn } from "../common/i18n.ts";
import type { Device, Restored } from "./device.ts";
import type { Notice } from "./notice.ts";
import type { Store } from "./store.ts";
import { markText } from "./view.ts";

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
