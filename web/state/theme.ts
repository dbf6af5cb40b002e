import { effect, signal } from '@preact/signals';

/** As the system has it, or as chosen here. */
export const theme = signal<'auto' | 'dark' | 'light'>('auto');

effect(() => {
  document.documentElement.style.colorScheme = theme.value === 'auto' ? '' : theme.value;
});

export function nextTheme(): void {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const other = isDark ? 'light' : 'dark';
  theme.value = theme.value === 'auto' ? other : 'auto';
}
