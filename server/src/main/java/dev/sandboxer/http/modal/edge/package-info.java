/** The ids, tokens, authentication, metadata and errors that all parts of Modal's API share. */
@NullMarked
package dev.sandboxer.http.modal.edge;

import org.jspecify.annotations.NullMarked;
