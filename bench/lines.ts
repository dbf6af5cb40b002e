import { randomUUID } from 'node:crypto';

/** The line of `claude` (2.1.330) for a tool call that needs a permission. */
export function permissionLine(): object {
  const input = { command: 'npm run build', description: 'Build the project' };
  return {
    type: 'control_request',
    request_id: randomUUID(),
    request: {
      ...{ subtype: 'can_use_tool', tool_name: 'Bash', display_name: 'Bash', input },
      permission_suggestions: [
        {
          ...{ type: 'addRules', behavior: 'allow', destination: 'localSettings' },
          rules: [{ toolName: 'Bash', ruleContent: 'npm run build:*' }],
        },
      ],
      tool_use_id: 'toolu_1',
    },
  };
}

/** The line of `claude` at the end of a turn with an answer. */
export function resultLine(): object {
  return {
    ...{ type: 'result', subtype: 'success', is_error: false, result: 'Here is what I found.' },
    ...{ num_turns: 1, duration_ms: 500, total_cost_usd: 0.07 },
    usage: { input_tokens: 24_000, output_tokens: 14 },
  };
}
