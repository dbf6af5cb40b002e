import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const suite = resolve('node_modules/@modelcontextprotocol/conformance/dist/index.js');
const preload = resolve('test/protocol/fs-glob.mjs');

/** The exit code and the output of a run of the official conformance suite. */
export interface SuiteRun {
  code: number;
  output: string;
}

/** Runs every server scenario of the suite against a server, over the loopback only. */
export function runSuite(url: string, baseline: string, folder: string): Promise<SuiteRun> {
  const args = ['server', '--url', url, '--suite', 'all', '--expected-failures', baseline];
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', preload, suite, ...args, '--output-dir', folder],
      { env: { PATH: process.env.PATH, HOME: folder }, maxBuffer: 64 * 1024 ** 2 },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}
