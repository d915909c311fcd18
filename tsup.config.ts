import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    websocket: 'src/websocket.ts',
    'message-port': 'src/message-port.ts',
    node: 'src/node.ts',
    contract: 'src/contract.ts',
    client: 'src/client.ts',
    hub: 'src/hub.ts',
    'hub/node': 'src/hub/node.ts',
    codegen: 'src/codegen.ts',
    cli: 'src/cli.ts',
    workspace: 'examples/workspace/extension.ts',
  },
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  clean: true,
  // One copy of each class, whichever entries an application imports.
  splitting: true,
})
