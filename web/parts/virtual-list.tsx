import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

interface VirtualListProps {
  label: string;
  class?: string;
  count: number;
  heightOf(index: number): number;
  keyOf(index: number): string | number;
  row(index: number): ComponentChildren;
  /** The list scrolls to this row when its index changes. */
  current?: number;
  /** The list stays at its end while rows come, until the user scrolls up. */
  sticksToEnd?: boolean;
  /** Changes with the rows: the list then computes its heights again. */
  version: unknown;
}

const overscan = 300;

/** Draws only the visible rows of a list. */
export function VirtualList(props: VirtualListProps) {
  const { label, count, heightOf, keyOf, row, current, sticksToEnd, version } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const isAtEnd = useRef(true);
  // Heights change only with the version.
  const tops = useMemo(() => topsOf(count, heightOf), [count, version]);
  const total = tops[count] ?? 0;

  const measure = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 4;
    setView({ top: scrollTop, height: clientHeight });
  };
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  // Only a longer list moves the end.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && sticksToEnd && isAtEnd.current) element.scrollTop = total;
  }, [total, sticksToEnd]);
  // Scrolls only when the current row is another one.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || current === undefined || current < 0) return;
    const [top = 0, bottom = 0] = [tops[current], tops[current + 1]];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) {
      element.scrollTop = bottom - element.clientHeight;
    }
  }, [current]);

  const first = Math.max(0, indexAt(tops, view.top - overscan));
  const last = Math.min(count, indexAt(tops, view.top + view.height + overscan) + 1);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  return (
    <section
      class={`virtual ${props.class ?? ''}`}
      aria-label={label}
      ref={box}
      onScroll={measure}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
      tabIndex={0}
    >
      <ul style={{ height: `${total}px` }}>
        {rows.map((index) => (
          <li
            key={keyOf(index)}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${tops[index]}px)`, height: `${heightOf(index)}px` }}
          >
            {row(index)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function topsOf(count: number, heightOf: (index: number) => number): number[] {
  const tops = [0];
  for (let index = 0; index < count; index++) tops.push((tops[index] ?? 0) + heightOf(index));
  return tops;
}

/** Returns the last row whose top is at or above `y`. */
function indexAt(tops: number[], y: number): number {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
