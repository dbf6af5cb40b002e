import { beginningOf } from '../text/cut.ts';
import { credentials, keyForms, namedSecret, secretName, urlPassword } from './key-forms.ts';

/** Returns a text with its keys hidden: every known form, and what a name or a header calls secret. */
export function redact(text: string): string {
  return text
    .replace(keyForms, (key) => `${beginningOf(key, 4)}[hidden]`)
    .replace(namedSecret, (all, name: string, value: string) =>
      isRandom(value) ? `${name}[hidden]` : all,
    )
    .replace(credentials, (all, scheme: string, value: string) =>
      isRandom(value) || (/^authorization/i.test(scheme) && isMixed(value))
        ? `${scheme}[hidden]`
        : all,
    )
    .replace(urlPassword, '$1[hidden]');
}

/** Returns a copy of a JSON value with the keys in all of its texts hidden. */
export function hideKeys<Value>(value: Value): Value {
  // A text becomes a text, a list a list, and so on: the copy has the type of the original.
  return hideIn('', value) as Value;
}

function hideIn(name: string, value: unknown): unknown {
  if (typeof value === 'string') return hideNamed(name, value);
  if (Array.isArray(value)) return value.map((one) => hideIn(name, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [redact(key), hideIn(key, field)]),
  );
}

function hideNamed(name: string, value: string): string {
  return secretName.test(name) && /^\S{8,}$/.test(value) && isRandom(value)
    ? '[hidden]'
    : redact(value);
}

/** True for text that nobody would say: letters and digits in turn. */
const isRandom = (text: string): boolean =>
  (text.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0) >= 3;

const isMixed = (text: string): boolean =>
  /[a-z]/.test(text) && /[A-Z]/.test(text) && !/^[A-Z]?[a-z]+$/.test(text);
