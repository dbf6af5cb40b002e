import type { Step } from '../../src/practice/script.ts';
import { createRandom } from './random.ts';
import { tidying } from './repository.ts';

/** One turn of a worker: its prompt, and its result when no accident happens. */
export interface Task {
  /** The name of the turn in its prompt, its answers and its commands. */
  tag: string;
  prompt: string;
  steps: Step[];
  /** The text of the last answer. */
  result: string;
}

/** Returns the nth turn of a worker. The same seed gives the same turn. Commands append to `witness`. */
export function taskOf(seed: number, worker: number, turn: number, witness: string): Task {
  const random = createRandom(seed + 1_000_003 * worker + 7_919 * turn);
  const tag = `W${worker}.T${turn}`;
  const counts = Array.from({ length: random.below(3) }, () => 1 + random.below(2));
  let commands = 0;
  const command = () => {
    commands += 1;
    const fate = random.pick(['allow', 'allow', 'deny']);
    const tidy = random.pick(['', '', 'clean', 'stash'] as const);
    const name = [tag, `C${commands}`, ...(tidy ? [tidy] : []), fate].join('.');
    const before = tidy ? `${tidying[tidy]}; ` : '';
    const away = random.below(5) === 0 ? 'setsid sleep 600 < /dev/null > /dev/null 2>&1 & ' : '';
    return `echo ${name} >> ${witness}; ${before}${away}sleep ${random.pick(['0', '0.5', '2'])}`;
  };
  const steps: Step[] = counts.map((count, index) => ({
    text: answerOf(tag, index),
    delay_ms: random.below(300),
    tools: Array.from({ length: count }, () => ({ name: 'Bash', input: { command: command() } })),
  }));
  const result = answerOf(tag, steps.length);
  steps.push({ text: result, delay_ms: random.below(300) });
  const prompt = `${tag} <practice>${JSON.stringify(steps)}</practice>`;
  return { tag, prompt, steps, result };
}

/** Returns the answer of one step of a turn. */
export const answerOf = (tag: string, step: number): string => `${tag}.S${step}.`;

/** Returns the name of a command in the witness file. */
export const nameOf = (command: string): string => /echo (\S+)/.exec(command)?.[1] ?? command;

/** True when the caller allows a command, which its name tells. */
export const isAllowed = (command: string): boolean => nameOf(command).endsWith('.allow');

/** Returns the tag of the turn to which a prompt, an answer or a command belongs. */
export const tagIn = (text: string): string => /W\d+\.T\d+/.exec(text)?.[0] ?? '';
