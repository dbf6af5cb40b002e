import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Debian's browser. */
const executablePath = '/usr/bin/chromium';

/** Starts a browser with a new profile; where there is none yet, Debian's is installed first. */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) install();
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Tests that run at the same time wait for one installation. */
function install(): void {
  const script = `test -x ${executablePath} || (apt-get update && apt-get install -y chromium)`;
  execFileSync('flock', [join(tmpdir(), 'awm-chromium.lock'), 'sh', '-c', script], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
