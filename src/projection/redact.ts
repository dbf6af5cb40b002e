/** Keys by the forms that their issuers gave them so that they can be found. */
const keys = new RegExp(
  [
    // Anthropic, OpenAI and others after them.
    String.raw`\bsk-[\w-]{20,}`,
    String.raw`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})`,
    String.raw`\bglpat-[\w-]{20,}`,
    String.raw`\bnpm_[A-Za-z0-9]{36}`,
    String.raw`\bxox[abeprs]-[\w-]{10,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[\w-]{35}`,
    // Begins only where a token can begin, so that no text takes long to go through.
    String.raw`(?<![\w.-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}`,
    '-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^"-]{0,20000}-----END [A-Z ]{0,30}PRIVATE KEY-----',
  ].join('|'),
  'g',
);

/** A text, or a line of JSON, with every known form of key hidden. It stays JSON if it was. */
export function redact(text: string): string {
  return text.replace(keys, (key) => `${key.slice(0, 4)}[hidden]`);
}
