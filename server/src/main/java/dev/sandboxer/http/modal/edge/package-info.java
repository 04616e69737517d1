/** Shared by all of Modal's API: ids, tokens, authentication, metadata and errors. */
@NullMarked
package dev.sandboxer.http.modal.edge;

import org.jspecify.annotations.NullMarked;
