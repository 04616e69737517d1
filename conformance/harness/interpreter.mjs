import './loopback.mjs'
import { readFileSync } from 'node:fs'
import { Sandbox } from '@e2b/code-interpreter'
import { sandboxer } from './program.mjs'

/** Installs the code interpreter's template, as users do. */
export const installInterpreter = (server) => sandboxer(server.last.home, ['templates', 'install', 'code-interpreter'])

/** Installs a kernel of harness/guest for a language, as third-party packages do. */
export async function installKernel(sandbox, language, program, ...args) {
  const directory = `/home/user/.local/share/jupyter/kernels/${language.toLowerCase()}`
  const argv = ['/usr/bin/python3', `{resource_dir}/${program}`, ...args, '-f', '{connection_file}']
  await sandbox.files.write(`${directory}/kernel.json`, JSON.stringify({ language, display_name: language, argv }))
  await sandbox.files.write(`${directory}/${program}`, readFileSync(new URL(`./guest/${program}`, import.meta.url), 'utf8'))
}

/**
 * Makes sandboxes with a code interpreter. `shared()` returns one for all tests that don't disturb each other; `fresh(t, ...)` returns one
 * that ends with the test, from a template if one is named.
 */
export function interpreters(context) {
  let [installed, common] = []
  const create = async (options) => {
    await (installed ??= installInterpreter(context.server))
    if (typeof options === 'string') return Sandbox.create(options, { timeoutMs: 1_800_000 })
    return Sandbox.create({ timeoutMs: 1_800_000, ...options })
  }
  const shared = () => (common ??= create())
  const fresh = async (t, options) => {
    const sandbox = await create(options)
    t.after(() => sandbox.kill())
    return sandbox
  }
  return { shared, fresh }
}
