import calls, { promises as fs, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

/**
 * Makes writes and removals of its process fail, as a full disk or a missing permission does. The file that
 * AWM_FAULTS names has a JSON object: a key is a part of the path of such a write, its value the error
 * code. The file is read at each write, so that a test can change it.
 */
const rules = process.env.AWM_FAULTS ?? '';

function check(path, syscall) {
  const faults = Object.entries(JSON.parse(readFileSync(rules, 'utf8')));
  const code = faults.find(([part]) => String(path).includes(part))?.[1];
  if (code === undefined) return;
  throw Object.assign(new Error(`${code}: forced, ${syscall} '${path}'`), { code, syscall, path });
}

const { open, writeFile, mkdir, rm, rename } = fs;

fs.open = async (path, flags, ...rest) => {
  const file = await open(path, flags, ...rest);
  const write = file.writeFile.bind(file);
  file.writeFile = async (...args) => {
    check(path, 'write');
    return write(...args);
  };
  return file;
};
for (const [name, original] of Object.entries({ writeFile, mkdir, rm })) {
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

// The calls with callbacks, in the form that `promisify` makes of them.
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
