import { describe, expect, it } from 'vitest';
import { runView } from '../../../src/cli/view.ts';
import { temporaryFolder } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

const charts = { svg: '', states: [], edges: [] };

/** Runs the command until it has written `lines` lines, in a terminal or not. */
async function run(path: string, { isTTY = false, lines = 1 } = {}) {
  const stop = new AbortController();
  let [stdout, stderr] = ['', ''];
  const code = await runView(foldersIn(path), {
    stdout: {
      isTTY,
      write(text) {
        stdout += text;
        if (stdout.split('\n').length > lines) stop.abort();
      },
    },
    stderr: {
      write(text) {
        stderr += text;
      },
    },
    ...{ env: {}, webDir: 'none', signal: stop.signal },
    charts: () => ({ worker: charts, supervisor: charts }),
    exportWorker: () => Promise.reject(new Error('none')),
  });
  return { code, stdout, stderr };
}

describe('the command view', () => {
  it('prints the path of the sign-in file, and in a terminal also the URL', async () => {
    const folder = await temporaryFolder();
    const file = /^The page: open \S+launch\.html in a browser \(once, within 5 minutes\)\.\n$/;
    const { code, stdout, stderr } = await run(folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(file);
    const [url = '', ...rest] = (await run(folder, { isTTY: true, lines: 2 })).stdout.split('\n');
    expect(url).toMatch(/^The page, once: http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/\?t=[\w-]{43}$/);
    expect(rest.join('\n')).toMatch(file);
  });

  it('refuses a path that does not exist', async () => {
    expect(await run('/nowhere')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: expect.stringContaining(
        'Expected a logs folder or a journal.ndjson, found nothing at /nowhere.',
      ),
    });
  });
});
