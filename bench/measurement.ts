import type { Spread } from './harness.ts';

export interface MeasurementOptions {
  /** How often each subject is run; every measurement has its own number unless given. */
  runs: number | undefined;
  /** The short form: fewer runs of smaller things, to notice a gross regression and no more. */
  isShort: boolean;
  /** Says what is going on. */
  say(line: string): void;
}

/** One thing that is measured, under the name that `--only` takes. */
export interface Measurement {
  name: string;
  /** Whether the short form runs it too. */
  hasShort?: boolean;
  run(options: MeasurementOptions): Promise<Report>;
}

/** What was found. */
export interface Report {
  title: string;
  rows: Row[];
  goals: Goal[];
  /** What is real, what is a stand-in, what holds it back. */
  notes: string[];
}

/** One figure with its unit. */
export interface Row {
  what: string;
  unit: string;
  spread: Spread;
  digits?: number;
}

/** A line of the table: a figure, what it is held against, and how high it may be. */
export interface Goal {
  what: string;
  /** What was measured in the same run for it to be held against. */
  against: string;
  /** A ratio to that, unless the unit is another. */
  found: number;
  unit: '×' | 'ms' | 'MB' | 'KB' | 'bytes' | '%' | 's';
  atMost: number;
  /** Above this the short form fails: wide, as it runs on busy machines. Only ratios have one. */
  grossly?: number;
}

export const isMet = ({ found, atMost }: Goal): boolean => found <= atMost;
