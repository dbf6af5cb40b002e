import { createRequire, syncBuiltinESMExports } from 'node:module';

/**
 * Notes each synchronous call for a file or a process that the server makes, with its stack, as a
 * line of JSON in the file that AWM_SYNC_CALLS names. Only Node's own loader of modules may make any.
 */
// The namespace of an import cannot be changed; what require gives is what it is made from.
const require = createRequire(import.meta.url);
const fs = require('node:fs');
const { appendFileSync } = fs;

let isNoting = false;

function note(entry) {
  // To append calls other synchronous functions in its turn.
  isNoting = true;
  appendFileSync(process.env.AWM_SYNC_CALLS, `${JSON.stringify(entry)}\n`);
  isNoting = false;
}

const isOfLoader = (stack) => stack.includes('node:internal/modules/') && !stack.includes('/dist/');

function watch(builtin) {
  const names = Object.keys(builtin).filter((name) => name.endsWith('Sync'));
  for (const name of names) {
    const original = builtin[name];
    const noting = function (...args) {
      const { stack } = new Error(name);
      if (!isNoting && !isOfLoader(stack)) note({ name, stack });
      return Reflect.apply(original, this, args);
    };
    // Some have a second form as a property, such as realpathSync.native.
    builtin[name] = Object.assign(noting, original);
  }
  return names;
}

// Workers have the server's NODE_OPTIONS too.
if (process.argv[1]?.endsWith('/dist/main.mjs')) {
  const watched = [...watch(fs), ...watch(require('node:child_process'))];
  syncBuiltinESMExports();
  note({ watched });
}
