/** What callbacks delivered, for tests that wait until something is in it. */
export class Inbox {
  #items = []
  #waiting = new Set()

  push(item) {
    this.#items.push(item)
    for (const look of this.#waiting) look()
  }

  get items() {
    return [...this.#items]
  }

  /** Everything so far as one text. */
  get text() {
    return this.#items.join('')
  }

  /** Resolves with the first truthy answer of `find(items)`; fails after a limit meant for very slow machines. */
  until(find, what = String(find), limitMs = 45_000) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`waited ${limitMs} ms for ${what}; there came: ${JSON.stringify(this.#items).slice(0, 2000)}`))
      }, limitMs)
      const look = () => {
        const found = find(this.#items)
        if (!found) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Resolves when `text` is in what came. */
  untilText(text, limitMs) {
    return this.until(() => this.text.includes(text), JSON.stringify(text), limitMs)
  }
}

/** For what no event tells: asks again, a little later each time. */
export async function eventually(ask, what = String(ask), limitMs = 45_000) {
  const end = Date.now() + limitMs
  for (let pause = 10; ; pause = Math.min(2 * pause, 250)) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
