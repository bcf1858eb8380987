/** Says what an earlier page had left unsaved, and when it has arrived. */
import { t, timeText, tn } from "../common/i18n.ts";
import type { Restored } from "./device.ts";
import type { Notice } from "./notice.ts";
import type { Store } from "./store.ts";
import { markText } from "./view.ts";

/** Changes to columns that are gone which are named; more are counted. */
const NAMED = 6;

export function tellRestored(restored: Restored, store: Store, notice: Notice): void {
  const time = timeText(new Date(restored.since).toISOString());
  const texts: string[] = [];
  if (restored.sent) texts.push(tn("grid-restored", restored.sent, { time }));
  if (restored.waiting) texts.push(tn("grid-restored-waiting", restored.waiting, { time }));
  if (restored.gone.length) {
    const names = restored.gone.slice(0, NAMED).map(({ what, mark, raw }) => `${what} ${raw ?? (mark ? markText(mark) : "")}`.trim());
    const more = restored.gone.length - names.length;
    texts.push(tn("grid-restored-gone", restored.gone.length, { names: names.join(t("grid-list-separator")) }) + (more > 0 ? ` ${t("grid-publish-more", { count: more })}` : ""));
  }
  if (!texts.length) return;
  const said = texts.join(" ");
  notice.say(said);
  if (!restored.sent || texts.length > 1) return;
  let told = false;
  store.onChange(() => {
    if (told || !notice.says(said) || store.count("queued", "saving", "failed", "conflict", "refused", "reason")) return;
    told = true;
    notice.say(tn("grid-restored-saved", restored.sent, { time }));
  });
}
