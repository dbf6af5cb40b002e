import type { PracticeApi } from '../src/practice/server.ts';
import { type Ending, readProjectFile, sawWholeConversation, toolErrors } from './outcome.ts';
import { deployedFile, notes, notesFile, type Part } from './scenario.ts';

/** The minimum of saved bytes, as a ratio to the conversations. */
const leastSaved = 0.98;

/** Returns the differences from the expected story, one sentence each; none when all is as expected. */
export async function differences(
  endings: readonly Ending[],
  stage: { api: Pick<PracticeApi, 'requests'>; project: string },
  bytesGiven: number,
): Promise<string[]> {
  const conversation = endings.reduce((sum, ending) => sum + ending.bytesOfConversation, 0);
  const saved = 1 - bytesGiven / conversation;
  return [
    ...endings.flatMap(aboutEnding),
    ...endings.flatMap((ending) => aboutSession(ending, stage.api)),
    ...(await aboutFiles(stage.project)),
    ...endings.flatMap(aboutPermission),
    ...expect('bytes saved', saved >= leastSaved, `${(saved * 100).toFixed(1)} %`, 'at least 98 %'),
  ];
}

function aboutEnding({ part, history }: Ending): string[] {
  const { status, reason } = part.expected;
  const turns = part.followUps.length + 1;
  return [
    ...same(`${part.description}: status`, history.status, status),
    ...same(`${part.description}: reason`, history.reason, reason),
    ...same(`${part.description}: turns`, history.turns.length, turns),
    ...same(`${part.description}: tool errors`, toolErrors(history).join(), toolErrorOf(part)),
  ];
}

/** Only a denial makes a tool call fail; the model gets its reason. */
function toolErrorOf({ decision }: Part): string {
  return decision?.allow === false ? JSON.stringify(decision.reason) : '';
}

/** A resumed worker keeps its session and its whole conversation. */
function aboutSession(ending: Ending, api: Pick<PracticeApi, 'requests'>): string[] {
  const { part, history, sessions } = ending;
  if (part.followUps.length === 0) return [];
  const expected = Array(part.followUps.length + 1).fill(history.session_id);
  return [
    ...same(`${part.description}: sessions`, sessions.join(), expected.join()),
    ...same(`${part.description}: remembers`, sawWholeConversation(ending, api.requests), true),
  ];
}

async function aboutFiles(project: string): Promise<string[]> {
  return [
    ...same(notesFile, await readProjectFile(project, notesFile), notes),
    ...same(deployedFile, await readProjectFile(project, deployedFile), undefined),
  ];
}

function aboutPermission({ part, history }: Ending): string[] {
  if (!part.decision) return [];
  const { allow, reason } = part.decision;
  const [permission] = history.turns.flatMap(({ permissions }) => permissions);
  return [
    ...same(`${part.description}: decision`, permission?.decision, allow ? 'allow' : 'deny'),
    ...same(`${part.description}: reason told`, permission?.reason, reason),
    ...expect(
      `${part.description}: answer`,
      history.result?.includes(reason ?? '') === true,
      JSON.stringify(history.result),
      `one that repeats ${JSON.stringify(reason ?? '')}`,
    ),
  ];
}

function same(what: string, found: unknown, expected: unknown): string[] {
  return expect(what, found === expected, JSON.stringify(found), JSON.stringify(expected));
}

function expect(what: string, isTrue: boolean, found = 'nothing', expected = 'nothing'): string[] {
  return isTrue ? [] : [`${what} is ${found}, expected ${expected}.`];
}
