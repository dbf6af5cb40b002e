/** A statechart with a place for everything: made by `npm run machines`, drawn by draw.ts. */
export interface ChartLayout {
  /** The machine's id. */
  id: string;
  width: number;
  height: number;
  states: ChartState[];
  arrows: ChartArrow[];
  /** Where a machine begins, and where a state that holds others does. */
  starts: { x: number; y: number; route: Point[] }[];
}

export type Point = [x: number, y: number];

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface ChartState extends Box {
  /** Such as `spawning.queued`. */
  state: string;
  /** Its name within the state that holds it. */
  name: string;
  description: string;
  /** Whether it holds other states. */
  isGroup: boolean;
}

/** One arrow for all transitions that lead from one state to another. */
export interface ChartArrow {
  source: string;
  target: string;
  route: Point[];
  label: Box & { lines: string[] };
  transitions: { id: string; event: string; guard?: string; text: string }[];
}
