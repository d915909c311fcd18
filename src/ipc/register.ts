// node --import bothways/ipc/register: from then on `import service from 'ipc:orders'` loads a service. With --require, so
// does `require`: Node has no hooks for what CommonJS requires once its program was loaded as a module.
// biome-ignore lint/correctness/noNodejsModules: Node's own hooks.
import * as module from 'node:module'
import * as hooks from './hooks.js'

/** What newer versions of Node have: hooks that answer at once, for `require` as well. */
const { registerHooks } = module as { registerHooks?: (hooks: unknown) => void }

/** Whether `require('ipc:orders')` loads a service too, as it does since Node 22.15 and 23.5. */
export const canRequire: boolean = registerHooks !== undefined

if (registerHooks === undefined) module.register('./hooks.js', import.meta.url)
else registerHooks(hooks)
