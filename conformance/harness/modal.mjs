import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe } from 'node:test'
import { eventually } from './inbox.mjs'
import { escapes } from './loopback.mjs'
import { leftovers, startSandboxer } from './program.mjs'
import { LOCAL, Server } from './server.mjs'

// The clients read the MODAL_ variables when they are loaded. They are removed so that no test uses a real account.
for (const name of Object.keys(process.env)) if (name.startsWith('MODAL_')) delete process.env[name]
process.env.MODAL_CONFIG_PATH = '/nonexistent/modal.toml'
const newest = await import('modal')
const oldest = await import('modal-oldest')

const version = (name) => createRequire(import.meta.url)(`../node_modules/${name}/package.json`).version
const TOKEN_ID = 'ak-conformance'

/** The clients, and the generation of sandboxes that each creates. */
export const clients = [
  { title: `modal ${version('modal')}`, isV2: true, isNewest: true, sdk: newest },
  { title: `modal ${version('modal')}, MODAL_SANDBOX_V2=0`, isV2: false, isNewest: true, sdk: newest },
  { title: `modal ${version('modal-oldest')}`, isV2: false, isNewest: false, sdk: oldest },
]

/** Returns a client that is configured by environment variables, as users do. The SDK reads them when a client is made. */
export function connect({ sdk, isV2, isNewest }, environment, params) {
  const variables = { ...environment, ...(isNewest ? { MODAL_SANDBOX_V2: isV2 ? '1' : '0' } : {}) }
  Object.assign(process.env, variables)
  try {
    return new sdk.ModalClient({ logLevel: 'error', ...params })
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
  }
}

/** Starts a server for the test file and creates a key of the local consumer. */
export function useModal() {
  const context = { server: undefined, key: undefined }
  before(async () => {
    context.server = await Server.startModal()
    context.key = (await context.server.createKey(LOCAL)).key
    context.environment = {
      MODAL_SERVER_URL: context.server.modalUrl,
      MODAL_TOKEN_ID: TOKEN_ID,
      MODAL_TOKEN_SECRET: context.key,
    }
  })
  after(async () => {
    await context.server?.close()
    assert.deepEqual(escapes, [], 'attempts to leave this machine')
    setTimeout(() => process.exit(), 30_000).unref() // a client may leave timers behind that keep this process alive
  })
  return context
}

/**
 * Runs the same tests for each client. The clients run concurrently, since they mostly wait. `define` gets the SDK's exports, `client()`,
 * `image()`, and two ways to get sandboxes: `shared()` for tests that don't disturb each other, `fresh(t, params)` for one that ends with
 * the test.
 */
export function forEachClient(context, title, define, which = () => true) {
  const suite = (one) =>
    describe(`${title} (${one.title})`, { concurrency: 1 }, () => {
      let made, app, common
      const client = () => (made ??= connect(one, context.environment))
      const theApp = () => (app ??= client().apps.fromName('conformance', { createIfMissing: true }))
      const image = () => client().images.fromRegistry('python:3.13-slim')
      const create = async (params) => client().sandboxes.create(await theApp(), image(), { timeoutMs: 600_000, ...params })
      const shared = () => (common ??= create())
      const fresh = async (t, params) => {
        const sandbox = await create(params)
        t.after(() => client().sandboxes.fromId(sandbox.sandboxId).then((same) => same.terminate()))
        return sandbox
      }
      after(async () => {
        await (await common?.catch(() => undefined))?.terminate()
        made?.close()
      })
      const other = (params, environment) => connect(one, { ...context.environment, ...environment }, params)
      define({ ...one.sdk, ...one, client, app: theApp, image, create, shared, fresh, other })
    })
  describe(title, { concurrency: clients.length }, () => clients.filter(which).forEach(suite))
}

/** Starts `fake-cloud modal` with a plan of faults for the tests of one `describe`. */
export function useFakeModal(plan) {
  const secret = 'as-conformance'
  const log = []
  let home, child, finished, url, counted = 0
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'sbx-fm-'))
    const file = join(home, 'plan.yaml')
    writeFileSync(file, plan)
    const args = ['fake-cloud', 'modal', '--port', '0', '--token', `${TOKEN_ID}:${secret}`, '--faults', file, '--home', join(home, 'h')]
    child = startSandboxer(home, args)
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line))
    finished = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)))
    url = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const listening = /^listening on (http:\S+)$/.exec(line)
        if (listening) resolve(listening[1])
      })
      finished.then((code) => reject(new Error(`fake-cloud ended with ${code}: ${log.join('\n')}`)))
    })
  })
  after(async () => {
    child.kill('SIGTERM')
    assert.equal(await finished, 0, log.slice(-20).join('\n'))
    rmSync(home, { recursive: true, force: true })
  })
  const strikes = () => log.filter((line) => line.includes('injecting a planned fault')).length
  return {
    client: (which = clients[0], params) =>
      connect(which, { MODAL_SERVER_URL: url, MODAL_TOKEN_ID: TOKEN_ID, MODAL_TOKEN_SECRET: secret }, params),
    /** Asserts how many planned faults were injected since the last call. */
    struck: async (times) => {
      await eventually(() => strikes() >= counted + times)
      assert.equal(strikes() - counted, times, log.join('\n'))
      counted += times
    },
    /** Returns the number of live sandboxes. */
    alive: () => leftovers(join(home, 'h')).length,
  }
}

/** Returns the output and the exit code of a process. */
export async function outcome(process) {
  const [out, err, code] = await Promise.all([process.stdout.readText(), process.stderr.readText(), process.wait()])
  return { out, err, code }
}

/** Runs a line in a shell. */
export async function sh(sandbox, line, params) {
  return outcome(await sandbox.exec(['sh', '-c', line], params))
}

/** Collects an async iterable into an array. */
export async function all(iterable) {
  const items = []
  for await (const item of iterable) items.push(item)
  return items
}
