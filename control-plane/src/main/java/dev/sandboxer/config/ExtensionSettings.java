package dev.sandboxer.config;

/**
 * An operator's settings for one extension.
 *
 * @param enabled true if routes may use it
 * @param limit applies to each of its accounts
 */
public record ExtensionSettings(boolean enabled, AccountLimit limit) {
    public static final ExtensionSettings DEFAULT = new ExtensionSettings(true, AccountLimit.NONE);
}
