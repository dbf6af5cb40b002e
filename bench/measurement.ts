import type { Spread } from './harness.ts';

export interface MeasurementOptions {
  /** How often each subject is run; every measurement has its own number unless given. */
  runs: number | undefined;
  /** Says what is going on. */
  say(line: string): void;
}

/** One thing that is measured, under the name that `--only` takes. */
export interface Measurement {
  name: string;
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

export interface Goal {
  what: string;
  isMet: boolean;
  found: string;
}
