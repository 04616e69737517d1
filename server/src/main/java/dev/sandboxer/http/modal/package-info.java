/** Modal's API, for its official clients: control plane and command router on one plaintext port. */
@NullMarked
package dev.sandboxer.http.modal;

import org.jspecify.annotations.NullMarked;
