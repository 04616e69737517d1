/** Contracts about files inside a sandbox. */
@NullMarked
package dev.sandboxer.extension.tck.file;

import org.jspecify.annotations.NullMarked;
