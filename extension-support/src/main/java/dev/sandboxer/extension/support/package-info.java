/**
 * Building blocks for backends that can only run commands: files, ports, signals, process groups and time limits, each done by
 * commands inside the sandbox.
 *
 * <p>A backend implements {@link dev.sandboxer.extension.support.Exec}. {@link dev.sandboxer.extension.support.ExecSession} makes a
 * complete session of it. {@link dev.sandboxer.extension.support.ExecFiles}, {@link dev.sandboxer.extension.support.ExecPorts},
 * {@link dev.sandboxer.extension.support.ExecProcesses} and {@link dev.sandboxer.extension.support.ExecSignals} can be used alone.
 *
 * <p>Everything needs {@code /bin/sh} inside (POSIX; tested with dash, bash and BusyBox), {@code /proc} and some small tools of
 * coreutils or BusyBox, which each class lists. A sandbox may have replaced its tools, so their output is bounded and parsed strictly.
 */
@NullMarked
package dev.sandboxer.extension.support;

import org.jspecify.annotations.NullMarked;
