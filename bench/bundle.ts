import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Programs that are measured in their own processes. */
const programs = ['crowd-server', 'fleet-run', 'messages-run', 'minimal-server', 'stand-in-host'];

/** The paths of the bundled programs by name. */
export type Bundled = (name: string) => string;

/**
 * Bundles the programs like the server, and removes the bundles after their use. Programs that run
 * from their sources would have the cost of the loader and of the function names that it adds.
 */
export async function withBundles<Value>(
  use: (bundled: Bundled) => Promise<Value>,
): Promise<Value> {
  const outdir = await mkdtemp(join(tmpdir(), 'awm-bench-'));
  try {
    await bundle(programs, outdir);
    return await use((name) => join(outdir, `${name}.mjs`));
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

/** Bundles programs of this folder by name, with the build options of the server. */
export async function bundle(names: string[], outdir: string): Promise<void> {
  await build({
    entryPoints: names.map((name) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    legalComments: 'none',
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
}
