import { effect, signal } from '@preact/signals';

/** The colours: those of the system, or the choice made on the page. */
export const theme = signal<'auto' | 'dark' | 'light'>('auto');

effect(() => {
  document.documentElement.style.colorScheme = theme.value === 'auto' ? '' : theme.value;
});

export function nextTheme(): void {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const other = isDark ? 'light' : 'dark';
  theme.value = theme.value === 'auto' ? other : 'auto';
}
