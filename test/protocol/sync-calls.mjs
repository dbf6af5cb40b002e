import { createRequire, syncBuiltinESMExports } from 'node:module';

/**
 * Logs each synchronous call of the server for a file or a process, with its stack, as a line of JSON
 * in the file that AWM_SYNC_CALLS names. Only Node's own module loader may make such calls.
 */
// The namespace of an import cannot be changed, but the object that require returns can.
const require = createRequire(import.meta.url);
const fs = require('node:fs');
const { appendFileSync } = fs;

let isLogging = false;

function log(entry) {
  // appendFileSync itself calls other synchronous functions.
  isLogging = true;
  appendFileSync(process.env.AWM_SYNC_CALLS, `${JSON.stringify(entry)}\n`);
  isLogging = false;
}

const isOfLoader = (stack) => stack.includes('node:internal/modules/') && !stack.includes('/dist/');

function watch(builtin) {
  const names = Object.keys(builtin).filter((name) => name.endsWith('Sync'));
  for (const name of names) {
    const original = builtin[name];
    const logged = function (...args) {
      const { stack } = new Error(name);
      if (!isLogging && !isOfLoader(stack)) log({ name, stack });
      return Reflect.apply(original, this, args);
    };
    // Some functions have a second form as a property, such as realpathSync.native.
    builtin[name] = Object.assign(logged, original);
  }
  return names;
}

// Workers also inherit the server's NODE_OPTIONS.
if (process.argv[1]?.endsWith('/dist/main.mjs')) {
  const watched = [...watch(fs), ...watch(require('node:child_process'))];
  syncBuiltinESMExports();
  log({ watched });
}
