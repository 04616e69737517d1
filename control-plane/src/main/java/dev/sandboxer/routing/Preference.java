package dev.sandboxer.routing;

import dev.sandboxer.extension.ExtensionId;

/**
 * The extension that a request names.
 *
 * @param locked whether no other may take it; otherwise it is tried first, and the others stay as they are
 */
public record Preference(ExtensionId extension, boolean locked) {}
