import { expect, it } from 'vitest';
import { describeSettings } from '../../../src/config/settings.ts';

it('every setting has a flag, a variable and a meaning', () => {
  const described = describeSettings();
  expect(described).toHaveLength(11 + 14);
  expect(described[0]).toEqual({
    ...{ flag: 'claude', variable: 'AWM_CLAUDE', needsNoValue: false },
    description: 'the claude command (default: claude)',
  });
  expect(described.at(-1)).toEqual({
    ...{ flag: 'default-fallback-model', variable: 'AWM_DEFAULT_FALLBACK_MODEL' },
    ...{ description: 'default of the worker option fallback_model', needsNoValue: false },
  });
});

it('only the flag of the page needs no value', () => {
  const alone = describeSettings().filter(({ needsNoValue }) => needsNoValue);
  expect(alone.map(({ flag }) => flag)).toEqual(['view']);
});
