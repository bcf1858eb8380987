import { h } from "./dom.ts";

export interface MenuItem { label: string; hint?: string; danger?: boolean; disabled?: boolean; run(): void }
export type MenuEntry = MenuItem | "-";

/** A menu under (or at) an element: arrows, Home, End, letters, Esc; the focus goes back when it closes. */
export function openMenu(anchor: HTMLElement, entries: MenuEntry[], label: string, back: () => void): void {
  closeMenu();
  const buttons: HTMLButtonElement[] = [];
  const list = h("div", { class: "popup-menu", role: "menu", "aria-label": label });
  let close = (_focus: boolean): void => undefined;
  for (const entry of entries) {
    if (entry === "-") {
      list.append(h("div", { class: "popup-separator", role: "separator" }));
      continue;
    }
    const button = h("button", {
      type: "button", role: "menuitem", tabindex: "-1", class: entry.danger ? "is-danger" : null, "aria-disabled": entry.disabled ? "true" : null,
      onclick: () => {
        if (entry.disabled) return;
        close(true);
        entry.run();
      },
    }, h("span", {}, entry.label), entry.hint && h("kbd", { "aria-hidden": "true" }, entry.hint));
    buttons.push(button);
    list.append(button);
  }
  (anchor.closest("main") ?? document.body).append(list);
  const at = anchor.getBoundingClientRect();
  const box = list.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, window.innerWidth - box.width - 8));
  const below = at.bottom + 4;
  const top = below + box.height > window.innerHeight - 8 ? Math.max(8, at.top - box.height - 4) : below;
  list.style.left = `${left}px`;
  list.style.top = `${top}px`;
  anchor.setAttribute("aria-expanded", "true");

  const outside = (event: Event): void => {
    if (!(event.target instanceof Node) || !list.contains(event.target)) close(false);
  };
  close = (focus) => {
    list.remove();
    anchor.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", outside);
    current = null;
    if (focus) back();
  };
  current = () => close(false);
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", outside);
  list.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const focus = (n: number): void => buttons[(n + buttons.length) % buttons.length]?.focus();
    if (event.key === "ArrowDown") focus(here + 1);
    else if (event.key === "ArrowUp") focus(here - 1);
    else if (event.key === "Home") focus(0);
    else if (event.key === "End") focus(-1);
    else if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (!spelt(event, buttons, here)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  buttons[0]?.focus();
}

/** The next entry that begins with the letter. */
function spelt({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, buttons: HTMLButtonElement[], here: number): boolean {
  if (key.length !== 1 || key === " " || ctrlKey || metaKey || altKey) return false;
  const order = [...buttons.slice(here + 1), ...buttons.slice(0, here + 1)];
  order.find((button) => button.textContent?.toLocaleLowerCase().startsWith(key.toLocaleLowerCase()))?.focus();
  return true;
}

let current: (() => void) | null = null;
export function closeMenu(): void {
  current?.();
}
