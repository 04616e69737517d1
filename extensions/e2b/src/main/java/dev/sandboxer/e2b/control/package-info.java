/**
 * E2B's control plane, {@code spec/openapi.yml}: creates, lists, pauses and ends sandboxes, and keeps snapshots and metrics.
 * Contacts no sandbox.
 */
@NullMarked
package dev.sandboxer.e2b.control;

import org.jspecify.annotations.NullMarked;
