import { Sandbox } from 'e2b'

// The official SDK, unchanged. E2B_API_KEY, E2B_API_URL and E2B_SANDBOX_URL select the server and the key.
const sandbox = await Sandbox.create({ timeoutMs: 60_000 })
try {
  await sandbox.files.write('/tmp/name', 'sand-boxer')
  const { stdout } = await sandbox.commands.run('echo "hello from $(cat /tmp/name)"')
  process.stdout.write(stdout)
} finally {
  await sandbox.kill()
}
