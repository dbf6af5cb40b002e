import type { Options } from '../src/config/options.ts';

/** The task of one worker of the demo, and the expected end of its turns. */
export interface Part {
  description: string;
  prompt: string;
  options?: Options;
  /** Prompts of the later turns, for `resume_worker`. */
  followUps: string[];
  /** The caller's answer to the worker's permission request. */
  decision?: { allow: boolean; reason?: string };
  expected: { status: 'completed' | 'failed'; reason?: string };
}

/** The file of the worker that is allowed to write. */
export const notesFile = 'RELEASE-NOTES.md';
export const notes = `# 0.1.0

- Workers continue when the server ends, and the next server adopts them.
- A worker requests a permission for each tool that is not allowed.
- The whole conversation of a worker is one JSON file.
`;

/** The file that the deployment would write. */
export const deployedFile = 'DEPLOYED';

/** Completes, with a long conversation. */
export const research: Part = {
  description: 'Research the delivery path',
  prompt:
    'Find out how a settled worker is delivered to the caller exactly once. Begin at src/manager/wait.ts, follow it into machines/worker.ts, and report what each file on the way contributes.',
  options: { allowed_tools: ['Bash(grep:*)', 'Bash(wc:*)'] },
  followUps: [],
  expected: { status: 'completed' },
};

/** Is resumed twice. */
export const review: Part = {
  description: 'Review the supervisor',
  prompt:
    'Review machines/supervisor.ts as somebody who has to keep it running at night. Name what could lose a worker, worst first.',
  followUps: [
    "Now only the case that a worker's actor throws: what happens, step by step?",
    'Put both answers into three sentences for the team.',
  ],
  expected: { status: 'completed' },
};

/** Requests a permission, which is allowed. */
export const release: Part = {
  description: 'Write the release notes',
  prompt: `Write release notes for 0.1.0 into ${notesFile}. Read the sources first and put what users notice on top.`,
  followUps: [],
  decision: { allow: true },
  expected: { status: 'completed' },
};

/** Requests a permission, which is denied. */
export const deploy: Part = {
  description: 'Deploy to production',
  prompt: 'Deploy this project to production with scripts/deploy.sh and tell me when it is done.',
  followUps: [],
  decision: {
    allow: false,
    reason: 'Nothing goes to production from here; list the steps instead.',
  },
  expected: { status: 'completed' },
};

/** Fails: the API refuses its request. */
export const translate: Part = {
  description: 'Translate the tool texts',
  prompt: 'Translate the descriptions of the tools in src/mcp/ into German.',
  followUps: [],
  expected: { status: 'failed', reason: 'api_error' },
};

export const parts: readonly Part[] = [research, review, release, deploy, translate];
