import { expect, it } from 'vitest';
import { spreadOf } from '../../bench/harness.ts';
import { formatReport } from '../../bench/print.ts';

it('a report has a table, its goals with met or missed, and its notes', () => {
  const report = {
    title: 'Start',
    rows: [
      { what: 'ours', unit: 'ms', spread: spreadOf([1, 2, 3]) },
      { what: 'long', unit: 'ms', spread: spreadOf(Array.from({ length: 21 }, (_, i) => i)) },
    ],
    goals: [
      { what: 'fast', against: 'slow', found: 0.5, unit: '×' as const, atMost: 1 },
      { what: 'faster', against: 'slow', found: 0.5, unit: '×' as const, atMost: 0.25 },
    ],
    notes: ['All real.'],
  };
  expect(formatReport(report).split('\n')).toEqual([
    'Start',
    '',
    '      median  min   max   p95  unit  runs',
    'ours     2.0  1.0   3.0        ms       3',
    'long    10.0  0.0  20.0  19.0  ms      21',
    '',
    'met     fast, beside slow: 0.5 ×, at most 1',
    'missed  faster, beside slow: 0.5 ×, at most 0.25',
    'All real.',
  ]);
});
