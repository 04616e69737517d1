/** Collects what callbacks deliver, and lets tests wait for it. */
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

  /** All items joined to one text. */
  get text() {
    return this.#items.join('')
  }

  /** Resolves with the first truthy result of `find(items)`. Fails after a limit that suits very slow machines. */
  until(find, what = String(find), limitMs = 45_000) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`no ${what} within ${limitMs} ms; received: ${JSON.stringify(this.#items).slice(0, 2000)}`))
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

  /** Resolves when the text so far contains `text`. */
  untilText(text, limitMs) {
    return this.until(() => this.text.includes(text), JSON.stringify(text), limitMs)
  }
}

/** Polls until `ask()` is truthy and returns its result. The pauses grow to 250 ms. */
export async function eventually(ask, what = String(ask), limitMs = 45_000) {
  const end = Date.now() + limitMs
  for (let pause = 10; ; pause = Math.min(2 * pause, 250)) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`not true within ${limitMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

/** Waits for a promise, but not longer than the limit, and then says what did not happen. */
export async function within(limitMs, what, promised) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms: ${what}`)), limitMs)
  })
  return Promise.race([promised, late]).finally(() => clearTimeout(timer))
}
