/** {@code ext.modal}: sandboxes in a Modal account, over its gRPC API. */
@NullMarked
package dev.sandboxer.modal;

import org.jspecify.annotations.NullMarked;
