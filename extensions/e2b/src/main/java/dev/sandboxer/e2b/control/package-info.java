/**
 * Client of E2B's control plane, {@code spec/openapi.yml}: creates, lists, pauses and kills sandboxes, and handles
 * snapshots and metrics. Never contacts a sandbox itself.
 */
@NullMarked
package dev.sandboxer.e2b.control;

import org.jspecify.annotations.NullMarked;
