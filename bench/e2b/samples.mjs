/** Times of one thing, and how often it failed. */
export class Samples {
  #ms = []
  #failures = []

  /** Times an action; gives its result, or nothing when it failed. */
  time(action) {
    return this.timeFrom(performance.now(), action)
  }

  /** Times an action from when it should have begun, in milliseconds of `performance.now()`. */
  async timeFrom(start, action) {
    try {
      const result = await action()
      this.#ms.push(performance.now() - start)
      return result
    } catch (error) {
      this.#failures.push(error)
      return error.sandbox
    }
  }

  get succeeded() {
    return this.#ms.length
  }

  get count() {
    return this.#ms.length + this.#failures.length
  }

  /** The first reason of a failure, if there was any. */
  get failure() {
    return this.#failures[0]
  }

  get successPercent() {
    return (100 * this.succeeded) / this.count
  }

  /** By nearest rank: with few samples, the worst of them. */
  percentile(percent) {
    const sorted = this.#ms.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN
  }
}
