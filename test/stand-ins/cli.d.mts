/** The input and output of the stand-in; cli.mjs has the script that a prompt can contain. */
export interface CliPort {
  args: string[];
  env: Record<string, string | undefined>;
  write(bytes: string | Uint8Array): void;
  exit(code: number): void;
}

/** Creates a `claude` without a model: it takes lines of stdin, and writes lines of stdout. */
export function createCli(port: CliPort): { take(line: string): void };
