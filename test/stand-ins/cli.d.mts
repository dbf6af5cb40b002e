/** What the stand-in reads and writes; see cli.mjs for what a prompt can make it do. */
export interface CliPort {
  args: string[];
  env: Record<string, string | undefined>;
  write(bytes: string | Uint8Array): void;
  exit(code: number): void;
}

/** A `claude` that needs no model: give it lines of stdin, it writes lines of stdout. */
export function createCli(port: CliPort): { take(line: string): void };
