/**
 * The contract between sand-boxer and a backend that runs sandboxes.
 *
 * <p>An {@link dev.sandboxer.extension.Extension} describes a backend and opens a {@link dev.sandboxer.extension.Backend}
 * with one credential. A backend creates, finds and ends sandboxes. A {@link dev.sandboxer.extension.spec.SandboxSpec} describes the
 * sandbox to create. A {@link dev.sandboxer.extension.session.Session} works inside one sandbox. Every optional feature is a
 * {@link dev.sandboxer.extension.Capability}.
 *
 * <p>All methods block the calling thread, which is usually virtual. The extension gives every call a timeout; interrupting the thread
 * cancels the call. Implementations are thread-safe unless their interface says otherwise.
 */
@NullMarked
package dev.sandboxer.extension;

import org.jspecify.annotations.NullMarked;
