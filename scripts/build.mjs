import { chmod } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the server into the one file that `bin` names, so that it starts fast. */
await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  // Some bundled packages are CommonJS and ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/main.mjs', 0o755);
