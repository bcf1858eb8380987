import type {
  AssessmentLineDto, BatchAssessmentDto, BatchDto, CategoryLineDto, CellChangeDto, MeDto, PreflightDto, PresenceDto, ReadingDto, ReportDto, SkippedDto,
  StudentTotalDto, UndoReportDto, WhereaboutsDto,
} from "../../gen/api.d.ts";
import { partsOf, type BookJson, type CellKey, type Wanted } from "./store.ts";
import type { Mark } from "./entry.ts";

export interface Problem { status: number; code: string; detail: string; retryAfter: number | null; errors: { pointer: string; detail: string }[] }

export class RequestError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.code);
  }
}
/** The session has ended and could not be renewed. */
export class SignedOut extends Error {}
/** Somebody else has signed in here: nothing of this page is theirs to send. */
export class AnotherUser extends SignedOut {}
/** No answer: offline, or the server went away. */
export class Unreachable extends Error {}

/** Whoever has not answered in full by then is asked again. */
const ANSWER_MS = 30_000;

export interface SentEdit extends Wanted { key: CellKey; version: number }
export type Others = PresenceDto;
export type PatchAnswer = ReportDto;
export type Preflight = PreflightDto;
/** What is to change of an assessment; the maximum as it was typed. */
export interface AssessmentChange { title?: string; maxScore?: string; reason?: string }
export type SkippedJson = SkippedDto;
export type BatchPlaceJson = BatchAssessmentDto;
export type BatchJson = BatchDto;
export type UndoJson = UndoReportDto;
export type HistoryItem = CellChangeDto;
export type AssessmentLineJson = AssessmentLineDto;
export type CategoryLineJson = CategoryLineDto;
export type ReadingJson = ReadingDto;
export type TotalJson = StudentTotalDto;

/** The body of a save, written by hand: a value leaves exactly as it was typed, never through a float. */
export function patchBody(edits: readonly SentEdit[], reason?: string, way?: string): string {
  const parts = edits.map(({ key, version, mark, comment }) => {
    const [assessment, student] = partsOf(key);
    const what = !mark ? "" : mark.status === "scored" ? `,"value":${mark.value}` : `,"status":"${mark.status}"`;
    const remark = comment === undefined ? "" : `,"comment":${JSON.stringify(comment)}`;
    return `{"assessment_id":${assessment},"student_id":${student},"version":${version}${what}${remark}}`;
  });
  return `{"edits":[${parts.join(",")}]${reason ? `,"reason":${JSON.stringify(reason)}` : ""}${way ? `,"way":"${way}"` : ""}}`;
}

export class Api {
  private refreshing: Promise<boolean> | null = null;
  private readonly base = "/api/v1";
  /** Whether the session is known to be the reader's. */
  private sure = true;

  /** @param user whose page this is */
  constructor(private readonly bookUrl: string, private readonly user?: string) {}

  book(): Promise<BookJson> {
    return this.json("GET", this.bookUrl);
  }
  save(edits: readonly SentEdit[], reason?: string, way?: string): Promise<PatchAnswer> {
    return this.json("PATCH", `${this.base}/scores`, patchBody(edits, reason, way));
  }
  /** Where the reader is; who else is there. It may outlive the page, which is being left. */
  present(course: number, whereabouts: WhereaboutsDto): Promise<Others> {
    return this.json("POST", `${this.base}/courses/${course}/presence`, JSON.stringify(whereabouts), whereabouts.leaving === true);
  }
  preflight(id: number): Promise<Preflight> {
    return this.json("GET", `${this.base}/assessments/${id}/preflight`);
  }
  transition(id: number, action: "publish" | "unpublish" | "lock" | "unlock", reason?: string): Promise<unknown> {
    return this.json("POST", `${this.base}/assessments/${id}/${action}`, reason === undefined ? undefined : JSON.stringify({ reason }));
  }
  changeAssessment(id: number, { title, maxScore, reason }: AssessmentChange): Promise<unknown> {
    const parts = [title !== undefined && `"title":${JSON.stringify(title)}`, maxScore !== undefined && `"max_score":${maxScore}`, reason !== undefined && `"reason":${JSON.stringify(reason)}`];
    return this.json("PATCH", `${this.base}/assessments/${id}`, `{${parts.filter(Boolean).join(",")}}`);
  }
  /** Asks for another score where none can be entered any more. */
  propose(key: CellKey, version: number, mark: Mark, reason: string): Promise<unknown> {
    const [assessment, student] = partsOf(key);
    const wanted = mark.status === "scored" ? `"value":${mark.value}` : `"status":"${mark.status}"`;
    const body = `{"assessment_id":${assessment},"student_id":${student},"version":${version},"proposed":{${wanted}},"reason":${JSON.stringify(reason)}}`;
    return this.json("POST", `${this.base}/amendments`, body);
  }
  history(assessment: number, student: number, cursor?: string): Promise<{ items: HistoryItem[]; next_cursor?: string | null }> {
    const more = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
    return this.json("GET", `${this.base}/assessments/${assessment}/students/${student}/history${more}`);
  }
  batch(id: number): Promise<BatchJson> {
    return this.json("GET", `${this.base}/batches/${id}`);
  }
  undoBatch(id: number, reason?: string): Promise<UndoJson> {
    return this.json("POST", `${this.base}/batches/${id}/undo`, JSON.stringify(reason ? { reason } : {}));
  }

  total(course: number, student: number): Promise<TotalJson> {
    return this.json("GET", `${this.base}/courses/${course}/students/${student}/total`);
  }

  /** Somebody else may have signed in: nothing is sent before that is known. */
  doubt(): void { this.sure = false; }

  /** Renews the cookies; one request at a time however many ask. Whose they are now is asked each time. */
  refresh(): Promise<boolean> {
    this.refreshing ??= fetch("/session/refresh", { method: "POST", credentials: "same-origin", cache: "no-store", redirect: "error" })
      .then(async (answer) => {
        if (!answer.ok) return false;
        this.doubt();
        return this.verify();
      })
      .catch((error: unknown) => {
        if (error instanceof TypeError) throw new Unreachable();
        throw error;
      })
      .finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  /** False when nobody is signed in; throws when it is somebody else. */
  private async verify(): Promise<boolean> {
    if (this.sure || this.user === undefined) return true;
    const answer = await this.send("GET", `${this.base}/users/me`);
    if (answer.status === 401) return false;
    if (!answer.ok) throw new Unreachable();
    const { id } = JSON.parse(await this.read(answer)) as MeDto;
    if (String(id) !== this.user) throw new AnotherUser();
    this.sure = true;
    return true;
  }

  private async json<T>(method: string, url: string, body?: string, leaving = false): Promise<T> {
    if (!this.sure && !leaving && !(await this.verify()) && !(await this.refresh())) throw new SignedOut();
    let answer = await this.send(method, url, body, leaving);
    if (answer.status === 401 && !leaving) {
      if (!(await this.refresh())) throw new SignedOut();
      answer = await this.send(method, url, body);
      if (answer.status === 401) throw new SignedOut();
    }
    if (!answer.ok) throw new RequestError(await problemOf(answer));
    if (answer.status === 204) return undefined as T;
    const text = await this.read(answer);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** An answer that has begun may stop, too: its body has no more time than is left of the request's. */
  private async send(method: string, url: string, body?: string, keepalive = false): Promise<Response> {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), ANSWER_MS);
    try {
      return await fetch(url, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        keepalive,
        signal: abort.signal,
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body }),
      });
    } catch {
      throw new Unreachable();
    }
  }

  private async read(answer: Response): Promise<string> {
    try {
      return await answer.text();
    } catch {
      throw new Unreachable();
    }
  }
}

async function problemOf(answer: Response): Promise<Problem> {
  const after = Number(answer.headers.get("retry-after"));
  const retryAfter = Number.isFinite(after) && after > 0 ? after : null;
  try {
    const json = (await answer.json()) as { code?: string; detail?: string; title?: string; errors?: Problem["errors"] };
    return { status: answer.status, code: json.code ?? "", detail: json.detail ?? json.title ?? "", retryAfter, errors: json.errors ?? [] };
  } catch {
    return { status: answer.status, code: "", detail: "", retryAfter, errors: [] };
  }
}
