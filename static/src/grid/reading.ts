/** Why a column takes no scores from this reader. */
import { t } from "../common/i18n.ts";
import type { Assessment } from "./store.ts";

export const whyLocked = (column: Assessment | undefined, termClosed: boolean): string =>
  termClosed ? t("grid-problem-term-closed") : column?.state === "locked" ? t("grid-locked-note")
  : column?.teachers.length ? t("grid-read-only-other", { names: column.teachers.join(t("grid-list-separator")) }) : t("grid-read-only");
