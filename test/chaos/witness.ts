import { readFile } from 'node:fs/promises';
import { unlessMissing } from '../../src/files/private-files.ts';
import type { Stage } from './stage.ts';
import { tagIn } from './task.ts';

/** The records of the practice API and of the commands, which do not depend on the server. */
export interface Witness {
  /** The number of complete answers by turn and step, such as `W1.T2.S0`. */
  answered: Map<string, number>;
  /** The number of runs of each command, by name. */
  ran: Map<string, number>;
}

export async function readWitness({ answered, ran }: Stage): Promise<Witness> {
  const answers = (await linesOf(answered)).map((line) => JSON.parse(line));
  return {
    answered: countsOf(answers.map(({ prompt, step }) => `${tagIn(prompt)}.S${step}`)),
    ran: countsOf(await linesOf(ran)),
  };
}

async function linesOf(path: string): Promise<string[]> {
  const text = (await unlessMissing(readFile(path, 'utf8'))) ?? '';
  return text.split('\n').filter((line) => line !== '');
}

function countsOf(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
