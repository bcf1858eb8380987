import { h, icon } from "../common/dom.ts";
import { has, t, timeText } from "../common/i18n.ts";
import type { Api, HistoryItem } from "./api.ts";
import { scoreText, undoLabel } from "./batch.ts";

/** The changes of one cell, newest first, beside the grid. */
export class HistoryPanel {
  private panel: HTMLElement | null = null;
  private request = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly api: Api,
    private readonly closed: () => void,
    private readonly undo: (batch: number) => void,
  ) {}

  async open(assessment: number, student: number, title: string, name: string): Promise<void> {
    const request = ++this.request;
    this.panel?.remove();
    const list = h("ol", { class: "timeline" });
    const state = h("p", { class: "muted", role: "status" }, t("grid-loading"));
    const close = h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"), onclick: () => this.close() }, icon("close"));
    const panel = h("aside", { class: "side-panel", "aria-label": t("grid-history-title") },
      h("div", { class: "side-head" }, h("div", {}, h("h2", {}, name), h("p", { class: "muted" }, title)), close),
      state,
      list,
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.panel = panel;
    this.host.append(panel);
    this.host.classList.add("has-panel");
    close.focus();
    const more = h("button", { type: "button", class: "button is-small", hidden: true, onclick: () => void load() }, t("grid-history-more"));
    panel.append(more);
    let cursor: string | undefined;
    // The newest come first, so whatever took a batch back is seen before the batch.
    const undone = new Set<number>();
    const load = async (): Promise<void> => {
      more.disabled = true;
      try {
        const { items, next_cursor } = await this.api.history(assessment, student, cursor);
        if (request !== this.request) return;
        state.textContent = items.length || cursor ? "" : t("grid-history-empty");
        state.hidden = state.textContent === "";
        list.append(...items.map((item) => entry(item, undone, this.undo)));
        cursor = next_cursor ?? undefined;
        more.hidden = !cursor;
      } catch {
        if (request !== this.request) return;
        state.hidden = false;
        state.textContent = t("grid-history-failed");
      }
      more.disabled = false;
    };
    await load();
  }

  close(): void {
    if (!this.panel) return;
    this.panel.remove();
    this.panel = null;
    this.host.classList.remove("has-panel");
    this.closed();
  }
}

/** The remark before and after, where it changed. */
function remark(item: HistoryItem): HTMLElement | null {
  const { comment, comment_before: before } = item;
  if (comment === null || comment === undefined) return null;
  return h("p", { class: "timeline-remark" }, `${t("grid-history-remark")} `,
    before ? h("del", {}, before) : null, before && comment ? " → " : "",
    comment ? h("ins", {}, comment) : before ? "" : t("grid-history-remark-removed"));
}

function entry(item: HistoryItem, undone: Set<number>, undo: (batch: number) => void): HTMLElement {
  const who = typeof item.actor === "string" ? item.actor : (item.actor?.name ?? "");
  const way = item.undoes ? "undone" : item.way;
  const how = way && has(`grid-way-${way}`) ? t(`grid-way-${way}`) : "";
  const source = how || (item.source && has(`grid-source-${item.source}`) ? t(`grid-source-${item.source}`) : "");
  const batch = item.batch_id;
  const size = item.batch_size ?? 1;
  const isUndone = batch ? undone.has(batch) : false;
  // For good: what an undo of the undo puts back is that batch's.
  if (item.undoes) undone.add(item.undoes);
  const time = h("time", { datetime: item.at }, timeText(item.at));
  return h("li", {},
    h("p", { class: "timeline-change" },
      h("span", { class: "old" }, scoreText(item.before)),
      h("span", { class: "visually-hidden" }, t("grid-history-to")),
      h("span", { "aria-hidden": "true" }, "→"),
      h("span", { class: "new" }, scoreText(item.after)),
    ),
    h("p", { class: "muted" }, [who, source].filter(Boolean).join(" · "), who || source ? " · " : "", time),
    remark(item),
    item.reason && h("p", { class: "timeline-reason" }, item.reason),
    batch && size > 1 && isUndone ? h("p", { class: "muted" }, t("grid-history-undone")) : null,
    batch && size > 1 && !isUndone ? h("button", { type: "button", class: "button is-small timeline-undo", onclick: () => undo(batch) }, undoLabel(item.way, item.source, size)) : null,
  );
}
