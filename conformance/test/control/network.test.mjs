import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ended } from '../../harness/program.mjs'
import { isForwarded } from '../../harness/suite.mjs'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))
const WITHOUT_WHAT_IT_TAKES = 77

test('network rules hold in a private network', { timeout: 600_000, skip: isForwarded && 'tested at the server with the sandboxes' }, async (t) => {
  const command = [file('../../harness/private-network.sh'), process.execPath, '--test', file('../../inner/network.mjs')]
  const env = { ...process.env }
  delete env.NODE_TEST_CONTEXT // the inner test runner must report here, not to the outer runner
  const { code, out, err } = await ended(spawn('sh', command, { env, stdio: ['ignore', 'pipe', 'pipe'] }))
  if (code === WITHOUT_WHAT_IT_TAKES) return t.skip('needs root, nft, dnsmasq and nginx')
  assert.equal(code, 0, out + err)
})
