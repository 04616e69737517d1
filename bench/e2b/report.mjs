import { load } from './machine.mjs'

const row = (name, ...cells) => `| ${name.padEnd(46)} | ${cells.map((cell) => String(cell).padStart(9)).join(' | ')} |`
const ms = (value) => value.toFixed(2)

/** Formats the figures as Markdown that is also readable on a terminal. */
export class Report {
  #machine
  #times = new Map()
  #memory = new Map()
  #perSecond

  constructor(machine) {
    this.#machine = machine
  }

  times(name, samples) {
    this.#times.set(name, samples)
  }

  memory(name, kib) {
    this.#memory.set(name, kib)
  }

  throughput(perSecond) {
    this.#perSecond = perSecond
  }

  text() {
    const lines = [`## ${this.#machine.title}`, '', ...this.#machine.lines, `- load at the end ${load()}`, '']
    lines.push('Over loopback, each by the SDK’s own call:', '')
    lines.push(row('', 'n', 'p50 ms', 'p95 ms', 'p99 ms', 'good %'), row('---', ...Array(5).fill('--:')))
    for (const [name, samples] of this.#times) {
      const percentiles = [50, 95, 99].map((percent) => ms(samples.percentile(percent)))
      lines.push(row(name, samples.count, ...percentiles, samples.successPercent.toFixed(1)))
    }
    lines.push('', `Throughput of 32 clients: ${Math.round(this.#perSecond)} execs of \`true\` a second.`, '')
    lines.push('Resident memory of the server:', '', row('', 'MiB'), row('---', '--:'))
    for (const [name, kib] of this.#memory) lines.push(row(name, (kib / 1024).toFixed(0)))
    lines.push('', 'Aims:', '', ...this.#aims(), ...this.#failures())
    return `${lines.join('\n')}\n`
  }

  /** Compares the figures with their aims. For information: a missed aim is no failure. */
  #aims() {
    const [one, burst, before, bwrap, sdk, exec] = [...this.#times.values()]
    const [rest, spinning] = [...this.#times.values()].slice(-2).map((samples) => samples.percentile(50))
    const ratio = (spinning / rest).toFixed(2)
    return [
      `- time to interactive, one by one: ${ms(one.percentile(50))} ms (aim: 40 at most)`,
      `- at once: ${ms(burst.percentile(50))} ms, ${burst.successPercent.toFixed(1)} % good (aim: 500 at most, 100 %;` +
        ` in sandboxes made before ${ms(before.percentile(50))}, plain bwrap alone ${ms(bwrap.percentile(50))},` +
        ` the SDK alone ${ms(sdk.percentile(50))})`,
      `- exec: ${ms(exec.percentile(50))} ms (aim: 6 at most)`,
      `- a list beside sandboxes that spin: ${ratio} times one beside sandboxes at rest (aim: 5 at most)`,
      `- memory: ${(Math.max(...this.#memory.values()) / 1024).toFixed(0)} MiB at most (aim: 200 at most)`,
    ]
  }

  #failures() {
    const failed = [...this.#times].filter(([, samples]) => samples.failure)
    return failed.map(([name, { failure }]) => `\nFailed in "${name}": ${failure.name}: ${failure.message.split('\n')[0]}`)
  }
}
