/** One column of scores: Enter goes to the next student. The page works without it. */
const form = document.querySelector<HTMLFormElement>("#entry");

function fields(): HTMLInputElement[] {
  return form ? [...form.querySelectorAll<HTMLInputElement>(".entry-row input.input")] : [];
}

function step(from: HTMLInputElement, by: number): void {
  const all = fields();
  const next = all[all.indexOf(from) + by];
  if (next) {
    next.focus();
    next.select();
    next.scrollIntoView({ block: "nearest" });
  } else if (by > 0) {
    form?.querySelector<HTMLElement>("#reason, .entry-bar button")?.focus();
  }
}

form?.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || event.isComposing) return;
  const by = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  step(field, by);
});

form?.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement) event.target.select();
});

/** What is typed counts: a status beside a number would contradict it. */
form?.addEventListener("change", (event) => {
  const field = event.target;
  const row = field instanceof Element ? field.closest(".entry-row") : null;
  const text = row?.querySelector<HTMLInputElement>("input.input");
  const status = row?.querySelector<HTMLSelectElement>("select");
  if (!text || !status) return;
  if (field === text && text.value.trim() !== "") status.value = "";
  if (field === status && status.value !== "") text.value = "";
});

let sent = false;
form?.addEventListener("submit", () => { sent = true; });
addEventListener("pageshow", () => { sent = false; });
addEventListener("beforeunload", (event) => {
  const typed = fields().some((field) => field.value !== field.defaultValue);
  if (typed && !sent) event.preventDefault();
});
