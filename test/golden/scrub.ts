/**
 * Replaces the paths of the recording machine, and removes long data that no test needs. Every line
 * keeps its length, because a journal names offsets of stdout.
 */
export function scrub(text: string, paths: Record<string, string>): string {
  const lines = text.split('\n').map(withoutCommands).join('\n');
  return Object.entries(paths).reduce((scrubbed, [path, name]) => {
    const flat = path.replace(/[^a-zA-Z0-9]/g, '-');
    return scrubbed
      .replaceAll(path, name.padEnd(path.length, '_'))
      .replaceAll(flat, name.replace(/[^a-zA-Z0-9]/g, '-').padEnd(flat.length, '-'));
  }, lines);
}

/** Removes the list of claude's own commands from its answer to `initialize`. */
function withoutCommands(line: string): string {
  if (!line.includes('"commands":[')) return line;
  const value = JSON.parse(line);
  if (value.type !== 'control_response') return line;
  value.response.response.commands = [];
  const short = JSON.stringify(value);
  return short + ' '.repeat(Buffer.byteLength(line) - Buffer.byteLength(short));
}
