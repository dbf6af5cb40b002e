import { useEffect, useRef } from 'preact/hooks';
import type { ChartView } from '../../src/projection/contract.ts';
import { createChartLight, type Lit } from './chart-light.ts';

interface ChartProps {
  chart: ChartView | undefined;
  lit: Lit;
  label: string;
  /** Shrinks the chart until all of it is visible; else the active state stays in the middle. */
  isWhole?: boolean;
}

/** Draws a chart. Its SVG is inserted once; after that only classes and small texts change. */
export function Chart({ chart, lit, label, isWhole = false }: ChartProps) {
  const box = useRef<HTMLElement>(null);
  const light = useRef<(lit: Lit) => void>(undefined);
  useEffect(() => {
    if (!chart?.svg || !box.current) return;
    // The build draws it; it contains no text of a worker.
    const drawn = new DOMParser().parseFromString(chart.svg, 'image/svg+xml').documentElement;
    const svg = document.importNode(drawn, true);
    box.current.replaceChildren(svg);
    light.current = createChartLight(svg, chart);
  }, [chart]);
  useEffect(() => {
    light.current?.(lit);
    box.current?.firstElementChild?.setAttribute('aria-label', label);
  });
  useEffect(() => {
    if (box.current && !isWhole) showActive(box.current);
  }, [chart, lit.state, isWhole]);
  if (!chart) return <p class="empty">Loading the chart…</p>;
  if (!chart.svg) return <p class="empty">This build has no drawn chart.</p>;
  return (
    <figure
      class={`chart-box ${isWhole ? 'is-whole' : ''}`}
      aria-label="Chart"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
      tabIndex={0}
    />
  );
}

/** Scrolls the chart to its active state; the page around it does not move. */
function showActive(box: HTMLElement): void {
  const active = box.querySelector('.is-active > rect');
  if (!active) return;
  const [outer, inner] = [box.getBoundingClientRect(), active.getBoundingClientRect()];
  box.scrollBy({
    left: inner.left + inner.width / 2 - outer.left - outer.width / 2,
    top: inner.top + inner.height / 2 - outer.top - outer.height / 2,
  });
}
