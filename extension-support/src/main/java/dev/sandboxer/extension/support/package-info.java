/**
 * What a backend lacks, built from what it has: files, ports, signals, process groups and time limits over a call that runs a
 * command.
 *
 * <p>A backend implements {@link dev.sandboxer.extension.support.Exec}. {@link dev.sandboxer.extension.support.ExecSession} makes a
 * whole session of it; {@link dev.sandboxer.extension.support.ExecFiles}, {@link dev.sandboxer.extension.support.ExecPorts},
 * {@link dev.sandboxer.extension.support.ExecProcesses} and {@link dev.sandboxer.extension.support.ExecSignals} stand alone.
 *
 * <p>Inside, all of it needs {@code /bin/sh} (POSIX; dash, bash and BusyBox are tested), {@code /proc} and the small tools that
 * coreutils or BusyBox have; each class says which. What a sandbox answers is bounded and read strictly, for the tools inside
 * may be the sandbox's own.
 */
@NullMarked
package dev.sandboxer.extension.support;

import org.jspecify.annotations.NullMarked;
