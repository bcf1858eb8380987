type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** Builds an element. Text is always text, never markup; `on…` attributes add listeners. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (name === "class") element.className = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** Gives an element an attribute, or takes it away when it is empty; what is right already is left alone, as a write costs time. */
export function write(element: Element, name: string, value: string): void {
  if (value === "") element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function icon(name: string): HTMLSpanElement {
  return h("span", { class: `icon icon-${name}`, "aria-hidden": "true" });
}

let announcer: HTMLElement | undefined;
let pending: ReturnType<typeof setTimeout> | undefined;

/** Says something to screen readers without moving the focus. */
export function announce(text: string): void {
  if (!announcer) {
    announcer = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite", id: "announcer" });
    document.body.append(announcer);
  }
  const region = announcer;
  region.textContent = "";
  clearTimeout(pending);
  pending = setTimeout(() => (region.textContent = text), 50);
}

export const reducedMotion = (): boolean =>
  typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Restarts a short highlight on an element. */
export function flash(element: Element): void {
  element.classList.remove("flash");
  void (element as HTMLElement).offsetWidth;
  element.classList.add("flash");
  setTimeout(() => element.classList.remove("flash"), 1600);
}
