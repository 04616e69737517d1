package dev.sandboxer.routing;

import dev.sandboxer.extension.ExtensionId;

/**
 * The extension that a request names.
 *
 * @param locked true if no other extension may be used; false if this one is merely tried first
 */
public record Preference(ExtensionId extension, boolean locked) {}
