/** Runs once what is measured; gives how long it took, or any other number, or several. */
type Subject = () => Promise<number | number[]>;

/**
 * Runs the subjects in turn, so that whatever the machine does meanwhile meets all of them, after
 * one run of each that does not count, unless they are warm.
 */
export async function interleave<Name extends string>(
  subjects: Record<Name, Subject>,
  runs: number,
  { areWarm = false } = {},
): Promise<Record<Name, number[]>> {
  // Object.keys gives the type's own names and no others: the object is a literal of the caller.
  const names = Object.keys(subjects) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  if (!areWarm) for (const name of names) await subjects[name]();
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) samples[name].push(...[await subjects[name]()].flat());
  }
  return samples;
}

/** Samples in short. */
export interface Spread {
  median: number;
  p95: number;
  min: number;
  max: number;
  runs: number;
}

/** The middle, the edge and the ends of some samples. */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: percentile(samples, 50),
    p95: percentile(samples, 95),
    min: percentile(samples, 0),
    max: percentile(samples, 100),
    runs: samples.length,
  };
}

/** The value below which that many percent of the samples are, between two samples by proportion. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('There are no samples.');
  return below + (above - below) * (place - Math.floor(place));
}

/** How long something takes, in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
