/** What goes wrong on request: the language of plans, and the counters that survive processes. */
@NullMarked
package dev.sandboxer.stub.plan;

import org.jspecify.annotations.NullMarked;
