import type { Spread } from './harness.ts';

export interface MeasurementOptions {
  /** The number of runs of each subject; each measurement has a default. */
  runs: number | undefined;
  /** True for the short form: fewer and smaller runs, which only detect a gross regression. */
  isShort: boolean;
  /** Reports progress. */
  log(line: string): void;
}

/** A measurement; `--only` takes its name. */
export interface Measurement {
  name: string;
  /** True when the short form includes it. */
  hasShort?: boolean;
  run(options: MeasurementOptions): Promise<Report>;
}

/** The result of a measurement. */
export interface Report {
  title: string;
  rows: Row[];
  goals: Goal[];
  /** Notes about real parts, stand-ins and limits. */
  notes: string[];
}

/** One figure with its unit. */
export interface Row {
  what: string;
  unit: string;
  spread: Spread;
  digits?: number;
}

/** A line of the table: a figure, its comparison and its limit. */
export interface Goal {
  what: string;
  /** The comparison, which is measured in the same run. */
  against: string;
  /** The ratio to the comparison, unless the unit is another. */
  found: number;
  unit: '×' | 'ms' | 'MB' | 'KB' | 'bytes' | '%' | 's';
  atMost: number;
  /** The short form fails above this limit, which is wide because machines are busy. Only ratios have one. */
  grossly?: number;
}

export const isMet = ({ found, atMost }: Goal): boolean => found <= atMost;
