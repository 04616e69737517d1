/**
 * Sandboxes in an E2B account, or at any server that speaks E2B's protocol.
 *
 * <p>This package has what belongs to the account, and only {@link dev.sandboxer.e2b.E2bExtension} is for others. The
 * control plane is JSON over HTTP ({@link dev.sandboxer.e2b.control}); work inside a sandbox goes to E2B's in-sandbox
 * daemon, envd, over Connect with JSON and plain HTTP for files ({@link dev.sandboxer.e2b.envd}). Both call through
 * {@link dev.sandboxer.e2b.http}. This package uses envd, envd uses control, and all use http, never back. Source of all
 * protocol facts: E2B's public repositories {@code e2b-dev/E2B} (SDKs 2.45 to 2.51, {@code spec/openapi.yml}, {@code spec/envd}) and
 * {@code e2b-dev/infra} (envd 0.6.13), read in November 2026; see {@code docs/cloud-adapters.md}.
 */
@NullMarked
package dev.sandboxer.e2b;

import org.jspecify.annotations.NullMarked;
