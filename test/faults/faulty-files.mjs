import calls, { promises as fs, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

/**
 * Makes writes of the process that imports it fail, as a full disk or a taken right would: those to
 * paths that contain a key of the JSON object in the file that AWM_FAULTS names, with the error code
 * that is its value. The file is read at each write, so that a test can change its mind.
 */
const rules = process.env.AWM_FAULTS ?? '';

function check(path, syscall) {
  const faults = Object.entries(JSON.parse(readFileSync(rules, 'utf8')));
  const code = faults.find(([part]) => String(path).includes(part))?.[1];
  if (code === undefined) return;
  throw Object.assign(new Error(`${code}: forced, ${syscall} '${path}'`), { code, syscall, path });
}

const { open, writeFile, mkdir, rename } = fs;

fs.open = async (path, flags, ...rest) => {
  const file = await open(path, flags, ...rest);
  const write = file.writeFile.bind(file);
  file.writeFile = async (...args) => {
    check(path, 'write');
    return write(...args);
  };
  return file;
};
for (const [name, original] of Object.entries({ writeFile, mkdir })) {
  fs[name] = async (path, ...rest) => {
    check(path, name);
    return original(path, ...rest);
  };
}
fs.rename = async (from, to) => {
  check(to, 'rename');
  return rename(from, to);
};
syncBuiltinESMExports();

// The calls with callbacks, as promises of them are made by `promisify`.
const paths = new Map();
const openCall = promisify(calls.open);
calls.open[promisify.custom] = async (path, ...rest) => {
  const fd = await openCall(path, ...rest);
  paths.set(fd, path);
  return fd;
};
const pathsOf = {
  write: ([fd]) => paths.get(fd),
  writeFile: ([path]) => path,
  link: ([, path]) => path,
  rename: ([, path]) => path,
};
for (const [name, pathOf] of Object.entries(pathsOf)) {
  const call = promisify(calls[name]);
  calls[name][promisify.custom] = async (...args) => {
    check(pathOf(args), name);
    return call(...args);
  };
}
