import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../../web/text/message.ts';

describe('a message', () => {
  it('shows texts, tools and results, and what is unknown as JSON', () => {
    const content = [
      { type: 'text', text: 'Hello.' },
      { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
      { type: 'tool_result', is_error: true, content: [{ type: 'text', text: 'No.' }] },
      { type: 'new', field: 1 },
    ];
    const message = { type: 'assistant', message: { role: 'assistant', content } };
    const { role, blocks } = blocksOf({ offset: 1, message });
    expect(role).toBe('assistant');
    expect(blocks).toMatchObject([
      { kind: 'text', text: 'Hello.' },
      { kind: 'use', name: 'Bash', text: expect.stringContaining('"command": "ls"') },
      { kind: 'failed result', text: 'No.' },
      { kind: 'other', text: expect.stringContaining('"field": 1') },
    ]);
  });
});
