import { announce, h, icon } from "../common/dom.ts";
import { closeMenu, openMenu, type MenuEntry } from "../common/menu.ts";
import { has, loadMessages, setLocale, t, tn } from "../common/i18n.ts";
import { AnotherUser, Api, RequestError, SignedOut } from "./api.ts";
import { Column } from "./column.ts";
import { showHelp } from "./dialogs.ts";
import { Grid } from "./grid.ts";
import { BatchUndo } from "./batch.ts";
import { Device } from "./device.ts";
import { decimalText } from "./entry.ts";
import { placeOf } from "../common/unsaved.ts";
import { Gone, tellRestored } from "./restored.ts";
import { Folding } from "./folding.ts";
import { HistoryPanel } from "./history.ts";
import { Live } from "./live.ts";
import { loadBook } from "./loading.ts";
import { Note } from "./note.ts";
import { Notice } from "./notice.ts";
import { printOnPaper } from "./paper.ts";
import { Presence } from "./presence.ts";
import { askProposal } from "./propose.ts";
import { Reasons } from "./reasons.ts";
import { askRemark, showRemark } from "./remark.ts";
import { Saver } from "./saver.ts";
import { StatisticsPanel } from "./statistics.ts";
import { StatusBar } from "./status.ts";
import { partsOf, keyOf, Store, type CellKey } from "./store.ts";
import { Toolbar } from "./toolbar.ts";
import { TotalPanel } from "./total.ts";
import { assessmentOf, fieldOf, markText, View, type Kind, type Spot } from "./view.ts";

/** So many cells at once have no marks of their own while they are saved. */
const BLOCK = 200;

/** A refusal in the reader's language; the server's own words where there is no text for its code. */
function explain(code: string, detail: string, params: Record<string, string> = {}): string {
  const key = `grid-problem-${code.replaceAll("_", "-")}`;
  return has(key) ? t(key, params) : detail || t("grid-problem-unknown");
}

async function start(root: HTMLElement): Promise<void> {
  loadMessages();
  setLocale(root.dataset["locale"]);
  const kind = (root.dataset["kind"] ?? "gradebook") as Kind;
  const api = new Api(root.dataset["url"] ?? "", root.dataset["user"]);
  const store = new Store();

  const banner = h("div", { class: "grid-banner", hidden: true, role: "alert" });
  const folding = new Folding(store, `gradebook.folded.${root.dataset["user"] ?? ""}.${root.dataset["url"] ?? ""}`);
  const view = new View(kind, store, {
    openColumnMenu: (assessment, button, byMouse) => column.menu(assessment, button, byMouse),
    rearranged: () => {
      toolbar.refreshSort();
      grid.settle();
      presence.paint();
    },
    notFolded: (name) => notice.say(t("grid-fold-unsaved", { name })),
  }, root.dataset["label"] ?? t(`grid-label-${kind}`), folding);

  let changeTold = false;
  let savedCount = 0;
  let savedTimer: ReturnType<typeof setTimeout> | undefined;

  const saver = new Saver(store, api, {
    explain: (code, detail, key, limit) =>
      explain(code, detail, { max: decimalText(limit) ?? store.assessment(partsOf(key)[0])?.limit ?? "", typed: markText(store.shown(key)) }),
    ownReason: (way) => t(`grid-own-${way}`),
    needReason: () => reasons.soon(),
    saved(keys) {
      savedCount += keys.length;
      clearTimeout(savedTimer);
      savedTimer = setTimeout(() => {
        announce(tn("grid-saved", savedCount));
        savedCount = 0;
      }, 500);
      live.refetch(350);
      setTimeout(() => calm(keys), keys.length > BLOCK ? 0 : 1400);
    },
    block(batch, way, size) {
      if (way === "undo" || way === "redo") notice.withdraw();
      else notice.offer(tn(`grid-offer-${way}`, size), () => void batches.open(batch), way === "paste");
    },
    signedOut: (why) => signInAgain(why),
    signedIn: () => (banner.hidden = true),
    changed() {
      if (changeTold) return; // once for a block
      changeTold = true;
      queueMicrotask(() => {
        changeTold = false;
        status.update();
        toolbar.refreshButtons();
        view.holder.classList.toggle("has-block", store.count("queued", "saving", "saved") > BLOCK);
      });
    },
    stale: () => live.refetch(0),
  });
  const place = root.dataset["user"] ? placeOf(root.dataset["user"], root.dataset["url"] ?? "") : null;
  const device = new Device(store, saver, place);
  window.addEventListener("storage", (event) => {
    if ((event.key === place || event.key === null) && !device.heard(event.newValue)) inDoubt();
  });
  const grid = new Grid(store, view, saver, {
    help: () => showHelp(() => grid.focus()),
    history: showHistory,
    cellMenu,
    note: (text) => (text ? note.message(grid.spot, text) : note.hide()),
    leftOut: (text) => notice.say(text),
    moved: () => {
      note.state(grid.spot);
      presence.moved();
      if (grid.spot) why.follow(grid.spot.student, store.student(grid.spot.student)?.name ?? "");
    },
    parked: () => note.message(grid.spot, edgeText()),
    leave: () => toolbar.focusSearch(),
    remark: (spot) => void remark(spot),
    enterNote: () => {
      if (!note.focus() && grid.spot && view.elementAt(grid.spot)) cellMenu(grid.spot, view.elementAt(grid.spot)!);
    },
  });
  const notice = new Notice(() => grid.focus());
  const gone = new Gone(store, notice, (key) => saver.discard(key));
  const reasons = new Reasons(store, view, saver, grid, () => note.state(grid.spot));
  const note = new Note(root, store, view, saver, () => grid.focus(), reasons, edgeText);
  const status = new StatusBar(store, saver, { review: () => grid.nextProblem() || gone.tell(true), reason: () => void reasons.now(), giveUp: () => giveUpChanges() });
  const live = new Live(store, api, root.dataset["events"], kind === "gradebook", (why) => signInAgain(why), () => goneBanner());
  const batches = new BatchUndo(api, () => live.refetch(0), () => grid.focus());
  const history = new HistoryPanel(root, api, () => grid.focus(), (batch) => void batches.open(batch));
  const why = new TotalPanel(root, api, () => grid.focus());
  const figures = new StatisticsPanel(root, store, view, () => grid.focus());
  const column = new Column(kind, store, view, api, folding, () => grid, {
    statistics(assessment) {
      history.close();
      why.close();
      figures.open(assessment);
    },
    failed,
    changed: () => live.fetchNow(),
    say: (text) => notice.say(text),
  });
  const opensTotal = (spot: Spot): boolean => kind === "gradebook" && assessmentOf(spot.field) === null && store.courseId !== null;
  function showTotal(spot: Spot, takeFocus: boolean): void {
    if (store.courseId === null) return;
    history.close();
    figures.close();
    why.open(store.courseId, spot.student, store.student(spot.student)?.name ?? "", takeFocus);
  }
  view.holder.addEventListener("click", (event) => {
    const spot = view.spotOf(event.target);
    if (spot && opensTotal(spot)) showTotal(spot, false);
  });

  function giveUpChanges(): void {
    reasons.giveUp();
    grid.focus();
  }

  function edgeText(): string {
    return grid.parked ? t(`grid-edge-${grid.parked}`) : "";
  }

  const presence = new Presence(store, view, api, () => grid.activeKey(), () => navigator.onLine && !saver.offline && !saver.signedOut);
  const toolbar = new Toolbar(store, view, grid, presence.element, status.element);
  root.append(
    toolbar.element,
    banner,
    view.holder,
    notice.element,
  );

  /** The tick on saved cells fades after a moment. */
  function calm(keys: CellKey[]): void {
    const done = keys.filter((key) => store.cell(key).state === "saved");
    for (const key of done) store.cell(key).state = "clean";
    store.emit({ keys: done });
  }

  // ---- menus ----
  function cellMenu(spot: Spot, element: HTMLElement): void {
    const assessment = assessmentOf(spot.field);
    if (opensTotal(spot)) openMenu(element, [{ label: t("grid-why-title"), hint: "Alt+H", run: () => showTotal(spot, true) }], view.labelAt(spot), () => grid.focus());
    if (assessment === null) return;
    const key = keyOf(assessment, spot.student);
    const cell = store.cell(key);
    const entries: MenuEntry[] = [];
    if (cell.state === "conflict") {
      entries.push({ label: t("grid-menu-keep-mine"), hint: "Alt+M", run: () => saver.keepMine(key) });
      entries.push({ label: t("grid-menu-take-theirs"), hint: "Alt+T", run: () => saver.takeTheirs(key) }, "-");
    }
    if (store.assessment(assessment)?.editable) {
      entries.push({ label: t("grid-menu-edit"), hint: "F2", run: () => grid.startEditing() });
      for (const status of ["absent", "excused", "missing"] as const) {
        entries.push({ label: t(`grid-status-${status}`), hint: { absent: "abs", excused: "ex", missing: "mi" }[status], run: () => grid.fillSelection({ status, value: null }) });
      }
      entries.push({ label: t("grid-menu-fill"), hint: "Ctrl+D", run: () => grid.fillDown() });
      entries.push({ label: t("grid-menu-clear"), hint: "Delete", run: () => grid.fillSelection({ status: "blank", value: null }) }, "-");
    }
    if (store.assessment(assessment)?.editable) entries.splice(-1, 0, { label: t("grid-menu-remark"), hint: "Shift+F2", run: () => void remark(spot) });
    else if (store.shownComment(key)) entries.push({ label: t("grid-menu-remark-read"), hint: "Shift+F2", run: () => void remark(spot) }, "-");
    const open = store.amendments.get(key);
    if (open) entries.push({ label: t(`grid-menu-${open.kind}`), run: () => location.assign(`/reviews/${open.id}`) });
    const column = store.assessment(assessment);
    const frozen = column && (column.state === "locked" || (kind === "gradebook" && !column.editable));
    if (frozen && open?.kind !== "change") entries.push({ label: t("grid-menu-propose"), run: () => void propose(spot, assessment) });
    entries.push({ label: t("grid-menu-history"), hint: "Alt+H", run: () => showHistory(spot) });
    openMenu(element, entries, view.labelAt(spot), () => grid.focus());
  }

  function showHistory(spot: Spot): void {
    const assessment = assessmentOf(spot.field);
    if (opensTotal(spot)) showTotal(spot, true);
    if (assessment === null) return;
    why.close();
    figures.close();
    void history.open(assessment, spot.student, view.titleOf(store.assessment(assessment)), store.student(spot.student)?.name ?? "");
  }

  async function remark(spot: Spot): Promise<void> {
    const assessment = assessmentOf(spot.field);
    if (assessment === null) return;
    const key = keyOf(assessment, spot.student);
    const column = store.assessment(assessment);
    const now = store.shownComment(key);
    const title = t("grid-remark-title", { name: store.student(spot.student)?.name ?? "", title: view.titleOf(column) });
    if (!column?.editable) {
      if (now) showRemark(title, now, () => grid.focus());
      else grid.allowed();
      return;
    }
    if (store.cell(key).raw !== null) return note.state(spot); // the pasted text first
    const asked = await askRemark(title, now, store.remarks(assessment), () => grid.focus());
    if (asked !== null) grid.remark(key, asked);
  }

  async function propose(spot: Spot, assessment: number): Promise<void> {
    const key = keyOf(assessment, spot.student);
    const { server, version } = store.cell(key);
    const title = t("grid-propose-title", { name: store.student(spot.student)?.name ?? "", title: view.titleOf(store.assessment(assessment)) });
    const asked = await askProposal(title, server, markText(server), store.assessment(assessment)?.limit ?? "", () => grid.focus());
    if (!asked) return;
    try {
      await api.propose(key, version, asked.mark, asked.reason);
      announce(t("grid-proposed"));
    } catch (error) {
      failed(error);
    }
    await live.fetchNow();
  }

  function failed(error: unknown): void {
    if (error instanceof SignedOut) signInAgain(error);
    else showBanner(error instanceof RequestError ? explain(error.problem.code, error.problem.detail) : t("grid-request-failed"), true);
  }

  // ---- banners ----
  function showBanner(text: string, closable: boolean, ...more: HTMLElement[]): void {
    if (!banner.hidden && banner.querySelector("p")?.textContent === text) return; // it is said once
    banner.replaceChildren(icon("alert"), h("p", {}, text), ...more);
    if (closable) banner.append(h("button", { type: "button", class: "button is-quiet is-icon", "aria-label": t("grid-close"), onclick: () => (banner.hidden = true) }, icon("close")));
    banner.hidden = false;
  }

  function signInAgain(why?: SignedOut): void {
    saver.signedOut = true;
    status.update();
    if (why instanceof AnotherUser) {
      device.stop(); // this browser is theirs
      showBanner(t("grid-another-user"), false);
      return;
    }
    // another tab signs in, so that what is typed here stays
    const link = h("a", { class: "button is-small is-primary", href: "/login", target: "_blank", rel: "noopener" }, t("grid-sign-in"));
    showBanner(t("grid-signed-out"), false, link);
  }

  function goneBanner(): void {
    showBanner(t("grid-gone"), false);
  }

  /** Somebody has signed out, or in: nothing is sent until it is known who is there. */
  function inDoubt(): void {
    api.doubt();
    void back();
  }

  async function back(): Promise<void> {
    if (!saver.signedOut && !device.stopped) return;
    try {
      if (!(await api.refresh())) return signInAgain();
    } catch (error) {
      if (error instanceof SignedOut) signInAgain(error);
      return;
    }
    saver.signedOut = false;
    device.resume();
    banner.hidden = true;
    saver.retry();
    live.start();
    live.refetch(150);
  }
  window.addEventListener("focus", () => void back());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void back();
  });
  window.addEventListener("online", () => {
    if (saver.signedOut || device.stopped) {
      void back();
      return;
    }
    saver.retry();
    live.refetch(150);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      api.doubt();
      live.start();
      live.refetch(0);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (grid.commit() && store.unsaved().next().done) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // ---- following the store ----
  let ready = false;
  store.onChange((change) => {
    if (!ready) return;
    if (change.structure) {
      void view.rebuild().then(() => {
        toolbar.refreshSort();
        grid.settle();
      });
      return;
    }
    view.paint(change.keys, change.flashed);
    if (change.totals) {
      view.paintTotals();
      why.refresh();
      if (figures.isOpen) figures.refresh();
    }
    const active = grid.activeKey();
    if (active && change.keys.includes(active) && !grid.editing) {
      grid.refresh();
      note.state(grid.spot);
    }
  });

  view.holder.hidden = true;
  if (!(await loadBook(root, store, api, explain, () => device.count))) return;
  device.follow();
  const restored = device.restore();
  view.holder.hidden = false;
  await view.build();
  ready = true;
  toolbar.refreshSort();
  toolbar.refreshButtons();
  grid.settle();
  view.holder.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".tabulator-col")) {
      closeMenu();
      queueMicrotask(() => toolbar.refreshSort());
    }
  });
  const named = /^#a(\d+)(?:-s(\d+))?$/.exec(location.hash);
  if (named) {
    const assessment = Number(named[1]);
    const student = named[2] ? Number(named[2]) : store.firstBlank(assessment, view.students);
    if (student !== undefined) grid.goTo({ field: fieldOf(assessment), student });
  }
  root.dataset["ready"] = "true";
  if (!matchMedia("(pointer: coarse)").matches) grid.focus();
  live.start();
  if (kind === "gradebook") presence.start();
  printOnPaper(root, store, view);
  tellRestored(restored, store, notice, device);
}

const root = document.getElementById("grid");
if (root) void start(root);
