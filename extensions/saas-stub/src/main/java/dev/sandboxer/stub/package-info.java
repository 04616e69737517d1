/** {@code ext.saas-stub}: the rehearsal of a metered cloud, with sandboxes on this machine. */
@NullMarked
package dev.sandboxer.stub;

import org.jspecify.annotations.NullMarked;
