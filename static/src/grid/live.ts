/** Follows other people's changes: events name cells and versions; the values are fetched. */
import { keyOf, type Store } from "./store.ts";
import { RequestError, SignedOut, type Api } from "./api.ts";

const LEAVING_MS = 500;

export class Live {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private again = false;
  private failures = 0;

  constructor(
    private readonly store: Store,
    private readonly api: Api,
    private readonly url: string | undefined,
    /** One course's sheet: other courses' assessments do not concern it. */
    private readonly oneCourse: boolean,
    private readonly signedOut: (why?: SignedOut) => void,
    private readonly gone: () => void,
  ) {}

  start(): void {
    if (!this.url || typeof EventSource === "undefined") return;
    this.source?.close();
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener("open", () => {
      if (this.failures) this.refetch(150); // something may have happened in between
      this.failures = 0;
    });
    source.addEventListener("score", (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data) as { assessment_id: number; student_id: number; version?: number };
      if (!this.store.assessment(data.assessment_id)) return;
      if (data.version !== undefined && data.version <= this.store.cell(keyOf(data.assessment_id, data.student_id)).version) return;
      this.refetch(150);
    });
    source.addEventListener("assessment", (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data) as { course_id?: number };
      const own = this.store.courseId;
      if (this.oneCourse && own !== null && data.course_id !== undefined && data.course_id !== own) return;
      this.refetch(150);
    });
    source.addEventListener("amendment", (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data) as { assessment_id: number };
      if (this.store.assessment(data.assessment_id)) this.refetch(150);
    });
    for (const name of ["roster", "resync"]) source.addEventListener(name, () => this.refetch(150));
    source.addEventListener("session", () => {
      source.close();
      setTimeout(() => void this.renew(), LEAVING_MS); // signing out ends the session of the page that is being left
    });
    source.addEventListener("error", () => {
      this.failures++;
      // A page that is being left sees its stream fail, too. It must not renew the session: nobody
      // would receive the new cookies.
      if (source.readyState === EventSource.CLOSED && this.source === source) setTimeout(() => void this.renew(), LEAVING_MS);
    });
    window.addEventListener("pagehide", () => source.close(), { once: true });
  }

  /** Fetches the sheet soon: once for many calls, one request at a time. */
  refetch(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.fetchNow(), delay);
  }

  private async renew(): Promise<void> {
    try {
      if (await this.api.refresh()) setTimeout(() => this.start(), Math.min(30_000, 500 * 2 ** Math.min(this.failures, 6)));
      else this.signedOut();
    } catch (error) {
      if (error instanceof SignedOut) return this.signedOut(error);
      this.failures++;
      setTimeout(() => this.start(), Math.min(30_000, 1000 * 2 ** Math.min(this.failures, 5)));
    }
  }

  async fetchNow(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      this.store.apply(await this.api.book());
    } catch (error) {
      if (error instanceof SignedOut) this.signedOut(error);
      else if (error instanceof RequestError && (error.problem.status === 404 || error.problem.status === 403)) this.gone();
      // otherwise offline: the next event, save or reconnection fetches again
    } finally {
      this.running = false;
      if (this.again) {
        this.again = false;
        this.refetch(150);
      }
    }
  }
}
