import { isOlder } from '../src/claude/version.ts';
import { markdownTable } from './markdown.ts';

/** What the end-to-end suite said of a version of `claude`. */
export interface Compat {
  version: string;
  /** As 2026-01-31. */
  date: string;
  /** True when the version is older than the oldest supported, and only its refusal was tested. */
  isRefused: boolean;
  passed: number;
  skipped: number;
  /** Files and names of the tests that failed. */
  failing: string[];
}

const titles = ['`claude`', 'Tested on', 'Passed', 'Skipped', 'Failed'];

const refused = 'refused, as it is too old';

/** Returns a table of results, the oldest version first, and the tests that failed. */
export function compatText(results: Compat[]): string {
  const sorted = results.toSorted((one, other) => (isOlder(one.version, other.version) ? -1 : 1));
  const rows = sorted.map(({ version, date, isRefused, passed, skipped, failing }) => [
    version,
    date,
    isRefused && failing.length === 0 ? refused : String(passed),
    String(skipped),
    String(failing.length),
  ]);
  const failures = sorted.flatMap(({ version, failing }) =>
    failing.map((test) => `- ${version}: ${test}\n`),
  );
  const list = failures.length === 0 ? '' : `\nThe tests that failed:\n\n${failures.join('')}`;
  return `${markdownTable(titles, rows)}\n${list}`;
}

/** Reads the results back from a text. */
export function readCompat(text: string): Compat[] {
  const rows = text.matchAll(
    /^\| (\d+\.\d+\.\d+) +\| (\d{4}-\d\d-\d\d) +\| ([^|]+?) +\| (\d+) +\| \d+ +\|$/gm,
  );
  const failures = [...text.matchAll(/^- (\d+\.\d+\.\d+): (.*)$/gm)];
  return [...rows].map(([, version = '', date = '', passed = '', skipped = '']) => ({
    ...{ version, date, isRefused: passed === refused },
    ...{ passed: Number(passed) || 0, skipped: Number(skipped) },
    failing: failures.flatMap(([, of, test = '']) => (of === version ? [test] : [])),
  }));
}
