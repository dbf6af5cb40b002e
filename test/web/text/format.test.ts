import { describe, expect, it } from 'vitest';
import { count, duration, money } from '../../../web/text/format.ts';

describe('numbers', () => {
  it('are short and keep their meaning', () => {
    expect([4_000, 192_000, 7_500_000, 270_000_000].map(duration)).toEqual([
      '4s',
      '3m 12s',
      '2h 05m',
      '3d 3h',
    ]);
    expect([0, 0.0123, 1.5].map(money)).toEqual(['$0.00', '$0.0123', '$1.50']);
    expect([999, 70_100, 2_500_000].map(count)).toEqual(['999', '70.1k', '2.5M']);
  });
});
