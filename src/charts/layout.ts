/** The positions of a statechart's parts. `npm run machines` computes them, draw.ts draws them. */
export interface ChartLayout {
  /** The machine's id. */
  id: string;
  width: number;
  height: number;
  states: ChartState[];
  arrows: ChartArrow[];
  /** The initial arrows: of the machine, and of each state with children. */
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
  /** Its name within its parent. */
  name: string;
  description: string;
  /** True if it has children. */
  isGroup: boolean;
}

/** An arrow for all transitions from one state to another. */
export interface ChartArrow {
  source: string;
  target: string;
  route: Point[];
  label: Box & { lines: string[] };
  transitions: { id: string; event: string; guard?: string; text: string }[];
}
