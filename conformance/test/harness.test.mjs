import assert from 'node:assert/strict'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, describe } from 'node:test'
import { escapes } from '../harness/loopback.mjs'
import { promise, sdks } from '../harness/suite.mjs'

// Tests of the guard that keeps this suite on this machine. The addresses are reserved for documentation.
describe('the loopback guard', () => {
  after(() => escapes.splice(0))
  /** Asserts that an attempt fails and is recorded. */
  const caught = async (host, attempt) => {
    await assert.rejects(attempt())
    assert.equal(escapes.at(-1), host)
  }
  const event = (emitter) => new Promise((resolve, reject) => emitter.on('error', reject).on('connect', resolve))

  promise('stops sockets', () => caught('192.0.2.1', () => event(net.connect(80, '192.0.2.1'))))
  promise('stops sockets with options', () => caught('2001:db8::1', () => event(net.connect({ host: '2001:db8::1', port: 80 }))))
  promise('stops http', () => caught('192.0.2.2', () => event(http.get('http://192.0.2.2/'))))
  promise('stops https', () => caught('example.test', () => event(https.get('https://example.test/'))))
  promise('stops fetch', () => caught('192.0.2.3', () => fetch('http://192.0.2.3/')))
  promise('stops look-ups', async () => {
    await assert.rejects(dns.promises.lookup('example.test'), { code: 'ELOOPBACKONLY' })
    await assert.rejects(new Promise((resolve, reject) => dns.lookup('example.test', (error) => (error ? reject(error) : resolve()))), {
      code: 'ELOOPBACKONLY',
    })
  })
  for (const { version, Sandbox } of sdks) {
    promise(`stops e2b ${version} when no server is configured`, () =>
      caught('api.e2b.app', () => Sandbox.create({ apiKey: `e2b_${'0'.repeat(40)}` })))
  }
})
