import { useEffect, useRef } from 'preact/hooks';
import type { ChartView } from '../../src/view/contract.ts';
import { createChartLight, type Lit } from './chart-light.ts';

/** A drawn chart. It is put in once; after that only classes and two small texts change. */
export function Chart({
  chart,
  lit,
  label,
}: {
  chart: ChartView | undefined;
  lit: Lit;
  label: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const light = useRef<(lit: Lit) => void>(undefined);
  useEffect(() => {
    if (!chart?.svg || !box.current) return;
    // Our own drawing, made when the project was built; it holds nothing that a worker said.
    const drawn = new DOMParser().parseFromString(chart.svg, 'image/svg+xml').documentElement;
    const svg = document.importNode(drawn, true);
    box.current.replaceChildren(svg);
    light.current = createChartLight(svg, chart);
  }, [chart]);
  useEffect(() => light.current?.(lit));
  if (!chart) return <p class="empty">Loading the chart…</p>;
  if (!chart.svg) return <p class="empty">This build has no drawn chart.</p>;
  return <div class="chart" role="img" aria-label={label} ref={box} />;
}
