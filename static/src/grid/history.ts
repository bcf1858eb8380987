import { h, icon } from "../common/dom.ts";
import { has, t, timeText } from "../common/i18n.ts";
import type { Api, HistoryItem } from "./api.ts";
import { decimalText } from "./entry.ts";

/** The changes of one cell, newest first, beside the grid. */
export class HistoryPanel {
  private panel: HTMLElement | null = null;
  private request = 0;

  constructor(private readonly host: HTMLElement, private readonly api: Api, private readonly closed: () => void) {}

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
    close.focus();
    try {
      const { items } = await this.api.history(assessment, student);
      if (request !== this.request) return;
      state.textContent = items.length ? "" : t("grid-history-empty");
      state.hidden = items.length > 0;
      list.append(...items.map(entry));
    } catch {
      if (request === this.request) state.textContent = t("grid-history-failed");
    }
  }

  close(): void {
    if (!this.panel) return;
    this.panel.remove();
    this.panel = null;
    this.closed();
  }
}

function mark(side: HistoryItem["before"]): string {
  if (!side || side.status === "blank") return t("grid-cell-blank");
  return side.status === "scored" ? (decimalText(side.value) ?? "") : t(`grid-status-${side.status}`);
}

function entry(item: HistoryItem): HTMLElement {
  const who = typeof item.actor === "string" ? item.actor : (item.actor?.name ?? "");
  const source = item.source && has(`grid-source-${item.source}`) ? t(`grid-source-${item.source}`) : "";
  const time = h("time", { datetime: item.at }, timeText(item.at));
  return h("li", {},
    h("p", { class: "timeline-change" },
      h("span", { class: "old" }, mark(item.before)),
      h("span", { class: "visually-hidden" }, t("grid-history-to")),
      h("span", { "aria-hidden": "true" }, "→"),
      h("span", { class: "new" }, mark(item.after)),
    ),
    h("p", { class: "muted" }, [who, source].filter(Boolean).join(" · "), who || source ? " · " : "", time),
    item.reason && h("p", { class: "timeline-reason" }, item.reason),
  );
}
