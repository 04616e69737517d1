import './loopback.mjs'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import * as newest from 'e2b'
import * as oldest from 'e2b-oldest'
import { escapes } from './loopback.mjs'
import { HOPS, LOCAL, Server } from './server.mjs'

const TEST_LIMIT_MS = 180_000
const version = (name) => createRequire(import.meta.url)(`../node_modules/${name}/package.json`).version

/** The SDKs that are supported, newest and oldest, and what only the newer one can ask for. */
export const sdks = [
  { version: version('e2b'), sendsHttpsPorts: true, sendsOnResume: true, ...newest },
  { version: version('e2b-oldest'), sendsHttpsPorts: false, sendsOnResume: false, ...oldest },
]

/** One promise of the product. */
export const promise = (sentence, check) => test(sentence, { timeout: TEST_LIMIT_MS }, check)

/** Whether the sandboxes run behind a second server, which has other names for them and says some things itself. */
export const passed = HOPS > 1

/** One that the server in front can't keep, since it needs more than handing on. */
export const ownPromise = passed ? (sentence) => test(sentence, { skip: 'handed on to another server' }) : promise

/** A server for this file with a key of the local consumer, set up as users do: by environment variables. */
export function useServer() {
  const context = { server: undefined, key: undefined }
  before(async () => {
    context.server = await Server.start()
    context.key = (await context.server.createKey(LOCAL)).key
    Object.assign(process.env, context.server.environment(context.key))
  })
  after(async () => {
    await context.server?.close()
    assert.deepEqual(escapes, [], 'something wanted to leave this machine')
  })
  return context
}

/**
 * The same checks for each SDK. `define` gets the SDK's exports and how to get sandboxes: `shared()` for checks that
 * don't disturb each other, `fresh(t, ...)` for one that ends with the test.
 */
export function forEachSdk(title, define) {
  for (const sdk of sdks) {
    describe(`${title} (e2b ${sdk.version})`, () => {
      let common
      const shared = () => (common ??= sdk.Sandbox.create({ timeoutMs: 1_800_000 }))
      const fresh = async (t, ...args) => {
        const sandbox = await sdk.Sandbox.create(...args)
        t.after(() => sdk.Sandbox.kill(sandbox.sandboxId))
        return sandbox
      }
      after(async () => (await common?.catch(() => undefined))?.kill())
      define({ ...sdk, shared, fresh })
    })
  }
}

/** Asserts that a promise rejects, and gives the error. */
export async function failure(promised, kind, message) {
  const outcome = await promised.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
  assert.ok('error' in outcome, `expected a failure, got ${JSON.stringify(outcome.value)}`)
  const { error } = outcome
  if (kind) assert.ok(error instanceof kind, `expected ${kind.name}, got ${error?.name}: ${error?.message}`)
  if (message) assert.match(error.message, message)
  return error
}
