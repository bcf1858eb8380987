/**
 * The calculator answers while somebody types: the form is sent as it would be by its button, and the answer's
 * result takes the place of the one that is shown. What is typed stays in its field.
 */
const WAIT_MS = 350;

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
    if (mine !== latest || (!answer.ok && answer.status !== 422)) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-result]");
    if (fresh && mine === latest) result.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => void calculate().catch(() => undefined), WAIT_MS);
  });
}
