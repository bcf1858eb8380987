/**
 * The calculator answers while somebody types: the form is sent as it would be by its button, and the answer's
 * result takes the place of the one that is shown, as do the faults beside the fields. What is typed stays in its field.
 */
const WAIT_MS = 350;
const FAULTS = ["aria-invalid", "aria-describedby"];

export function calculator(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-calculator]");
  const result = document.querySelector("[data-result]");
  if (!form || !result) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;
  const calculate = async (): Promise<void> => {
    const mine = ++latest;
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { accept: "text/html" } });
    if (!answer.ok && answer.status !== 422) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-result]");
    if (!fresh || mine !== latest) return;
    result.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    for (const field of form.querySelectorAll<HTMLInputElement>("input[id]")) mark(field, page);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void calculate().catch(() => undefined), WAIT_MS);
  });
}

/** Says beside a field what the page says beside its own. */
function mark(field: HTMLInputElement, page: Document): void {
  const fresh = page.getElementById(field.id);
  if (!fresh) return;
  for (const name of FAULTS) {
    const value = fresh.getAttribute(name);
    if (value === null) field.removeAttribute(name);
    else field.setAttribute(name, value);
  }
  const before = document.getElementById(`${field.id}-error`);
  const fault = page.getElementById(`${field.id}-error`);
  if (before?.textContent === fault?.textContent) return;
  before?.remove();
  const box = field.parentElement;
  if (!fault || !box) return;
  // Where it stands on a page that came with it: before the hint, if there is one.
  box.insertBefore(document.importNode(fault, true), box.querySelector(".hint"));
}
