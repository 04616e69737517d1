/** Modal's messages and services, for both sides: the server's Modal API and {@code ext.modal}. */
@NullMarked
package dev.sandboxer.protocol.modal;

import org.jspecify.annotations.NullMarked;
