/** The times of one kind of action, and the number of failures. */
export class Samples {
  #ms = []
  #failures = []

  /** Times an action and returns its result, or undefined if it failed. */
  time(action) {
    return this.timeFrom(performance.now(), action)
  }

  /** Times an action from its planned start, in milliseconds of `performance.now()`. */
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

  /** The error of the first failure, if any. */
  get failure() {
    return this.#failures[0]
  }

  get successPercent() {
    return (100 * this.succeeded) / this.count
  }

  /** Returns a percentile by nearest rank. With few samples that is the worst one. */
  percentile(percent) {
    const sorted = this.#ms.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN
  }
}
