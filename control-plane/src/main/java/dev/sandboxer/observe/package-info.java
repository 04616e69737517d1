/** Time, processes, threads and redaction. No other package may use the real clock or start threads. */
@NullMarked
package dev.sandboxer.observe;

import org.jspecify.annotations.NullMarked;
