import { messageOf } from '../src/errors.ts';
import { createCaller } from './caller.ts';
import { differences } from './check.ts';
import { type Follower, followWorkers } from './follow.ts';
import { readEndings, readProjectFile } from './outcome.ts';
import { untilAnswered, untilInterrupted } from './page.ts';
import { rules } from './rules.ts';
import { notesFile, parts } from './scenario.ts';
import { openScreen } from './screen.ts';
import { type Stage, setStage } from './stage.ts';
import { type Answer, playStory } from './story.ts';
import { summary } from './summary.ts';
import { shownAnswer, shownCall } from './transcript.ts';

const screen = openScreen(process.stdout, process.env);
/** With the page, a human answers the permission requests there. */
const withPage = process.argv.includes('--page');
const order = parts.map(({ description }) => description);
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupt.abort(new Error('Interrupted.')));
}
process.exitCode = await run();

/** Runs the demo. The exit code is 0 when everything is as expected, 1 when not, 130 after an interrupt. */
async function run(): Promise<number> {
  let stage: Stage | undefined;
  try {
    screen.print(
      'Five workers at once on the real claude, against the practice API: no account, no cost.\n',
    );
    const onStderr = (text: string) => screen.print(text.trimEnd());
    const args = ['--max-workers', String(parts.length), ...(withPage ? ['--view'] : [])];
    stage = await setStage({ rules, args, onStderr });
    return await show(stage);
  } catch (error) {
    screen.close();
    screen.print(interrupt.signal.aborted ? 'Interrupted: stopping.' : messageOf(error));
    return interrupt.signal.aborted ? 130 : 1;
  } finally {
    await stage?.close();
    if (stage) screen.print(`Everything is kept in ${stage.project}`);
  }
}

async function show(stage: Stage): Promise<number> {
  const follower = followWorkers(stage.client, screen, order);
  const caller = createCaller(stage.client, listener(follower));
  try {
    const byHuman: Answer = (request) => {
      screen.print(`A worker asks for ${request.tool}: answer it on the page.`);
      return untilAnswered(stage.client, request, interrupt.signal);
    };
    const players = await playStory(
      caller,
      parts,
      interrupt.signal,
      withPage ? byHuman : undefined,
    );
    await follower.stop();
    screen.close();
    const endings = await readEndings(players, caller, stage.project);
    screen.print(`\nThe file of the worker that was allowed to write, ${notesFile}:\n`);
    screen.print((await readProjectFile(stage.project, notesFile)) ?? 'Nothing.');
    screen.print(summary(endings, caller.bytes, screen.width).join('\n'));
    if (!withPage) return report(await differences(endings, stage, caller.bytes));
    screen.print('\nThe page stays: go back in time, export it. Ctrl-C ends the demo.');
    await untilInterrupted(interrupt.signal);
    return 0;
  } finally {
    await follower.stop();
  }
}

function listener(follower: Follower) {
  return {
    onCall: (tool: string, args: object) => screen.print(shownCall(tool, args)),
    onAnswer(tool: string, answer: object) {
      screen.print(shownAnswer(tool, answer));
      follower.refresh();
    },
    onProgress(line: string) {
      if (!screen.isLive) screen.print(`  … ${line}`);
      follower.refresh();
    },
  };
}

function report(found: string[]): number {
  if (found.length === 0) {
    screen.print('\nEverything is as expected.');
    return 0;
  }
  screen.print(
    ['\nNot everything is as expected:', ...found.map((line) => `- ${line}`)].join('\n'),
  );
  return 1;
}
