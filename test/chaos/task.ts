import type { Step } from '../../src/practice/script.ts';
import { createRandom } from './random.ts';

/** One turn of a worker: what it is told, and what becomes of it when nothing comes between. */
export interface Task {
  /** Names the turn everywhere: in its prompt, its answers, its commands. */
  tag: string;
  prompt: string;
  steps: Step[];
  /** The text of the last answer. */
  result: string;
}

/** The nth turn of a worker: the same for the same seed. `witness` is the file commands write to. */
export function taskOf(seed: number, worker: number, turn: number, witness: string): Task {
  const random = createRandom(seed + 1_000_003 * worker + 7_919 * turn);
  const tag = `W${worker}.T${turn}`;
  const counts = Array.from({ length: random.below(3) }, () => 1 + random.below(2));
  let commands = 0;
  const command = () => {
    commands += 1;
    const fate = random.pick(['allow', 'allow', 'deny']);
    const name = `${tag}.C${commands}.${fate}`;
    const away = random.below(5) === 0 ? 'setsid sleep 600 < /dev/null > /dev/null 2>&1 & ' : '';
    return `echo ${name} >> ${witness}; ${away}sleep ${random.pick(['0', '0.5', '2'])}`;
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

/** The text with which a step of a turn is answered. */
export const answerOf = (tag: string, step: number): string => `${tag}.S${step}.`;

/** What a command is called, by which it is known in the witness file. */
export const nameOf = (command: string): string => /echo (\S+)/.exec(command)?.[1] ?? command;

/** Whether the caller allows a command: its name says so. */
export const isAllowed = (command: string): boolean => nameOf(command).endsWith('.allow');

/** The turn that a prompt, an answer or a command belongs to. */
export const tagIn = (text: string): string => /W\d+\.T\d+/.exec(text)?.[0] ?? '';
