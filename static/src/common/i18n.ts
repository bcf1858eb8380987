/** Texts come from the page (`<script type="application/json" id="messages">`), translated by the server. */
export type Params = Record<string, string | number>;

let messages: Record<string, string> = {};
let language = "en";

export function loadMessages(root: ParentNode = document): void {
  const block = root.querySelector("#messages");
  if (block?.textContent) messages = JSON.parse(block.textContent) as Record<string, string>;
  language = document.documentElement.lang || "en";
}

export function setLocale(locale: string | undefined): void {
  if (locale) language = locale;
}

export function locale(): string {
  return language;
}

export function has(key: string): boolean {
  return key in messages;
}

/** A text with its `{name}` tokens filled. An unknown key shows itself, so that it is noticed. */
export function t(key: string, params: Params = {}): string {
  const text = messages[key] ?? key;
  return text.replace(/\{\s*([a-z_]+)\s*\}/gi, (token, name: string) =>
    name in params ? String(params[name]) : token,
  );
}

/** A counted text: `key-one` or `key-other`. */
export function tn(key: string, count: number, params: Params = {}): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  return t(`${key}-${form}`, { count, ...params });
}

export function timeText(iso: string | null | undefined, now: Date = new Date()): string {
  if (!iso) return "";
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const today = at.toDateString() === now.toDateString();
  return timeFormat(today).format(at);
}

const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** A format is slow to make, and a grid says the time of a thousand cells at once. */
function timeFormat(today: boolean): Intl.DateTimeFormat {
  const key = `${language} ${today}`;
  const known = timeFormats.get(key);
  if (known) return known;
  const day: Intl.DateTimeFormatOptions = today ? {} : { month: "short", day: "numeric" };
  const made = new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit" });
  timeFormats.set(key, made);
  return made;
}
