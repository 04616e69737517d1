/**
 * Work inside one sandbox: {@link dev.sandboxer.extension.session.Session} with its processes, files and ports. What goes
 * wrong inside a sandbox is an {@link dev.sandboxer.extension.session.OperationException}.
 */
@NullMarked
package dev.sandboxer.extension.session;

import org.jspecify.annotations.NullMarked;
