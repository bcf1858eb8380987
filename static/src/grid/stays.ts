/** Who joined the class late or has left it, by the name. */
import { h } from "../common/dom.ts";
import { locale, t } from "../common/i18n.ts";
import type { Student } from "./store.ts";

/** A day without its year. Days have no time zone: noon in UTC is the same day nearly everywhere, and it is read there. */
function dayText(iso: string, style: "short" | "long"): string {
  const format = new Intl.DateTimeFormat(locale(), { month: style, day: "numeric", timeZone: "UTC", ...(style === "long" && { year: "numeric" }) });
  return format.format(new Date(`${iso}T12:00:00Z`));
}

/** The name, and below it since when or until when the pupil is in the class. */
export function nameText(name: string, student: Student | undefined): HTMLElement {
  const text = h("span", { class: "cell-text" }, name);
  const stays = [["grid-joined", student?.joinedOn], ["grid-left", student?.leftOn]] as const;
  const known = stays.flatMap(([key, day]) => (day ? [{ key, day }] : []));
  if (!known.length) return text;
  const title = known.map(({ key, day }) => t(`${key}-on`, { date: dayText(day, "long") })).join(", ");
  return h("span", { class: "stay", title }, text,
    h("span", { class: "stay-days" }, known.map(({ key, day }) => t(key, { date: dayText(day, "short") })).join(" · ")));
}
