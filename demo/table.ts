/** A whole number with thousands separated, such as `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** How much less `part` is than `whole`, such as `99.1 %`; never rounded up. */
export function formatSaved(part: number, whole: number): string {
  return `${(Math.floor((1 - part / whole) * 1000) / 10).toFixed(1)} %`;
}
