/** Formats a whole number with separated thousands, such as `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Returns how much less `part` is than `whole`, such as `99.1 %`, rounded down. */
export function formatSaved(part: number, whole: number): string {
  return `${(Math.floor((1 - part / whole) * 1000) / 10).toFixed(1)} %`;
}
