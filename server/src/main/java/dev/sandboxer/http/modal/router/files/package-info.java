/** Modal's file tool: an executable that its clients believe is in each sandbox, and that we answer for. */
@NullMarked
package dev.sandboxer.http.modal.router.files;

import org.jspecify.annotations.NullMarked;
