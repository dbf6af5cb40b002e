import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

/**
 * Bundles the server, so that it starts fast: `dist/main.mjs`, which `bin` names, and beside it what
 * is loaded only when it is wanted. Then the page, into `dist/web`.
 */
await rm('dist/parts', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'parts/[name]-[hash]',
  splitting: true,
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
await buildPage({ configFile: 'web/vite.config.ts' });
