/** `<time datetime="2026-11-04T13:03:00Z" data-local>`: the reader's own time zone (`data-local="date"`: the day only). */
export function localTimes(root: ParentNode): void {
  // as the server writes days in English: 6 Nov 2026, 17:31
  const lang = document.documentElement.lang;
  const locale = lang === "en" ? "en-GB" : lang || undefined;
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const style: Intl.DateTimeFormatOptions = time.dataset["local"] === "date" ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(locale, style).format(at);
  }
}
