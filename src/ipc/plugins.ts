import { type FindOptions, foldersFrom } from './node/find.js'
import { serviceIn, virtualModule, watchedFiles } from './node/virtual.js'

export type { FindOptions }

/** What is used of Rollup's context, which Vite and Rolldown have too. */
interface RollupContext {
  addWatchFile(file: string): void
}

/** A plugin of Rollup, Rolldown and Vite, as far as it is used here. */
export interface RollupPlugin {
  readonly name: string
  resolveId(specifier: string): string | undefined
  load(this: RollupContext, id: string): { code: string; moduleSideEffects: false } | undefined
}

/** The plugin of Vite. */
export interface VitePlugin extends RollupPlugin {
  readonly enforce: 'pre'
  configResolved(config: { readonly root: string }): void
  config(): { optimizeDeps: { include: string[] } }
}

/** Lets Rollup and Rolldown bundle `import service from 'ipc:name'`. */
export function rollup(options: FindOptions = {}): RollupPlugin {
  return {
    name: pluginName,
    // Rollup's convention for what is no file, which keeps other plugins away.
    resolveId: (specifier) => (serviceIn(specifier) === undefined ? undefined : `\0${specifier}`),
    load(id) {
      const service = id.startsWith('\0') ? serviceIn(id.slice(1)) : undefined
      if (service === undefined) return undefined
      const { code, file } = virtualModule(service, options)
      this.addWatchFile(file)
      return { code, moduleSideEffects: false }
    },
  }
}

/** Lets Vite serve and bundle `import service from 'ipc:name'`. Folders are looked for from its root. */
export function vite(options: FindOptions = {}): VitePlugin {
  const given: { folders?: readonly string[] } = { ...options }
  return {
    ...rollup(given),
    enforce: 'pre',
    // Found at the start rather than at the first page, which Vite would load again.
    config: () => ({ optimizeDeps: { include: ['bothways/ipc'] } }),
    configResolved({ root }) {
      given.folders ??= foldersFrom(root)
    },
  }
}

/** What is used of an esbuild build. */
interface EsbuildBuild {
  onResolve(
    options: { filter: RegExp },
    resolve: (args: { path: string; resolveDir: string }) => object,
  ): void
  onLoad(
    options: { filter: RegExp; namespace: string },
    load: (args: { path: string; pluginData: unknown }) => object,
  ): void
}

/** Lets esbuild bundle `import service from 'ipc:name'`. */
export function esbuild(options: FindOptions = {}) {
  return {
    name: pluginName,
    setup(build: EsbuildBuild): void {
      build.onResolve({ filter: /^ipc:/ }, ({ path, resolveDir }) => ({
        path,
        namespace: pluginName,
        sideEffects: false,
        pluginData: resolveDir,
      }))
      build.onLoad({ filter: /.*/, namespace: pluginName }, ({ path, pluginData: resolveDir }) => {
        const service = serviceIn(path) ?? ''
        const watchFiles = watchedFiles(service, options)
        try {
          const contents = virtualModule(service, options).code
          return { contents, loader: 'js', resolveDir, watchFiles }
        } catch (reason) {
          return { errors: [{ text: (reason as Error).message }], watchFiles }
        }
      })
    },
  }
}

/** What is used of webpack. */
interface Hook<Tapped> {
  tap(name: string, tapped: Tapped): void
}

interface HookMap<Tapped> {
  for(scheme: string): Hook<Tapped>
}

interface WebpackCompiler {
  readonly context: string
  readonly webpack: {
    readonly NormalModule: {
      getCompilationHooks(compilation: unknown): {
        readResource: HookMap<(context: WebpackContext) => string>
      }
    }
  }
  readonly hooks: {
    readonly compilation: Hook<(compilation: unknown, params: WebpackParams) => void>
  }
}

interface WebpackContext {
  readonly resourcePath: string
  addDependency(file: string): void
  addMissingDependency(file: string): void
}

interface WebpackParams {
  readonly normalModuleFactory: {
    readonly hooks: {
      readonly resolveForScheme: HookMap<(resource: { context?: string }) => true>
    }
  }
}

/** Lets webpack bundle `import service from 'ipc:name'`. Folders are looked for from its context. */
export function webpack(options: FindOptions = {}) {
  return {
    apply(compiler: WebpackCompiler): void {
      const given = { folders: foldersFrom(compiler.context), ...options }
      compiler.hooks.compilation.tap(pluginName, (compilation, { normalModuleFactory }) => {
        normalModuleFactory.hooks.resolveForScheme.for('ipc').tap(pluginName, (resource) => {
          // What the module imports is looked for from here.
          resource.context = compiler.context
          return true
        })
        const { readResource } = compiler.webpack.NormalModule.getCompilationHooks(compilation)
        readResource.for('ipc').tap(pluginName, (context) => {
          const service = serviceIn(context.resourcePath) ?? ''
          for (const file of watchedFiles(service, given)) context.addMissingDependency(file)
          const { code, file } = virtualModule(service, given)
          context.addDependency(file)
          return code
        })
      })
    },
  }
}

const pluginName = 'bothways-ipc'
