import { execFile } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { claude } from '../demo/stage.ts';
import packageJson from '../package.json' with { type: 'json' };

/** The machine and the versions of a run. */
export interface Machine {
  date: string;
  processor: string;
  cores: number;
  memory_gib: number;
  system: string;
  /** The load average at the start of the run. */
  load: number;
  node: string;
  claude: string;
  async_worker_manager: string;
  mcp_sdk: string;
}

export async function describeMachine(): Promise<Machine> {
  const { stdout } = await promisify(execFile)(claude, ['--version']);
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    node: process.version,
    claude: stdout.trim(),
    async_worker_manager: packageJson.version,
    mcp_sdk: packageJson.dependencies['@modelcontextprotocol/sdk'],
  };
}
