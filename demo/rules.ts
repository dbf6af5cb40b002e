import { join } from 'node:path';
import type { Rule, Step } from '../src/practice/script.ts';
import { aboutThrowing, deploySteps, findings, inThreeSentences, report } from './answers.ts';
import { deploy, notes, notesFile, release, research, review, translate } from './scenario.ts';

/** Returns the answers of the practice API to the prompts of the demo, for the project in this folder. */
export function rules(project: string): Rule[] {
  const read = (...files: string[]) =>
    files.map((file) => ({ name: 'Read', input: { file_path: join(project, file) } }));
  const write = { name: 'Write', input: { file_path: join(project, notesFile), content: notes } };
  const [throwing = '', summary = ''] = review.followUps;
  return [
    {
      match: research.prompt,
      steps: [
        step({
          text: 'I begin with the tool that the caller uses.',
          tools: read('src/manager/wait.ts'),
        }),
        step({
          text: 'All places that mention it:',
          tools: [bash("grep -rn '[Dd]eliver' machines src")],
        }),
        step({
          text: 'The state itself:',
          tools: read('machines/worker.ts', 'src/manager/rows.ts'),
        }),
        step({
          tools: read('src/manager/phases.ts', 'src/workers/workers.ts', 'src/mcp/server.ts'),
        }),
        step({ text: 'How large is all that?', tools: [bash('wc -l machines/*.ts src/*.ts')] }),
        step({ text: report }),
      ],
    },
    {
      match: review.prompt,
      steps: [
        step({ text: 'The chart first.', tools: read('machines/supervisor.ts') }),
        step({
          text: 'Then the code that uses it.',
          tools: read('src/workers/workers.ts', 'src/manager/manager.ts'),
        }),
        step({ tools: read('machines/worker.ts') }),
        step({ text: findings }),
      ],
    },
    { match: throwing, steps: [step({ text: aboutThrowing })] },
    { match: summary, steps: [step({ text: inThreeSentences })] },
    {
      match: release.prompt,
      steps: [
        step({
          text: 'First the sources.',
          tools: read('src/manager/manager.ts', 'src/config/options.ts'),
        }),
        step({ tools: read('src/config/config.ts', 'machines/worker.ts') }),
        step({ text: 'Now the notes.', tools: [write] }),
        step({ text: `${notesFile} is there, with three entries.` }),
      ],
    },
    {
      match: deploy.prompt,
      steps: ({ step: number, results: [result] }) =>
        [
          step({ text: 'What would run?', tools: read('scripts/deploy.sh', 'src/main.ts') }),
          step({
            tools: read('src/mcp/server.ts', 'src/claude/actor.ts', 'src/workers/workers.ts'),
          }),
          step({ tools: [bash('./scripts/deploy.sh production')] }),
          step({ text: afterDeploying(result) }),
        ][number] ?? {},
    },
    {
      match: translate.prompt,
      steps: [
        step({ tools: read('src/mcp/wait.ts', 'src/mcp/spawn-worker.ts') }),
        step({ tools: read('src/mcp/server.ts', 'src/mcp/validate.ts') }),
        step({ error: { status: 400, message: 'Output blocked by content filtering policy' } }),
      ],
    },
  ];
}

/** Returns a delayed answer, like a model that thinks. */
const step = (answer: Step): Step => ({ delay_ms: 350, ...answer });

const bash = (command: string) => ({ name: 'Bash', input: { command } });

/** A denial reaches the model as the result of its tool call. */
function afterDeploying(result: { content: string; is_error: boolean } | undefined): string {
  if (!result?.is_error) return 'It is deployed.';
  return `I did not deploy. The answer to my request was: ${result.content}\n\n${deploySteps}`;
}
