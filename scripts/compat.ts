import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { isOlder, oldestClaude } from '../src/claude/version.ts';
import { type Compat, compatText, readCompat } from './compat-table.ts';
import { withMarked } from './markdown.ts';

/**
 * Runs the end-to-end suite with versions of `claude`, and writes the results into the document:
 * `npm run compat -- [--only <part of a file's name>] [version…]`. Without versions: the oldest
 * supported, the pinned and the newest. With `--only` the document stays as it is.
 */
const run = promisify(execFile);
const name = '@anthropic-ai/claude-code';
const document = 'docs/compatibility.md';
const refusal = 'test/end-to-end/old-claude.test.ts';
/** It compares what is known of models with the pinned version, and with no other version. */
const ofPinned = 'test/end-to-end/model-facts.test.ts';

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' } },
  allowPositionals: true,
});
const versions = positionals.length > 0 ? positionals : await usualVersions();
const results: Compat[] = [];
for (const version of new Set(versions)) {
  const result = await compatOf(version, values.only);
  results.push(result);
  process.stdout.write(compatText([result]));
}
if (values.only === undefined) await write(results);
process.exitCode = results.some(({ failing }) => failing.length > 0) ? 1 : 0;

async function usualVersions(): Promise<string[]> {
  const { stdout } = await run('npm', ['view', name, 'version']);
  return [oldestClaude, packageJson.devDependencies[name], stdout.trim()];
}

/** Installs a version into a folder of its own, and runs the suite with it. */
async function compatOf(version: string, only: string | undefined): Promise<Compat> {
  const folder = await mkdtemp(join(tmpdir(), 'awm-compat-'));
  try {
    await run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${name}@${version}`,
    ]);
    const claude = join(folder, 'node_modules', '.bin', 'claude');
    process.stdout.write(`${(await run(claude, ['--version'])).stdout.trim()} …\n`);
    const isRefused = isOlder(version, oldestClaude);
    const files = isRefused ? [refusal] : await suite(version, only);
    const report = join(folder, 'report.json');
    const args = ['run', ...files, '--reporter=json', `--outputFile=${report}`];
    const env = { ...process.env, [isRefused ? 'AWM_TEST_OLD_CLAUDE' : 'AWM_TEST_CLAUDE']: claude };
    // Failing tests end vitest with 1; the report names them.
    await run('npx', ['vitest', ...args], { env, maxBuffer: 2 ** 26 }).catch(() => {});
    return {
      version,
      date: new Date().toISOString().slice(0, 10),
      isRefused,
      ...(await read(report)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the files of the end-to-end suite whose names have this part. */
async function suite(version: string, only = ''): Promise<string[]> {
  const folders = ['test/end-to-end', 'test/inherit'];
  const lists = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((file) => `${folder}/${file}`)),
  );
  const isPinned = version === packageJson.devDependencies[name];
  const tests = lists.flat().filter((path) => isPinned || path !== ofPinned);
  const files = tests.filter((path) => path.endsWith('.test.ts') && path.includes(only));
  if (files.length === 0)
    throw new Error(`No file of the end-to-end suite has "${only}" in its name.`);
  return files;
}

/** The parts of a report of vitest that are used here. */
interface Report {
  testResults: {
    name: string;
    message?: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

async function read(path: string): Promise<Pick<Compat, 'passed' | 'skipped' | 'failing'>> {
  const { testResults }: Report = JSON.parse(await readFile(path, 'utf8'));
  const tests = testResults.flatMap(({ name, message = '', assertionResults }) => {
    const file = name.slice(name.lastIndexOf('test/'));
    const broken = { file, fullName: `does not run: ${message.split('\n')[0]}`, status: 'failed' };
    if (assertionResults.length === 0) return [broken];
    return assertionResults.map((result) => ({ file, ...result }));
  });
  const having = (status: string) => tests.filter((test) => test.status === status);
  const failing = having('failed').map(({ file, fullName }) => `${file}: ${fullName}`);
  const passed = having('passed').length;
  return { passed, skipped: tests.length - passed - failing.length, failing };
}

/** Writes results into the document; those of other versions stay. */
async function write(fresh: Compat[]): Promise<void> {
  const text = await readFile(document, 'utf8');
  const all = readCompat(text).filter(
    ({ version }) => !fresh.some((one) => one.version === version),
  );
  await writeFile(document, withMarked(text, 'compat', compatText([...all, ...fresh])));
}
