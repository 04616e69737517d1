/**
 * Access to one sandbox: a {@link dev.sandboxer.extension.session.Session} with its processes, files and ports. A refusal by the
 * sandbox is an {@link dev.sandboxer.extension.session.OperationException}.
 */
@NullMarked
package dev.sandboxer.extension.session;

import org.jspecify.annotations.NullMarked;
