/** Runs a subject once; returns its time, or another number, or several. */
type Subject = () => Promise<number | number[]>;

/**
 * Runs the subjects alternately, so that other load on the machine affects all of them. Unless they
 * are warm, the first run of each does not count.
 */
export async function interleave<Name extends string>(
  subjects: Record<Name, Subject>,
  runs: number,
  { areWarm = false } = {},
): Promise<Record<Name, number[]>> {
  // The object is a literal of the caller, so Object.keys returns exactly the names of the type.
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

/** A summary of samples. */
export interface Spread {
  median: number;
  p95: number;
  min: number;
  max: number;
  runs: number;
}

/** Returns the median, the 95th percentile, the minimum and the maximum of samples. */
export function spreadOf(samples: readonly number[]): Spread {
  return {
    median: percentile(samples, 50),
    p95: percentile(samples, 95),
    min: percentile(samples, 0),
    max: percentile(samples, 100),
    runs: samples.length,
  };
}

/** Returns a percentile of samples, interpolated between two samples. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('There are no samples.');
  return below + (above - below) * (place - Math.floor(place));
}

/** Measures the time of an action, in milliseconds. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
