/** Categories whose columns are folded to one: which they are, as this browser remembers them for its user. */
import { keyOf, type Assessment, type Store } from "./store.ts";

export class Folding {
  private readonly folded: Set<number>;

  /** @param place where the browser keeps it; nothing is kept without one */
  constructor(private readonly store: Store, private readonly place: string) {
    this.folded = new Set(this.kept());
  }

  /** Whether there is anything to fold: columns of more than one category. */
  get offered(): boolean {
    return new Set(this.store.assessments.map((one) => one.categoryId).filter((id) => this.store.categories.has(id))).size > 1;
  }

  /** Folded, and shown so: what is not saved yet is never out of sight. */
  isFolded(category: number): boolean {
    return this.offered && this.folded.has(category) && !this.unsaved(category);
  }

  /** Unfolds the category of a column for what has become unsaved in it (an undo, say); whether it did. */
  reopened(assessment: number): boolean {
    const category = this.store.assessment(assessment)?.categoryId;
    if (category === undefined || !this.folded.has(category) || !this.unsaved(category)) return false;
    this.folded.delete(category);
    this.keep();
    return true;
  }

  columnsOf(category: number): Assessment[] {
    return this.store.assessments.filter((one) => one.categoryId === category);
  }

  /** Whether something in its columns is still to be saved or decided. */
  unsaved(category: number): boolean {
    return this.columnsOf(category).some(({ id }) => this.store.students.some((student) => {
      const cell = this.store.cell(keyOf(id, student.id));
      return cell.draft !== null || cell.raw !== null;
    }));
  }

  /** False when it cannot be folded now. */
  toggle(category: number): boolean {
    if (this.folded.has(category)) this.folded.delete(category);
    else if (this.unsaved(category)) return false;
    else this.folded.add(category);
    this.keep();
    return true;
  }

  private kept(): number[] {
    try {
      const found: unknown = JSON.parse(localStorage.getItem(this.place) ?? "[]");
      return Array.isArray(found) ? found.filter((id): id is number => typeof id === "number") : [];
    } catch {
      return []; // the browser keeps nothing, or something else stood there
    }
  }

  private keep(): void {
    try {
      if (this.folded.size) localStorage.setItem(this.place, JSON.stringify([...this.folded]));
      else localStorage.removeItem(this.place);
    } catch {
      // it is remembered until the page is left
    }
  }
}
