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
/** With the page, a human answers there what the workers ask. */
const withPage = process.argv.includes('--page');
const order = parts.map(({ description }) => description);
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupt.abort(new Error('Interrupted.')));
}
process.exitCode = await run();

/** The exit code: 0 when everything went as told, 1 when not, 130 when it was interrupted. */
async function run(): Promise<number> {
  let stage: Stage | undefined;
  try {
    screen.say(
      'Five workers at once on the real claude, against the practice API: no account, no cost.\n',
    );
    const onStderr = (text: string) => screen.say(text.trimEnd());
    const args = ['--max-workers', String(parts.length), ...(withPage ? ['--view'] : [])];
    stage = await setStage({ rules, args, onStderr });
    return await show(stage);
  } catch (error) {
    screen.close();
    screen.say(interrupt.signal.aborted ? 'Interrupted: stopping.' : messageOf(error));
    return interrupt.signal.aborted ? 130 : 1;
  } finally {
    await stage?.close();
    if (stage) screen.say(`Everything is kept in ${stage.project}`);
  }
}

async function show(stage: Stage): Promise<number> {
  const follower = followWorkers(stage.client, screen, order);
  const caller = createCaller(stage.client, listener(follower));
  try {
    const byHuman: Answer = (request) => {
      screen.say(`A worker asks for ${request.tool}: answer it on the page.`);
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
    screen.say(`\nWhat the worker that was allowed to made, ${notesFile}:\n`);
    screen.say((await readProjectFile(stage.project, notesFile)) ?? 'Nothing.');
    screen.say(summary(endings, caller.bytes, screen.width).join('\n'));
    if (!withPage) return tell(await differences(endings, stage, caller.bytes));
    screen.say('\nThe page stays: go back in time, export it. Ctrl-C ends the demo.');
    await untilInterrupted(interrupt.signal);
    return 0;
  } finally {
    await follower.stop();
  }
}

function listener(follower: Follower) {
  return {
    onCall: (tool: string, args: object) => screen.say(shownCall(tool, args)),
    onAnswer(tool: string, answer: object) {
      screen.say(shownAnswer(tool, answer));
      follower.look();
    },
    onProgress(line: string) {
      if (!screen.isLive) screen.say(`  … ${line}`);
      follower.look();
    },
  };
}

function tell(found: string[]): number {
  if (found.length === 0) {
    screen.say('\nEverything went as told.');
    return 0;
  }
  screen.say(['\nNot everything went as told:', ...found.map((line) => `- ${line}`)].join('\n'));
  return 1;
}
