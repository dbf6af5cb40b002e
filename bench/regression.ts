import type { Goal } from './measurement.ts';

/**
 * Checks figures against their wide limits, which hold on a busy machine too.
 * @throws Error that names every figure over its limit.
 */
export function failOnRegression(goals: readonly Goal[]): void {
  const gross = goals.filter(
    ({ found, grossly = Number.POSITIVE_INFINITY }) => !(found <= grossly),
  );
  if (gross.length === 0) return;
  const lines = gross.map(
    ({ what, found, grossly, unit }) => `${what}: ${found.toFixed(2)} ${unit}, over ${grossly}`,
  );
  throw new Error(`Grossly slower than it was:\n${lines.join('\n')}`);
}
