/**
 * Sandboxes in an E2B account, or at any server that speaks E2B's protocol.
 *
 * <p>This package implements the contract for an account; other modules use only
 * {@link dev.sandboxer.e2b.E2bExtension}. The control plane is JSON over HTTP ({@link dev.sandboxer.e2b.control}). Work
 * inside a sandbox goes to envd, E2B's daemon there, over Connect with JSON, and plain HTTP for files
 * ({@link dev.sandboxer.e2b.envd}). Both call through {@link dev.sandboxer.e2b.http}. Dependencies go one way: this
 * package to envd, envd to control, and all to http. Source of all protocol facts: E2B's public repositories
 * {@code e2b-dev/E2B} (SDKs 2.45 to 2.51, {@code spec/openapi.yml}, {@code spec/envd}) and {@code e2b-dev/infra} (envd
 * 0.6.13), read in November 2026; see {@code docs/cloud-adapters.md}.
 */
@NullMarked
package dev.sandboxer.e2b;

import org.jspecify.annotations.NullMarked;
