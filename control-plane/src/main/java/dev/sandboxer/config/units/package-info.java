/** Reads and prints sizes, durations, numbers of CPUs and other values as people write them. */
@NullMarked
package dev.sandboxer.config.units;

import org.jspecify.annotations.NullMarked;
