import { chmod, readdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

/**
 * Bundles the server, so that it starts fast: `dist/main.mjs`, which `bin` names, and beside it what
 * is loaded only when it is wanted. Then the page, into `dist/web`.
 */
const { metafile } = await build({
  metafile: true,
  entryPoints: { main: 'src/main.ts', 'reading-thread': 'src/reading-thread.ts' },
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

// Parts of earlier builds go last: a server that runs from them may still load one.
for (const name of await readdir('dist/parts')) {
  if (!(`dist/parts/${name}` in metafile.outputs)) await rm(`dist/parts/${name}`, { force: true });
}

await buildPage({ configFile: 'web/vite.config.ts' });
