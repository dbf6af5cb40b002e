import type { ZodError } from 'zod';

/**
 * Describes the problems that zod found in one line: `step 2, tools.0.name: Invalid input; …`.
 *
 * @param list The name of the elements, if a list of steps or rules was checked.
 */
export function describeIssues(error: ZodError, list?: 'step' | 'rule'): string {
  const lines = error.issues.map(({ path, message }) => {
    const place = placeOf(path, list);
    return place === '' ? message : `${place}: ${message}`;
  });
  return lines.join('; ');
}

function placeOf(path: readonly PropertyKey[], list?: 'step' | 'rule'): string {
  const [first, second, ...rest] = path;
  if (list === undefined || typeof first !== 'number') return path.map(String).join('.');
  const inside =
    list === 'rule' && second === 'steps'
      ? placeOf(rest, 'step')
      : path.slice(1).map(String).join('.');
  const element = `${list} ${first + 1}`;
  return inside === '' ? element : `${element}, ${inside}`;
}
