/** Planned faults: the language of plans, and counters that processes share. */
@NullMarked
package dev.sandboxer.stub.plan;

import org.jspecify.annotations.NullMarked;
