/**
 * The contract between sand-boxer and a backend that runs sandboxes.
 *
 * <p>An {@link dev.sandboxer.extension.Extension} describes a backend and opens a {@link dev.sandboxer.extension.Backend}
 * with one credential. A backend creates, finds and ends sandboxes; what a sandbox shall be is a
 * {@link dev.sandboxer.extension.spec.SandboxSpec}. A {@link dev.sandboxer.extension.session.Session} works inside one sandbox. Everything
 * that a backend may or may not have is a {@link dev.sandboxer.extension.Capability}.
 *
 * <p>All methods block the calling thread, which is usually virtual. Each is bounded in time by the extension itself;
 * interrupting the thread cancels the call. Implementations of every interface here are safe for use by several threads
 * unless they say otherwise.
 */
@NullMarked
package dev.sandboxer.extension;

import org.jspecify.annotations.NullMarked;
