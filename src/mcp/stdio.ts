import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/**
 * The transport of stdin and stdout. `send` resolves when the system has taken the message, and
 * rejects when the client has gone; the `send` of the SDK would count a lost message as sent, or wait
 * for ever.
 */
export class StdioTransport extends StdioServerTransport {
  override send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(serializeMessage(message), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }
}
