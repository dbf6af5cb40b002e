import { asList, asObject, asText } from './message.ts';

/** Returns the allow rules in permission updates, in the syntax of the settings: `Bash(ls)`. */
export function ruleTexts(updates: readonly Record<string, unknown>[]): string[] {
  return updates.flatMap(({ type, behavior, rules }) =>
    type === 'addRules' && behavior === 'allow' ? asList(rules).flatMap(ruleText) : [],
  );
}

/** Returns a rule as text, or nothing when the CLI offered an invalid rule. */
function ruleText(rule: unknown): string[] {
  const tool = asText(asObject(rule)?.toolName);
  const content = asText(asObject(rule)?.ruleContent);
  if (tool === undefined) return [];
  return [content === undefined ? tool : `${tool}(${content})`];
}
