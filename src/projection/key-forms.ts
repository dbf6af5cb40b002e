/**
 * A letter or digit before a key belongs to another word, except where it ends an escape: `\n` in a
 * text that is JSON itself, `%3D` in a URL, `=3D` in a mail, the end of a colour in a terminal.
 */
const escaped = String.raw`(?<=\\[abefnrtv0]|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|[%=][\dA-Fa-f]{2}|\[[\d;]{0,12}m)`;
const afterNoWord = `(?:(?<![A-Za-z0-9])|${escaped})`;
/** For forms that could stand inside of a hyphenated word or of random text. */
const alone = `(?:(?<![\\w.-])|${escaped})`;

/** A form of key: how it begins, and how it goes on. */
type Form = [mark: string, rest: string];

/** Forms whose beginning is no part of ordinary words. */
const marked: Form[] = [
  // Anthropic, OpenAI and others after them.
  ['sk-(?:ant|proj|svcacct|admin|or|lf)-', String.raw`[\w-]{16,}`],
  // Other providers of models.
  ['(?:hf|r8|gsk)_', '[A-Za-z0-9]{30,}'],
  ['(?:xai|pplx|nvapi|tvly)-', String.raw`[\w-]{30,}`],
  // GitHub, GitLab, Jira.
  ['gh[pousr]_', String.raw`\w{30,}`],
  ['github_pat_', String.raw`\w{30,}`],
  ['gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-', String.raw`[\w.-]{19,}[\w-]`],
  ['AT[AC]TT3', String.raw`[\w=-]{50,}`],
  // Registries of packages and images.
  ['npm_', '[A-Za-z0-9]{36}'],
  ['pypi-AgE', String.raw`[\w-]{40,}`],
  ['rubygems_', '[a-f0-9]{48}'],
  ['dckr_[po]at_', String.raw`[\w-]{20,}`],
  // Slack and Discord.
  [String.raw`xox[a-z](?:\.xox[a-z])?-`, String.raw`[\w-]{10,}`],
  [String.raw`xapp-\d-`, String.raw`[\w-]{10,}`],
  [String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/`, String.raw`[\w/]{20,}`],
  [String.raw`discord(?:app)?\.com/api/webhooks/`, String.raw`\d{10,}/[\w-]{30,}`],
  // Amazon, with the secret where it stands beside the id.
  [
    'A(?:KIA|SIA|BIA|CCA)',
    String.raw`[A-Z0-9]{16}(?![A-Za-z0-9])(?:[\s,:|]{1,3}[A-Za-z0-9+/]{40}(?![\w+/]))?`,
  ],
  // Google.
  ['AIza', String.raw`[\w-]{35}`],
  ['GOCSPX-', String.raw`[\w-]{20,}`],
  [String.raw`ya29\.`, String.raw`[\w.-]{19,}[\w-]`],
  // Payments and shops.
  ['[sr]k_(?:live|test|prod)_', '[A-Za-z0-9]{10,}'],
  ['whsec_', '[A-Za-z0-9+/]{20,}'],
  ['sq0[a-z]{3}-', String.raw`[\w-]{20,}`],
  ['shp(?:at|ca|pa|ss)_', '[a-fA-F0-9]{32}'],
  // Platforms and their tools.
  ['dapi', '[a-f0-9]{32}'],
  ['do[opr]_v1_', '[a-f0-9]{64}'],
  [String.raw`hv[sbr]\.`, String.raw`[\w-]{24,}`],
  [String.raw`dp\.[a-z]{2,5}\.`, String.raw`[\w.-]{40,}`],
  ['sntry[su]_', String.raw`[\w+/=.-]{30,}`],
  ['gl(?:sa|c)_', String.raw`[\w+/=]{30,}`],
  ['sb(?:p|_secret)_', String.raw`\w{20,}`],
  ['HRKU-', String.raw`[\w-]{30,}`],
  ['lin_(?:api|oauth)_', String.raw`\w{30,}`],
  ['ntn_', String.raw`\w{40,}`],
  ['secret_', '[A-Za-z0-9]{40,}'],
  ['fig[dour]_', String.raw`[\w-]{40,}`],
  ['PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}'],
  ['NRAK-', '[A-Z0-9]{27}'],
  ['pul-', '[a-f0-9]{40}'],
  ['pscale_[a-z]{2,5}_', String.raw`[\w.-]{30,}`],
  [String.raw`SG\.`, String.raw`[\w-]{16,}\.[\w-]{16,}`],
  ['AGE-SECRET-KEY-1', '[0-9A-Z]{50,}'],
];

const unmarked: Form[] = [
  ['sk-', String.raw`(?=[\w-]{0,80}\d)[\w-]{20,}`],
  [
    'eyJ',
    String.raw`[\w-]{10,}\.(?:eyJ[\w-]{10,}\.[\w-]{10,}|[\w-]*\.[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,})`,
  ],
  ['1//0', String.raw`[\w-]{30,}`],
  [String.raw`\d{8,10}:AA`, String.raw`[\w-]{32,}`],
  ['(?:SK|key-)', String.raw`[0-9a-f]{32}(?![\w-])`],
];

const edge = (word: string) => `-{4,5} ?${word} [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}`;
/** A private key up to its end or, where the end is missing, up to an empty line. */
const block = [
  `${edge('BEGIN')}(?=[^]{0,300}?[A-Za-z0-9+/]{32})`,
  `(?:(?:(?!-----? ?BEGIN)[^]){0,30000}?${edge('END')}|(?:(?!-----|\\n\\s*\\n)[^]){0,30000})`,
].join('');

/** Looks before a beginning only after it was found: to look before each letter takes long. */
const at = (before: string, forms: Form[]): string[] =>
  forms.map(([mark, rest]) => `${mark}(?<=${before}${mark})${rest}`);

/** Keys by the forms that their issuers gave them so that they can be found. */
export const keyForms = new RegExp(
  [...at(afterNoWord, marked), ...at(alone, unmarked), block].join('|'),
  'g',
);

const secretWords =
  'api[_-]?key|access[_-]?key|secret[_-]?key|account[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|secret|token|passw(?:or)?d|passphrase|pwd|x-amz-signature|[?&]sig';
const value = String.raw`[\w+/](?:[\w+/=.~-]|%[\dA-F]{2}){7,2000}`;

/** The name of a secret, and its value: in settings, code, JSON, headers, URLs and arguments. */
export const namedSecret = new RegExp(
  String.raw`((?:${secretWords})["'\\\s]{0,4}(?:=>|:=|[=:])["'\\\s]{0,4}|--[\w-]{0,30}(?:${secretWords})[ \t]+["']?)(${value})`,
  'gi',
);

export const secretName = new RegExp(`(?:${secretWords})$`, 'i');

/** A header or an option with a scheme, and its credentials. */
export const credentials = new RegExp(
  String.raw`((?:authorization["'\\\s]{0,4}[=:]["'\\\s]{0,4})?\b(?:bearer|basic|token)(?:[ \t]+|%20|\+))(${value})`,
  'gi',
);

/** A URL from its host's user on up to the password, and the password. */
export const urlPassword = /(:\/\/[^\s/:@"'<>\\]{0,100}:)(?![${<*[%])([^\s/@"'<>\\]{1,300})(?=@)/g;
