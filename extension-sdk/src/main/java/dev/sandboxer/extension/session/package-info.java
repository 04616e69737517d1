/**
 * Access to one sandbox: a {@link dev.sandboxer.extension.session.Session} with its processes, files and ports. Operations that fail inside
 * the sandbox throw {@link dev.sandboxer.extension.session.OperationException}.
 */
@NullMarked
package dev.sandboxer.extension.session;

import org.jspecify.annotations.NullMarked;
