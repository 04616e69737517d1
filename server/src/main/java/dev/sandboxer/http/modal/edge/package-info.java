/** What all of Modal's API shares: ids, tokens, who calls, and how failures are told. */
@NullMarked
package dev.sandboxer.http.modal.edge;

import org.jspecify.annotations.NullMarked;
