import assert from 'node:assert/strict'
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, describe } from 'node:test'
import { escapes } from '../harness/loopback.mjs'
import { promise, sdks } from '../harness/suite.mjs'

// The guard that keeps this suite on this machine; these addresses are reserved for documentation.
describe('nothing leaves this machine:', () => {
  after(() => escapes.splice(0))
  /** Whether an attempt fails, and is on the list of those that wanted out. */
  const caught = async (host, attempt) => {
    await assert.rejects(attempt())
    assert.equal(escapes.at(-1), host)
  }
  const event = (emitter) => new Promise((resolve, reject) => emitter.on('error', reject).on('connect', resolve))

  promise('neither sockets', () => caught('192.0.2.1', () => event(net.connect(80, '192.0.2.1'))))
  promise('nor sockets with options', () => caught('2001:db8::1', () => event(net.connect({ host: '2001:db8::1', port: 80 }))))
  promise('nor http', () => caught('192.0.2.2', () => event(http.get('http://192.0.2.2/'))))
  promise('nor https', () => caught('example.test', () => event(https.get('https://example.test/'))))
  promise('nor fetch', () => caught('192.0.2.3', () => fetch('http://192.0.2.3/')))
  promise('nor look-ups', async () => {
    await assert.rejects(dns.promises.lookup('example.test'), { code: 'ELOOPBACKONLY' })
    await assert.rejects(new Promise((resolve, reject) => dns.lookup('example.test', (error) => (error ? reject(error) : resolve()))), {
      code: 'ELOOPBACKONLY',
    })
  })
  for (const { version, Sandbox } of sdks) {
    promise(`nor e2b ${version} that isn’t told where the server is`, () =>
      caught('api.e2b.app', () => Sandbox.create({ apiKey: `e2b_${'0'.repeat(40)}` })))
  }
})
