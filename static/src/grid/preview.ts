/** Asks before a block goes in that is not all scores, whose rows were matched to pupils, or that changes what students see. */
import { makeDialog } from "../common/dialog.ts";
import { h } from "../common/dom.ts";
import { t, tn } from "../common/i18n.ts";
import type { Matched } from "./match.ts";
import { effect, overwrites, placeName, publishedColumns, type Laid } from "./pasting.ts";
import { whyLocked } from "./reading.ts";
import type { Assessment, Store } from "./store.ts";
import { markText } from "./view.ts";

/** Lines of each list; more are counted. */
const LISTED = 8;
/** Of a text that is no score; more of it says nothing. */
const QUOTED = 24;

function lines(heading: string, items: (HTMLElement | string)[]): HTMLElement {
  const more = items.length - LISTED;
  return h("section", { class: "paste-list" },
    h("h3", {}, heading),
    h("ul", { class: "plain-list" }, ...items.slice(0, LISTED).map((item) => h("li", {}, item)), more > 0 ? h("li", { class: "muted" }, t("grid-publish-more", { count: more })) : null));
}

/** A refused text with its reason, which may quote it by itself. */
function refusal(raw: string, message: string): string {
  const text = raw.length > QUOTED ? `${raw.slice(0, QUOTED)}…` : raw;
  return message.includes(text) ? message : t("grid-preview-quoted", { raw: text, message });
}

export interface Preview { laid: Laid; matched: Matched | null; /** A score has changed since it was last shown. */ again: boolean }

export function askPaste({ laid, matched, again }: Preview, store: Store, titleOf: (column: Assessment | undefined) => string, closed: (agreed: boolean) => void): void {
  let agreed = false;
  const { dialog, body, foot, close } = makeDialog(t("grid-preview-title"), t("grid-close"), "is-wide", () => closed(agreed));
  const { changed, overwritten, erased } = effect(laid, store);
  if (again) body.append(h("p", { class: "alert is-warning", role: "alert" }, t("grid-preview-again")));
  const seen = publishedColumns(laid, store);
  if (seen.length) {
    const titles = seen.map(titleOf).join(t("grid-list-separator"));
    body.append(h("p", { class: "alert is-warning paste-seen" }, tn("grid-preview-published", seen.length, { titles })));
  }
  if (matched) {
    const columns = matched.columns.map((id) => titleOf(store.assessment(id))).join(t("grid-list-separator"));
    body.append(h("p", {}, columns ? tn(`grid-preview-by-${matched.by}`, matched.rows.length, { columns }) : t("grid-preview-nothing")));
  }
  body.append(h("p", { class: "paste-effect" }, h("strong", {}, tn("grid-preview-changed", changed)),
    overwritten ? ` ${tn("grid-preview-overwritten", overwritten)}` : "", erased ? ` ${tn("grid-preview-erased", erased)}` : "",
    changed < laid.edits.length ? ` ${tn("grid-preview-same", laid.edits.length - changed)}` : ""));
  const over = overwrites(laid, store);
  if (over.length) {
    body.append(lines(t("grid-preview-over"), over.map(({ key, now, next }) => h("span", {}, h("strong", {}, placeName(key, store, titleOf)), t("grid-colon"),
      t("grid-preview-change", { old: markText(now), new: markText(next) || t("grid-cell-blank") })))));
  }
  if (matched?.problems.length) {
    body.append(lines(tn("grid-preview-rows", matched.problems.length),
      matched.problems.map(({ row, who, problem }) => h("span", {}, h("span", { class: "muted" }, t("grid-preview-row", { row })), " ", h("strong", {}, who), t("grid-colon"), t(`grid-preview-${problem}`)))));
  }
  if (matched?.ignored.length) body.append(lines(tn("grid-preview-columns", matched.ignored.length), [matched.ignored.join(t("grid-list-separator"))]));
  if (laid.refused.length) {
    body.append(lines(tn("grid-preview-refused", laid.refused.length),
      laid.refused.map(({ key, raw, message }) => h("span", {}, h("strong", {}, placeName(key, store, titleOf)), t("grid-colon"), refusal(raw, message)))));
    body.append(h("p", { class: "hint" }, t("grid-preview-kept")));
  }
  const locked = [...laid.locked];
  if (locked.length) {
    const count = locked.reduce((sum, [, n]) => sum + n, 0);
    body.append(lines(tn("grid-preview-locked", count),
      locked.map(([id, n]) => h("span", {}, h("strong", {}, titleOf(store.assessment(id))), ` (${n})`, t("grid-colon"), whyLocked(store.assessment(id), store.termClosed)))));
  }
  if (laid.outside) body.append(h("p", {}, tn("grid-preview-outside", laid.outside)));
  const cancel = h("button", { type: "button", class: "button", onclick: close }, t("grid-cancel"));
  const rest = laid.refused.length > 0 || locked.length > 0 || !!matched?.problems.length || laid.outside > 0;
  const go = h("button", {
    type: "button", class: "button is-primary",
    onclick: () => {
      agreed = true;
      close();
    },
  }, tn(rest ? "grid-preview-rest" : "grid-preview-go", changed));
  go.disabled = changed === 0 && laid.refused.length === 0;
  foot.append(cancel, go);
  dialog.showModal();
  (go.disabled ? cancel : go).focus();
}
