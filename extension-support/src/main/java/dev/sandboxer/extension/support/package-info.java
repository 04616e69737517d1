/**
 * Building blocks for backends that can only run commands: files, ports, signals, process groups and time limits, all implemented with
 * commands inside the sandbox.
 *
 * <p>A backend implements {@link dev.sandboxer.extension.support.Exec}. {@link dev.sandboxer.extension.support.ExecSession} turns it into a
 * complete session. {@link dev.sandboxer.extension.support.ExecFiles}, {@link dev.sandboxer.extension.support.ExecPorts},
 * {@link dev.sandboxer.extension.support.ExecProcesses} and {@link dev.sandboxer.extension.support.ExecSignals} can be used alone.
 *
 * <p>All of them need {@code /bin/sh} inside the sandbox (POSIX; tested with dash, bash and BusyBox), {@code /proc} and some small tools of
 * coreutils or BusyBox, which each class lists. Programs in the sandbox may have replaced these tools, so their output is limited in size
 * and parsed strictly.
 */
@NullMarked
package dev.sandboxer.extension.support;

import org.jspecify.annotations.NullMarked;
