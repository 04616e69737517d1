package dev.sandboxer.lifecycle.state;

import org.jspecify.annotations.Nullable;

/**
 * One change of one sandbox.
 *
 * @param before null for the first one
 * @param after as it is written
 */
public record Transition(@Nullable Sandbox before, Sandbox after, Cause cause) {}
