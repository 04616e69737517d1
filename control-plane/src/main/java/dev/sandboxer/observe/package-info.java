/** Time, processes and threads: the only package that may touch the real ones. */
@NullMarked
package dev.sandboxer.observe;

import org.jspecify.annotations.NullMarked;
