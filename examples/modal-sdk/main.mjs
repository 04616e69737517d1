import { ModalClient } from 'modal'

// The official SDK, unchanged. MODAL_SERVER_URL, MODAL_TOKEN_ID and MODAL_TOKEN_SECRET select the server and the key.
const modal = new ModalClient()
const app = await modal.apps.fromName('hello', { createIfMissing: true })
const sandbox = await modal.sandboxes.create(app, modal.images.fromRegistry('python:3.13'), { timeoutMs: 60_000 })
try {
  const python = await sandbox.exec(['python', '-c', 'print("hello from", input())'])
  await python.stdin.writeText('sand-boxer\n')
  await python.stdin.close()
  process.stdout.write(await python.stdout.readText())
} finally {
  await sandbox.terminate()
  modal.close()
}
