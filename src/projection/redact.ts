import { beginningOf } from '../text/cut.ts';

/** The forms of keys, which their issuers have chosen so that a search can find them. */
const keys = new RegExp(
  [
    // Anthropic, OpenAI and others with the same form.
    String.raw`\bsk-[\w-]{20,}`,
    String.raw`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})`,
    String.raw`\bglpat-[\w-]{20,}`,
    String.raw`\bnpm_[A-Za-z0-9]{36}`,
    String.raw`\bxox[abeprs]-[\w-]{10,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[\w-]{35}`,
    // Matches only at the beginning of a token, so that the search of a long text is fast.
    String.raw`(?<![\w.-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}`,
    '-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^"-]{0,20000}-----END [A-Z ]{0,30}PRIVATE KEY-----',
  ].join('|'),
  'g',
);

/** Hides the keys in a text or in a line of JSON, which remains valid JSON. */
export function redact(text: string): string {
  return text.replace(keys, (key) => `${beginningOf(key, 4)}[hidden]`);
}
