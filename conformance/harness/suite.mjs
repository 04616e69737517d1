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

/** The newest and the oldest supported SDK, and the features that only the newest has. */
export const sdks = [
  { version: version('e2b'), sendsHttpsPorts: true, sendsOnResume: true, ...newest },
  { version: version('e2b-oldest'), sendsHttpsPorts: false, sendsOnResume: false, ...oldest },
]

/** Defines a test. Its name is a sentence: what the product promises. */
export const promise = (sentence, check) => test(sentence, { timeout: TEST_LIMIT_MS }, check)

/**
 * True if tests talk to a server that forwards to the one with the sandboxes. It has its own ids for them and answers some requests itself.
 */
export const isForwarded = HOPS > 1

/** Like `promise`, but skipped if requests are forwarded, because a forwarding server behaves differently here. */
export const ownPromise = isForwarded ? (sentence) => test(sentence, { skip: 'requests are forwarded to another server' }) : promise

/** Starts a server for the test file and creates a key of the local consumer. Environment variables point the SDKs at it. */
export function useServer() {
  const context = { server: undefined, key: undefined }
  before(async () => {
    context.server = await Server.start()
    context.key = (await context.server.createKey(LOCAL)).key
    Object.assign(process.env, context.server.environment(context.key))
  })
  after(async () => {
    await context.server?.close()
    assert.deepEqual(escapes, [], 'attempts to leave this machine')
  })
  return context
}

/**
 * Runs the same tests for each SDK. `define` gets the SDK's exports and two ways to get sandboxes: `shared()` for tests that don't
 * disturb each other, `fresh(t, ...)` for one that ends with the test.
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

/** Asserts that a promise rejects, and returns the error. */
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
