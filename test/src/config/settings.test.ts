import { expect, it } from 'vitest';
import { describeSettings } from '../../../src/config/settings.ts';

it('every setting is in the help with its flag, its variable and its meaning', () => {
  const help = describeSettings();
  expect(help).toHaveLength(9 + 14);
  expect(help[0]).toBe('  --claude (AWM_CLAUDE)  the claude command (default: claude)');
  expect(help.at(-1)).toBe(
    '  --default-fallback-model (AWM_DEFAULT_FALLBACK_MODEL)  default of the worker option fallback_model',
  );
});
