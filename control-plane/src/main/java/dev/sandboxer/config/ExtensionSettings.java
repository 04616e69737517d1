package dev.sandboxer.config;

/**
 * What an operator says about one extension.
 *
 * @param enabled whether routes may use it
 * @param limit for each of its accounts
 */
public record ExtensionSettings(boolean enabled, AccountLimit limit) {
    public static final ExtensionSettings DEFAULT = new ExtensionSettings(true, AccountLimit.NONE);
}
