import { expect, it, vi } from 'vitest';
import { setBrowser } from '../browser.ts';

it.each([
  [true, 'light'],
  [false, 'dark'],
])('the button changes between the colours of the system and the others', async (isDark, other) => {
  const { document } = setBrowser();
  vi.stubGlobal('matchMedia', () => ({ matches: isDark }));
  const { nextTheme } = await import('../../../web/state/theme.ts');
  const { style } = document.documentElement;
  expect(style.colorScheme).toBe('');
  nextTheme();
  expect(style.colorScheme).toBe(other);
  nextTheme();
  expect(style.colorScheme).toBe('');
});
