/** Modal's messages and services, once for both sides: the front door that speaks Modal, and {@code ext.modal}. */
@NullMarked
package dev.sandboxer.protocol.modal;

import org.jspecify.annotations.NullMarked;
