/** E2B's API for building templates: builds, uploads and tags. */
@NullMarked
package dev.sandboxer.http.e2b.template;

import org.jspecify.annotations.NullMarked;
