import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideKeys, redact } from '../../../src/projection/redact.ts';

/** Random letters and digits, the same in each run. */
const letters = (count: number) => 'a1B2c3D4e5F6g7H8'.repeat(30).slice(0, count);
const upper = (count: number) => 'A1B2C3D4E5F6G7H8'.repeat(5).slice(0, count);
const hex = (count: number) => '0a1b2c3d4e5f6789'.repeat(8).slice(0, count);

const lines = `${letters(64)}\n${letters(64)}\n${letters(20)}==`;
const block = (kind: string, body = lines) =>
  `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----`;

/** A key of each form. Written in parts, so that no scanner takes this file for a leak. */
const keys: Record<string, string> = {
  Anthropic: `sk-${'ant'}-api03-${letters(93)}-AA`,
  'Anthropic, OAuth': `sk-${'ant'}-oat01-${letters(90)}`,
  OpenAI: `sk-${letters(48)}`,
  'OpenAI, project': `sk-${'proj'}-${letters(60)}_${letters(20)}`,
  OpenRouter: `sk-${'or'}-v1-${hex(64)}`,
  'Hugging Face': `hf_${letters(34)}`,
  Groq: `gsk_${letters(52)}`,
  xAI: `xai-${letters(80)}`,
  GitHub: `ghp_${letters(36)}`,
  'GitHub, app': `ghs_${letters(36)}`,
  'GitHub, fine-grained': `github_pat_${letters(22)}_${letters(59)}`,
  GitLab: `glpat-${letters(20)}`,
  Jira: `ATATT3xFfGF0${letters(60)}=${upper(8)}`,
  npm: `npm_${letters(36)}`,
  PyPI: `pypi-AgEIcHlwaS5vcmc${letters(80)}`,
  Docker: `dckr_pat_${letters(27)}`,
  'Slack, bot': `xoxb-123456789012-1234567890123-${letters(24)}`,
  'Slack, user': `xoxp-123456789012-${letters(24)}`,
  'Slack, app': `xapp-1-A012345678-${letters(40)}`,
  'Slack, rotated': `xoxe.xoxp-1-${letters(60)}`,
  'Slack, webhook': `hooks.slack.com/services/T01234567/B01234567/${letters(24)}`,
  Discord: `discord.com/api/webhooks/123456789012345678/${letters(60)}`,
  AWS: `AKIA${upper(16)}`,
  'AWS, temporary': `ASIA${upper(16)}`,
  'Google, API': `AIza${letters(35)}`,
  'Google, OAuth': `ya29.a0${letters(60)}`,
  'Google, client': `GOCSPX-${letters(28)}`,
  'Google, refresh': `1//0${letters(40)}`,
  Stripe: `sk_${'live'}_${letters(24)}`,
  'Stripe, restricted': `rk_${'test'}_${letters(24)}`,
  Shopify: `shpat_${hex(32)}`,
  Databricks: `dapi${hex(32)}`,
  DigitalOcean: `dop_v1_${hex(64)}`,
  Vault: `hvs.${letters(30)}`,
  Twilio: `SK${hex(32)}`,
  Mailgun: `key-${hex(32)}`,
  SendGrid: `SG.${letters(22)}.${letters(43)}`,
  Telegram: `1234567890:AA${letters(33)}`,
  Linear: `lin_api_${letters(40)}`,
  JWT: `eyJ${letters(20)}.eyJ${letters(30)}.${letters(43)}`,
  'private key': block('PRIVATE KEY'),
  'private key, RSA': block('RSA PRIVATE KEY'),
  'private key, OpenSSH': block('OPENSSH PRIVATE KEY'),
  'private key, encrypted': block(
    'EC PRIVATE KEY',
    `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${upper(32)}\n\n${lines}`,
  ),
  'private key, PGP': block('PGP PRIVATE KEY BLOCK', `Version: GnuPG v2\n\n${lines}\n=ab1C`),
  'private key, numbered': block('PRIVATE KEY').replace(/^/gm, '     1→'),
};
const named = Object.entries(keys);

/** Places of a key in a text; KEY stands for it. */
const places = [
  'KEY',
  'KEY\nnext line',
  'line\nKEY\nnext line',
  'line\r\nKEY\r\n',
  'column\tKEY\tcolumn',
  'word KEY word',
  'NAME=KEY',
  'NAME="KEY"',
  "name: 'KEY',",
  '- KEY',
  '> KEY',
  '1→KEY',
  '+KEY',
  '(KEY)',
  '`KEY`',
  '**KEY**',
  '|KEY|',
  'a,KEY,b',
  'ключ: KEY。',
  '鍵KEY鍵',
  '{"key":"KEY"}',
  '{"text":"line\\nKEY\\nline"}',
  '{"text":"{\\"text\\":\\"line\\\\nKEY\\\\tword\\"}"}',
  String.raw`\u0022KEY\u0022`,
  String.raw`\x22KEY\x22`,
  'https://example.com/?q=1&x=KEY&y=2',
  'https://example.com/?next=%3Fx%3DKEY%26y',
  'https://KEY@example.com/a.git',
  'https://user:KEY@example.com/a.git',
  'Authorization: Bearer KEY',
  'curl -H "x-api-key: KEY" https://example.com',
  'value=3DKEY=20',
  '\u001b[32mKEY\u001b[0m',
  String.raw`\u001b[1;31mKEY\u001b[0m`,
  '<td>KEY</td>',
  'x-KEY',
];

/** The part of a key that nobody may see. */
const secretOf = (key: string) =>
  key.includes('PRIVATE KEY') ? letters(64) : key.slice(Math.max(4, key.length - 20));

describe.each(named)('a key is hidden: %s', (_, key) => {
  it.each(places)('in %j', (place) => {
    const escaped = place.startsWith('{') ? JSON.stringify(key).slice(1, -1) : key;
    const isIn = (text: string) => text.includes(secretOf(key));
    const text = place.replace('KEY', () => escaped);
    if (place === 'x-KEY' && /^(sk-a1|eyJ|1\/\/|\d|SK|key-)/.test(key)) return;
    expect(isIn(text)).toBe(true);
    const hidden = redact(text);
    expect(hidden).toContain('[hidden]');
    expect(isIn(hidden)).toBe(false);
    expect(redact(hidden)).toBe(hidden);
    expect(isIn(JSON.stringify(hideKeys({ a: [{ text }] })))).toBe(false);
    expect(isIn(JSON.stringify(hideKeys({ [text]: 1 })))).toBe(false);
  });
});

it('a private key without its end is hidden too, and what stands after it stays', () => {
  const text = `$ head -3 key\n-----BEGIN RSA PRIVATE KEY-----\n${lines}\n\n$ ls`;
  expect(redact(text)).toBe('$ head -3 key\n----[hidden]\n\n$ ls');
});

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY2x9Zq4T8v1';

describe('a secret without a form of its own is hidden by its name', () => {
  it.each([
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `aws_secret_access_key = ${secret}`,
    `aws_session_token=${secret}${secret}`,
    `{"SecretAccessKey": "${secret}"}`,
    JSON.stringify(JSON.stringify({ SecretAccessKey: secret })),
    `AKIA${upper(16)},${secret}`,
    `export DB_PASSWORD='${secret}'`,
    `client_secret: ${secret}`,
    `apiKey => "${secret}"`,
    `x-api-key: ${secret}`,
    `//registry.example.com/:_authToken=${secret}`,
    `https://example.com/?access_token=${secret}&a=b`,
    `AccountName=a;AccountKey=${secret}==;Endpoint=b`,
    `--api-token ${secret}`,
    `Authorization: Bearer ${secret}`,
    '"Authorization": "Basic dXNlcjpzb21lIHRleHQgd2l0aG91dCBudW1iZXI="',
    `{"headers":["Bearer ${secret}"]}`,
    `postgres://user:${encodeURIComponent(secret)}@localhost/db`,
    'redis://:hunter2@localhost:6379',
  ])('%s', (text) => {
    const hidden = redact(text);
    expect(hidden).toContain('[hidden]');
    for (const part of ['K7MDENG', 'hunter2', 'dXNlcjpz']) expect(hidden).not.toContain(part);
    expect(redact(hidden)).toBe(hidden);
  });

  it('where the name is a property of an object', () => {
    const given = { env: { DB_PASSWORD: secret, HOME: '/home/me' }, tokens: 12, token: 'none' };
    expect(hideKeys(given)).toEqual({
      ...given,
      env: { DB_PASSWORD: '[hidden]', HOME: '/home/me' },
    });
  });
});

describe('ordinary text is untouched', () => {
  it.each([
    'task-management-of-many-things-2024-and-more',
    'risk-assessment-2024-01-01-final-version-2',
    'desk-3f786850e387550fdab836ed7e6dc881de23001b',
    'sk-short, sk-learn-like-names-of-many-parts',
    'AKIA, AIza, ghp_, xoxb-, npm_config_registry_of_the_whole_company',
    'a 3f786850e387550fdab836ed7e6dc881de23001b',
    'sha512-1vr1sEuGrUMMbD4FCgFzYqkqHqVd5Yq7mWm4Z8o2cJ1u0vJw==',
    '6c46ef1a-0d4c-4f2b-9d5b-0a1b2c3d4e5f',
    'max_tokens: 4096, token: string, password = getPassword(user1, db2)',
    'const token = await createToken(secrets.key, 2, "sha256");',
    'secret: process.env.MY_SECRET_2',
    'Bearer tokens are sent in the Authorization header of each request.',
    'Authorization: Bearer <token>, Authorization: Bearer $TOKEN, Bearer YOUR_API_TOKEN',
    'https://example.com:8080/a@b, http://localhost:3000/@vite/client',
    "text.includes('-----BEGIN PRIVATE KEY-----') || text.includes('-----END')",
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    `data:image/png;base64,${letters(400)}`,
    'C:\\new\\task\\readme.txt',
    '10:AAB, 12345678:AA',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('whatever words and signs it has', () => {
    const word = fc.stringMatching(/^[A-Za-zäößéж漢]{1,12}$/);
    const sign = fc.constantFrom(...' \n\t.,;:!?()[]{}<>"\'`/\\|+*#=@%&_-'.split(''));
    const number = fc.nat(99_999).map(String);
    const property = fc.property(
      fc.array(fc.oneof(word, sign, number, fc.uuid()), { maxLength: 60 }),
      (parts) => {
        const text = parts.join(' ');
        expect(redact(text)).toBe(text);
        expect(hideKeys({ text, list: [text, 1, null, true] })).toEqual({
          ...{ text, list: [text, 1, null, true] },
        });
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('around a key, wherever it stands', () => {
    const around = fc.string({ unit: fc.constantFrom(...'ab Z\n\t.:"{}漢'.split('')) });
    const whole = Object.values(keys).filter((key) => !key.startsWith(' '));
    const property = fc.property(around, around, fc.constantFrom(...whole), (a, b, key) => {
      const hidden = redact(`${a} ${key}\n\n${b}`);
      expect(hidden).toBe(`${a} ${key.slice(0, 4)}[hidden]\n\n${b}`);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

it.each([
  ['the beginnings of keys', 'sk-eyJ-AKIA-ghp_1//0'],
  ['the beginnings of private keys', '-----BEGIN PRIVATE KEY-----\n'],
  ['dots', 'eyJaaaaaaaaaaaa.'],
  ['URLs', 'a://b:'],
  ['names', 'token="'],
  ['one word', 'a1'],
])('a long text of %s takes no long time', (_, piece) => {
  const text = piece.repeat(Math.ceil(300_000 / piece.length));
  const start = performance.now();
  redact(text);
  expect(performance.now() - start).toBeLessThan(2_000);
});
