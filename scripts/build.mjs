import { chmod, readdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

/**
 * The SDK's server contains a compiler of JSON Schemas, for questions from a server to its client. This
 * server asks none, so it need not load the compiler.
 */
const noElicitation = {
  name: 'no-elicitation',
  setup(build) {
    build.onResolve({ filter: /validation\/ajv-provider\.js$/ }, ({ importer }) =>
      /sdk\/dist\/esm\/server\/index\.js$/.test(importer)
        ? { path: 'no-elicitation', namespace: 'awm' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'awm' }, () => ({
      contents: 'export class AjvJsonSchemaValidator {}',
    }));
  },
};

/**
 * Bundles the server, so that it starts fast: `dist/main.mjs`, which `bin` names, and beside it the
 * parts that are loaded when they are needed. Then builds the page into `dist/web`.
 */
const { metafile } = await build({
  metafile: true,
  entryPoints: { main: 'src/main.ts', 'reader-thread': 'src/workers/reader-thread.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'parts/[name]-[hash]',
  splitting: true,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  legalComments: 'none',
  plugins: [noElicitation],
  // For Node, rxjs has only CommonJS, from which no unused code can be removed.
  alias: { rxjs: resolve('node_modules/rxjs/dist/esm/index.js') },
  // Some bundled packages are CommonJS and load Node's own modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
await chmod('dist/main.mjs', 0o755);

// Remove parts of earlier builds last: a running server may still load one.
for (const name of await readdir('dist/parts')) {
  if (!(`dist/parts/${name}` in metafile.outputs)) await rm(`dist/parts/${name}`, { force: true });
}

await buildPage({ configFile: 'web/vite.config.ts' });
