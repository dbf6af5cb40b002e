import { register } from 'node:module';

// The suite imports fs.globSync, which Node 20 does not have. It calls it only in reports on a client.
const fs = "data:text/javascript,export * from 'node:fs'; export const globSync = () => [];";
const hooks = `export const resolve = (name, context, next) =>
  name === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
    ? { url: ${JSON.stringify(fs)}, shortCircuit: true }
    : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
