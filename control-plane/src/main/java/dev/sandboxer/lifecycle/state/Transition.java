package dev.sandboxer.lifecycle.state;

import org.jspecify.annotations.Nullable;

/**
 * One change of one sandbox.
 *
 * @param before null for the first change
 * @param after the sandbox as written
 */
public record Transition(@Nullable Sandbox before, Sandbox after, Cause cause) {}
