/** The reasons why workers could not be adopted: one sentence for each worker. */
export interface Problems {
  readonly byWorker: ReadonlyMap<string, string>;
  set(worker_id: string, problem: string): void;
  delete(worker_id: string): void;
  /** Returns the problems that no earlier call returned. */
  takeNew(): string[];
  /** Gives problems back that were not told. */
  giveBack(problems: string[]): void;
}

export function createProblems(): Problems {
  const byWorker = new Map<string, string>();
  const taken = new Set<string>();
  return {
    byWorker,
    set: (worker_id, problem) => void byWorker.set(worker_id, problem),
    delete: (worker_id) => void byWorker.delete(worker_id),
    takeNew() {
      const fresh = [...byWorker.values()].filter((problem) => !taken.has(problem));
      for (const problem of fresh) taken.add(problem);
      return fresh;
    },
    giveBack(problems) {
      for (const problem of problems) taken.delete(problem);
    },
  };
}
