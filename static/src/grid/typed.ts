/** What was typed or pasted, read in the page's language: a mark, or the reason why it is none. */
import { t } from "../common/i18n.ts";
import { parseEntry, type Mark, type Status } from "./entry.ts";
import type { Assessment } from "./store.ts";

/** So much of a text that is no score is said again. */
const SHOWN = 24;

export type Typed = { ok: true; mark: Mark } | { ok: false; message: string };

export function readTyped(text: string, column: Assessment): Typed {
  const entry = parseEntry(text, column.limit, words());
  if (entry.ok) return entry;
  return { ok: false, message: t(`grid-problem-${entry.problem.replaceAll("_", "-")}`, { max: column.limit, typed: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text }) };
}

function words(): Record<string, Status> {
  return {
    [t("grid-status-absent").toLowerCase()]: "absent",
    [t("grid-status-excused").toLowerCase()]: "excused",
    [t("grid-status-missing").toLowerCase()]: "missing",
  };
}
