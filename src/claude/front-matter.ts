import { parse } from 'yaml';
import { asObject, asText } from '../stream-json/message.ts';

/** The fields of an agent file that decide what the agent may do. */
interface AgentFields {
  name: string | undefined;
  permissionMode: string | undefined;
}

/** Reads the fields of a front matter, the lines of YAML at the beginning of an agent file. */
export function fieldsOf(front: string): AgentFields {
  try {
    const fields = asObject(parse(front)) ?? {};
    const { name, permissionMode } = fields;
    return {
      name: asText(name),
      permissionMode: permissionMode === undefined ? undefined : String(permissionMode),
    };
  } catch {
    // `claude` also reads files that are not quite YAML, such as a description with a colon in it.
    return { name: lineOf('name', front), permissionMode: lineOf('permissionMode', front) };
  }
}

/** Returns the value of a field that has a line of its own. */
const lineOf = (field: string, front: string): string | undefined =>
  new RegExp(`^\\s*["']?${field}["']?\\s*:\\s*["']?([^"'#\\r\\n]*?)["']?\\s*(#.*)?$`, 'm').exec(
    front,
  )?.[1];
